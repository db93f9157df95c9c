"""Counts by place, under the right parent, with what is late told apart."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from server.actions.overview import Tally, read_overview
from server.domain.people.roles import Scope
from server.main import platform_of
from tests.small_centre import TOWN, VILLAGE, SmallCentre, small_centre

COUNTY = "341881000000"
TODAY = date(2026, 11, 22)
IN_COUNTY = Scope(places=frozenset({COUNTY}))


async def put_case(small: SmallCentre, number: int, state: str, due: str, place: str = VILLAGE) -> None:
    columns = "id, bucket, version, rev, state, due, natural_keys, stamps, body"
    row = [f"{number:032x}", f"place:{place}", number, 1, state, due, "", b"", b""]
    await small.tamper(f"INSERT INTO cases ({columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", row)


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
        [town] = [one for one in county.places if one.code == TOWN]
        assert (town.tally.total, town.tally.open, town.tally.overdue, town.tally.due_soon) == (5, 4, 1, 2)
        below = await read_overview(platform, IN_COUNTY, TOWN, today=TODAY)
        assert below is not None
        assert [code for code, _ in below.above] == [COUNTY]
        tallies = {one.code: one.tally.states for one in below.places}
        assert tallies[VILLAGE] == {"accepted": 2, "received": 1, "delivered": 1}
        assert tallies[TOWN] == {"received": 1}


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
    tally.add_late(1, 0)
    tally.add_late(0, 1)
    assert (tally.open, tally.total, tally.overdue, tally.due_soon) == (5, 9, 1, 1)
