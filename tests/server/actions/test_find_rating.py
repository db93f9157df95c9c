"""Where a case's rating has its place: the first, and the second where that was set aside."""

from __future__ import annotations

from dataclasses import replace

from server.actions.find_rating import find_rating
from server.actions.list_followup import list_call_backs
from server.centre import platform_of
from server.domain.cases.ratings import rating_id
from tests.people import HandClock
from tests.put_record import case_of, put_record
from tests.server.merge_policies.test_followup_policies import login_of, rating
from tests.small_centre import SmallCentre

CASE = "c" * 32


async def test_the_next_rating_has_the_first_place_that_is_free(either: SmallCentre) -> None:
    platform = replace(platform_of(either.centre, either.writer), clock=HandClock())  # the week after it was finished
    await put_record(either, "case", CASE, case_of(either))
    clerk = await either.account(login_of(either, "desk_clerk"))
    ids = [rating_id(CASE), rating_id(CASE, again=True)]

    async def waits() -> bool:
        return CASE in [row.id for row in await list_call_backs(platform, clerk)]

    free = await find_rating(platform, CASE)
    assert (free.standing, free.record, dict(free.names)) == (None, ids[0], {})
    assert await waits()
    await put_record(either, "rating", ids[0], {**rating(1), "state": "given"})
    given = await find_rating(platform, CASE)
    assert given.standing is not None
    assert not await waits()
    await either.tamper("DELETE FROM ratings")
    await put_record(either, "rating", ids[0], {**rating(1), "state": "set_aside"})
    again = await find_rating(platform, CASE)
    assert (again.standing, again.record, dict(again.names)) == (None, ids[1], {"instead_of": ids[0]})
    assert await waits(), "it may be asked again"
    await put_record(either, "rating", ids[1], {**rating(5), "state": "set_aside"})
    assert (await find_rating(platform, CASE)).standing is not None
    assert not await waits()
