"""Accounts of a scope, in the order of their logins, a page at a time."""

from __future__ import annotations

from pathlib import Path

from server.actions.list_accounts import LINES, list_accounts, read_account
from server.centre import platform_of
from server.domain.people.roles import Role, Scope
from tests.small_centre import HELPER, VILLAGE, small_centre

EVERYWHERE = Scope(places=frozenset({"341800000000"}))
IN_VILLAGE = Scope(places=frozenset({VILLAGE}))


async def test_pages_follow_each_other_without_gap_or_repeat(tmp_path: Path) -> None:
    async with small_centre(tmp_path) as small:
        platform = platform_of(small.centre, small.writer)
        logins, after = [], ""
        while True:
            found = await list_accounts(platform, EVERYWHERE, after=after)
            logins += [line.login for line in found.lines]
            assert len(found.lines) <= LINES
            after = found.after
            if not after:
                break
        assert logins == sorted(one.login for one in small.world.accounts)


async def test_a_scope_shows_only_who_works_in_it(tmp_path: Path) -> None:
    async with small_centre(tmp_path) as small:
        platform = platform_of(small.centre, small.writer)
        found = await list_accounts(platform, IN_VILLAGE, roles=frozenset({Role.HELPER}))
        assert [line.login for line in found.lines] == [HELPER]
        helper = await small.account(HELPER)
        assert await read_account(platform, IN_VILLAGE, helper.id) is not None
        assert await read_account(platform, Scope(places=frozenset({"341802000000"})), helper.id) is None


async def test_who_is_silent_is_found_and_who_came_is_not(tmp_path: Path) -> None:
    async with small_centre(tmp_path) as small:
        platform = platform_of(small.centre, small.writer)
        device = await small.enrol(HELPER)
        await small.tamper(
            "UPDATE devices SET last_contact = 1000, unsent = 2, unsent_since = 900 WHERE id = ?", [device]
        )
        helpers = frozenset({Role.HELPER})
        [line] = (await list_accounts(platform, IN_VILLAGE, roles=helpers, silent_since=1001)).lines
        assert (line.devices, line.last_contact, line.unsent, line.unsent_since) == (1, 1000, 2, 900)
        assert (await list_accounts(platform, IN_VILLAGE, roles=helpers, silent_since=1000)).lines == ()


async def test_a_search_is_text_and_no_pattern(tmp_path: Path) -> None:
    async with small_centre(tmp_path) as small:
        platform = platform_of(small.centre, small.writer)
        assert (await list_accounts(platform, IN_VILLAGE, search=HELPER[:6])).lines
        name = (await small.account(HELPER)).name
        assert (await list_accounts(platform, IN_VILLAGE, search=name[1:], roles=frozenset({Role.HELPER}))).lines
        assert (await list_accounts(platform, IN_VILLAGE, search="no%such")).lines == ()
