"""A change that waits is looked at, decided again and returned, on both databases, by whoever supervises its author."""

from __future__ import annotations

import pytest

from server.actions.refusals import NotFound
from server.actions.settle_parked import read_parked, release_parked, return_parked
from server.centre import platform_of
from server.domain.people.entitlement import person_bucket
from sync.core.changes import Base
from tests.server.actions.test_list_followup import login_of
from tests.small_centre import HELPER, VILLAGE, SmallCentre

ELSEWHERE = "d" * 32


async def parked(small: SmallCentre) -> str:
    """The village's helper edits a resident whom another place keeps; the change's id."""
    device = await small.enrol(HELPER)
    change = small.change("resident", "resident.edit", ELSEWHERE, {"name": "汪"}, base=await _foreign(small))
    [outcome] = (await small.send(device, change)).outcomes
    assert (outcome.code.value, outcome.reason) == ("parked", "record_unknown"), outcome
    return outcome.id


async def _foreign(small: SmallCentre) -> Base:
    other = next(one.login for one in small.world.accounts if one.role == "helper" and one.login != HELPER)
    device = await small.enrol(other, "other")
    site = (await small.account(other)).site
    await small.register(device, record=ELSEWHERE, village=site)
    return await small.seen("resident", ELSEWHERE)


async def test_what_it_is_and_nothing_of_a_foreign_place(either: SmallCentre) -> None:
    change = await parked(either)
    platform = platform_of(either.centre, either.writer)
    lead = await either.account(login_of(either, "town_lead", VILLAGE))
    told = await read_parked(platform, lead, change)
    assert (told.code, told.name, told.record, told.depends) == ("parked", "resident.edit", ELSEWHERE, ())
    assert told.account == (await either.account(HELPER)).id
    stranger = next(
        one.login for one in either.world.accounts if one.role == "town_lead" and VILLAGE[:9] not in one.login
    )
    for account, wanted in ((await either.account(stranger), change), (lead, "f" * 32)):
        with pytest.raises(NotFound):
            await read_parked(platform, account, wanted)


async def test_deciding_again_forces_nothing_and_applies_what_may_be_by_now(either: SmallCentre) -> None:
    change = await parked(either)
    platform = platform_of(either.centre, either.writer)
    lead = await either.account(login_of(either, "town_lead", VILLAGE))
    assert (await release_parked(platform, lead, change)).code == "parked"
    [[bucket]] = await either.fetch("SELECT bucket FROM residents WHERE id = ?", [ELSEWHERE])
    helper = (await either.account(HELPER)).id
    await either.tamper("INSERT INTO grants (account, bucket, generation, since) VALUES (?, ?, 1, 1)", [helper, bucket])
    assert (await release_parked(platform, lead, change)).code == "applied"
    assert (await release_parked(platform, lead, change)).code == "applied"


async def test_the_author_is_told_once_and_only_by_who_supervises(either: SmallCentre) -> None:
    change = await parked(either)
    platform = platform_of(either.centre, either.writer)
    supervisor = await either.account(login_of(either, "county_supervisor", VILLAGE))
    assert await return_parked(platform, supervisor, change, "请先让邻村登记，电话 13812345678")
    assert not await return_parked(platform, supervisor, change, "请先让邻村登记，电话 13812345678")
    helper = (await either.account(HELPER)).id
    assert await either.fetch("SELECT bucket FROM notices") == [(person_bucket(helper),)]
    with pytest.raises(NotFound):
        await return_parked(platform, await either.account(login_of(either, "town_lead", VILLAGE)), change, "请看")
