"""The low end of a frozen month is told alone, once, with an offer of help."""

from __future__ import annotations

from pathlib import Path

from server.actions.take_step import read_record
from server.actions.tell_low_end import tell_low_end
from server.centre import platform_of
from server.domain.people.entitlement import ListedUnit
from server.domain.places import Level
from server.domain.supervision.bulletins import Figures, public_fields
from server.domain.supervision.indicators import CODES, Counts
from server.merge_policies.bulletin_policy import bulletin_id
from sync.central.known import Record
from tests.put_record import put_record
from tests.small_centre import SmallCentre, small_centre


def counts(good: int, of: int = 1000) -> Counts:
    return Counts(tuple((good, of) if code in ("on_time", "valid") else (0, 0) for code in CODES))


async def frozen(small: SmallCentre, span: str = "monthly") -> tuple[Record, ListedUnit]:
    """A month in which one of the units is far behind; its record, and that unit."""
    directory = await platform_of(small.centre, small.writer).directory()
    units = [directory.units[unit] for unit in sorted(directory.units)[:5]]
    city = next(code for code, one in directory.places.items() if one.level is Level.CITY)
    table = {unit.id: counts(400 if unit is units[0] else 960) for unit in units}
    told = {"place": city, "span": span, "period": "2026-10", "edition": 1, "state": "frozen"}
    fields = {**told, **public_fields(Figures(counties={}, units=table, towns={}, villages={}), {})}
    record = bulletin_id(city, "2026-10", 1)
    await put_record(small, "bulletin", record, fields)
    held = await read_record(platform_of(small.centre, small.writer), "bulletin", record)
    assert held is not None
    return held, units[0]


async def test_one_task_at_the_areas_own_desk_however_often_it_runs(tmp_path: Path) -> None:
    async with small_centre(tmp_path) as small:
        platform = platform_of(small.centre, small.writer)
        bulletin, unit = await frozen(small)
        assert [await tell_low_end(platform, bulletin) for _ in range(2)] == [1, 0]
        rows = await small.fetch("SELECT bucket, holder, code FROM tasks")
        assert rows == [(f"desk:{unit.place}", f"unit:{unit.id}", "bulletin_help")]


async def test_a_daily_brief_tells_nobody(tmp_path: Path) -> None:
    async with small_centre(tmp_path) as small:
        bulletin, _ = await frozen(small, span="daily")
        assert await tell_low_end(platform_of(small.centre, small.writer), bulletin) == 0
