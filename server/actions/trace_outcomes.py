"""Traces how a period's cases ended day by day, and how many working days each took, for a bulletin's charts.

Laws: what ended on which day is kept with the cases (server/storage/schema/counts.py:OUTCOMES), how long it took is
grouped by days along an index; no body is opened and no person is counted. A day's count is as the cases stand now:
what a bulletin froze stands beside it, unchanged.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache

from server.actions.platform import Platform
from server.actions.take_step import read_record
from server.domain.calendar import is_working_day, working_days_between
from server.domain.cases.working_days import calendar_id, overrides_in
from server.domain.record_fields import parse_date
from server.storage.unit_of_work import Engine

_FINISHED = """SELECT finished_at, CAST(sum(number) AS BIGINT) FROM outcome_counts
               WHERE finished_at >= ? AND finished_at < ?"""
_BY_BUCKET = """SELECT bucket, finished_at, number FROM outcome_counts
                WHERE finished_at >= ? AND finished_at < ? AND number > 0"""
# From an index alone: SQLite's has the days themselves, and PostgreSQL reads none of expressions (cases_waits).
_DAY = {Engine.SQLITE: "substr(finished_at, 1, 10)", Engine.POSTGRES: "finished_at"}
_WAITS = {
    engine: f"""SELECT substr(received_at, 1, 10), substr(finished_at, 1, 10), count(*) FROM cases
                WHERE finished_at IS NOT NULL AND {day} >= ? AND {day} < ?"""  # noqa: S608
    for engine, day in _DAY.items()
}
_THERE = " AND bucket IN (?*)"
LONGEST_TOLD = 20
"""Working days; what took longer is counted together."""


@dataclass(frozen=True)
class Trace:
    """`finished`: every day of the period → cases. `rest`: its days on which nobody works. `waits`: working days from
    receipt to the end → cases, the last with all that took longer.
    """

    finished: Mapping[date, int]
    rest: frozenset[date]
    waits: Mapping[int, int] = field(default_factory=dict)

    @property
    def total(self) -> int:
        return sum(self.finished.values())


async def trace_outcomes(platform: Platform, since: str, before: str, places: Collection[str] = ()) -> Trace:
    """From day `since` up to but not including `before`; of these places alone, or of all."""
    first, after = date.fromisoformat(since), date.fromisoformat(before)
    buckets = [f"place:{code}" for code in sorted(places)]
    there, asked = (_THERE if buckets else ""), (since, before, *([buckets] if buckets else []))
    waits_sql = f"{_WAITS[platform.database.engine]}{there} GROUP BY 1, 2"
    async with platform.database.read() as snapshot:
        ends, pairs = await snapshot.fetch_each(
            [(f"{_FINISHED}{there} GROUP BY finished_at", asked), (waits_sql, asked)]
        )
    overrides = await _overrides(platform, {first.year - 1, first.year, after.year})

    @cache
    def waited(received: date, finished: date) -> int:
        return min(max(working_days_between(received, finished, overrides).count, 0), LONGEST_TOLD)

    days = [first + timedelta(days=number) for number in range((after - first).days)]
    counted, waits = dict.fromkeys(days, 0), dict.fromkeys(range(LONGEST_TOLD + 1), 0)
    counted |= {date.fromisoformat(day): int(number) for day, number in ends}
    for began, ended, number in pairs:
        received = parse_date(began)
        if received is not None:
            waits[waited(received, date.fromisoformat(ended))] += number
    return Trace(counted, frozenset(day for day in days if not is_working_day(day, overrides)[0]), waits)


async def trace_areas(
    platform: Platform, since: str, before: str, areas: Mapping[str, Collection[str]]
) -> Mapping[str, Mapping[date, int]]:
    """Area → every day of the period → cases finished; `areas` names the places that each holds. One look at all."""
    first, after = date.fromisoformat(since), date.fromisoformat(before)
    days = [first + timedelta(days=number) for number in range((after - first).days)]
    owner = {f"place:{place}": area for area, places in areas.items() for place in places}
    counted = {area: dict.fromkeys(days, 0) for area in areas}
    async with platform.database.read() as snapshot:
        rows = await snapshot.fetch(_BY_BUCKET, (since, before))
    named = {day.isoformat(): day for day in days}
    for bucket, ended, number in rows:
        if bucket in owner:
            counted[owner[bucket]][named[ended]] += number
    return counted


async def _overrides(platform: Platform, years: Collection[int]) -> Mapping[date, bool]:
    held = [await read_record(platform, "calendar", calendar_id(year)) for year in sorted(years)]
    return overrides_in(one.fields for one in held if one is not None)
