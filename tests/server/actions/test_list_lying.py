"""What stands behind a number of the overview: as many cases as it said, wherever they are held."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from server.actions.list_followup import After
from server.actions.list_lying import OPEN, list_lying
from server.actions.overview import age_spans, read_overview
from server.actions.refusals import NotFound
from server.centre import platform_of
from server.domain.people.roles import Role, Scope
from server.storage.people import AccountRow
from tests.server.actions.test_overview import COUNTY, TODAY, put_case
from tests.small_centre import TOWN, VILLAGE, SmallCentre, small_centre

SUPERVISOR = AccountRow("s", "s", "s", Role.COUNTY_SUPERVISOR, Scope(frozenset({COUNTY})), COUNTY)
CASES = [("accepted", "2026-11-10"), ("accepted", "2026-11-20"), ("received", "2026-11-22"), ("received", "2026-12-30")]


async def filled(small: SmallCentre) -> None:
    for number, (state, due) in enumerate([*CASES, ("to_correct", "")], 1):
        await put_case(small, number, state, due)
    await put_case(small, 9, "received", "2026-11-22", place=TOWN)
    await small.recount()


async def test_every_number_of_the_overview_has_a_list_of_that_many(tmp_path: Path) -> None:
    async with small_centre(tmp_path) as small:
        await filled(small)
        platform = platform_of(small.centre, small.writer)
        for place in (COUNTY, TOWN, VILLAGE):
            told = await read_overview(platform, SUPERVISOR.scope, place, today=TODAY)
            assert told is not None
            for span, (since, upto) in age_spans(TODAY).items():
                rows = await list_lying(platform, SUPERVISOR, place, since=since, upto=upto)
                assert len(rows) == getattr(told.whole.ages, span), (place, span)
            assert len(await list_lying(platform, SUPERVISOR, place, state=OPEN)) == told.whole.open
            for state, count in told.whole.states.items():
                assert len(await list_lying(platform, SUPERVISOR, place, state=state)) == count, (place, state)


async def test_pages_go_on_where_the_last_ended(tmp_path: Path) -> None:
    async with small_centre(tmp_path) as small:
        await filled(small)
        platform = platform_of(small.centre, small.writer)
        found: list[str] = []
        after = None
        while rows := await list_lying(platform, SUPERVISOR, COUNTY, after=after, limit=2):
            found += [row.id for row in rows]
            day, _, ident = rows[-1].key.partition("~")
            after = After(day, ident)
        assert len(found) == len(set(found)) == 5
        assert [date.fromisoformat(row.due) for row in await list_lying(platform, SUPERVISOR, COUNTY)] == sorted(
            date.fromisoformat(due) for due in [*(due for _, due in CASES), "2026-11-22"]
        )


async def test_a_place_out_of_reach_and_a_role_without_cases_get_nothing(tmp_path: Path) -> None:
    async with small_centre(tmp_path) as small:
        platform = platform_of(small.centre, small.writer)
        with pytest.raises(NotFound):
            await list_lying(platform, SUPERVISOR, "341800000000")
        with pytest.raises(NotFound):
            await list_lying(platform, SUPERVISOR, TOWN, state="nonsense")
        keeper = AccountRow("a", "a", "a", Role.ADMINISTRATOR, SUPERVISOR.scope, COUNTY)
        with pytest.raises(NotFound):
            await list_lying(platform, keeper, TOWN)
