"""Counts by place, under the right parent, with what is late told apart."""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from pathlib import Path

from server.actions.overview import Ages, Tally, age_spans, read_overview
from server.centre import platform_of
from server.domain.people.roles import Scope
from tests.small_centre import TOWN, VILLAGE, SmallCentre, small_centre

CITY, COUNTY = "341800000000", "341881000000"
TODAY = date(2026, 11, 22)
IN_COUNTY = Scope(places=frozenset({COUNTY}))


async def put_case(small: SmallCentre, number: int, state: str, due: str, place: str = VILLAGE) -> None:
    columns = "id, bucket, version, rev, state, due, state_since, natural_keys, stamps, body"
    row = [f"{number:032x}", f"place:{place}", number, 1, state, due, "", "", b"", b""]
    await small.tamper(f"INSERT INTO cases ({columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", row)


async def test_a_town_counts_what_lies_in_its_villages(tmp_path: Path) -> None:
    async with small_centre(tmp_path) as small:
        for number, (state, due) in enumerate(
            [("accepted", "2026-11-20"), ("accepted", "2026-11-22"), ("received", "2026-11-23"), ("delivered", "")], 1
        ):
            await put_case(small, number, state, due)
        await put_case(small, 9, "received", "", place=TOWN)
        await small.recount()
        platform = platform_of(small.centre, small.writer)
        county = await read_overview(platform, IN_COUNTY, COUNTY, today=TODAY)
        assert county is not None
        [block] = [one for one in county.blocks if one.code == TOWN]
        tallies = {one.code: one.tally for one in block.places}
        assert tallies[VILLAGE].ages == Ages(late=1, soon=2)
        assert (tallies[VILLAGE].overdue, tallies[TOWN].total) == (1, 1)
        assert (county.whole.total, county.whole.open, county.whole.overdue, county.whole.due_soon) == (5, 4, 1, 2)
        assert county.owner[VILLAGE] == VILLAGE
        below = await read_overview(platform, IN_COUNTY, TOWN, today=TODAY)
        assert below is not None
        assert [code for code, _ in below.above] == [COUNTY]
        [block] = below.blocks
        states = {one.code: one.tally.states for one in block.places}
        assert states[VILLAGE] == {"accepted": 2, "received": 1, "delivered": 1}
        assert states[TOWN] == {"received": 1}


async def test_a_city_counts_towns_in_blocks_of_their_counties(tmp_path: Path) -> None:
    async with small_centre(tmp_path) as small:
        await put_case(small, 1, "accepted", "2026-11-20")
        await small.recount()
        platform = platform_of(small.centre, small.writer)
        city = await read_overview(platform, Scope(places=frozenset({CITY})), CITY, today=TODAY)
        assert city is not None
        blocks = {one.code: {place.code: place.tally.total for place in one.places} for one in city.blocks}
        assert blocks[COUNTY][TOWN] == 1
        assert city.owner[VILLAGE] == TOWN
        assert set(blocks[CITY]) == {CITY}
        assert sum(total for block in blocks.values() for total in block.values()) == city.whole.total == 1


async def test_what_is_outside_the_scope_has_no_overview(tmp_path: Path) -> None:
    async with small_centre(tmp_path) as small:
        platform = platform_of(small.centre, small.writer)
        for place in ("341800000000", "341899000000", ""):
            assert await read_overview(platform, IN_COUNTY, place, today=TODAY) is None


def test_a_tally_adds_up_states() -> None:
    tally = Tally()
    tally.add("received", 2)
    tally.add("received", 3)
    tally.add("archived", 4)
    tally.ages += Ages(long_late=1) + Ages(soon=1)
    assert (tally.open, tally.total, tally.overdue, tally.due_soon) == (5, 9, 1, 1)


def test_the_spans_of_days_meet_and_leave_nothing_out() -> None:
    spans = list(age_spans(TODAY).values())
    assert spans[0] == ("", "2026-11-16")
    assert spans[-1] == ("2026-11-28", "9")
    for (_, last), (first, _) in pairwise(spans):
        assert date.fromisoformat(first).toordinal() == date.fromisoformat(last).toordinal() + 1
