"""Who was not heard of, and what lay unsent, by site: as many as the list of helpers shows."""

from __future__ import annotations

from pathlib import Path

from server.actions.count_contacts import Contact, count_contacts
from server.actions.list_accounts import list_accounts
from server.centre import platform_of
from server.domain.people.roles import Role, Scope
from tests.small_centre import HELPER, VILLAGE, small_centre

WEEK_AGO = 1_000


async def test_a_silent_phone_and_unsent_work_are_counted_and_listed_alike(tmp_path: Path) -> None:
    async with small_centre(tmp_path) as small:
        device = await small.enrol(HELPER)
        platform = platform_of(small.centre, small.writer)
        helpers = frozenset({Role.HELPER, Role.TOWN_LEAD})
        for last, unsent, expected in ((WEEK_AGO - 1, 3, (1, 1, 3, 1)), (WEEK_AGO, 0, (1, 0, 0, 0))):
            await small.tamper("UPDATE devices SET last_contact = ?, unsent = ? WHERE id = ?", [last, unsent, device])
            counted = await count_contacts(platform, [VILLAGE], silent_since=WEEK_AGO)
            assert counted == {VILLAGE: Contact(*expected)}
            scope = Scope(frozenset({VILLAGE}))
            silent = await list_accounts(platform, scope, roles=helpers, silent_since=WEEK_AGO)
            waiting = await list_accounts(platform, scope, roles=helpers, unsent_min=1)
            assert (len(silent.lines), len(waiting.lines)) == (expected[1], expected[3])


async def test_a_closed_account_is_not_waited_for(tmp_path: Path) -> None:
    async with small_centre(tmp_path) as small:
        platform = platform_of(small.centre, small.writer)
        scope = Scope(frozenset({VILLAGE}))
        assert (await count_contacts(platform, [VILLAGE], silent_since=WEEK_AGO))[VILLAGE].silent == 1
        await small.tamper("UPDATE accounts SET status = 'closed' WHERE login = ?", [HELPER])
        assert await count_contacts(platform, [VILLAGE], silent_since=WEEK_AGO) == {}
        listed = await list_accounts(platform, scope, silent_since=WEEK_AGO)
        assert HELPER not in [line.login for line in listed.lines]
        everybody = await list_accounts(platform, scope)
        assert HELPER in [line.login for line in everybody.lines]


def test_contacts_add_up() -> None:
    assert Contact(1, 2, 3, 4) + Contact(1, 1, 1, 1) == Contact(2, 3, 4, 5)
