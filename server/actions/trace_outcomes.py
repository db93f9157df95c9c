"""Traces how a period's cases ended day by day, and how many working days each took, for a bulletin's charts.

Laws: grouped in the database by days; no body is opened and no person is counted. A day's count is as the cases stand
now: what a bulletin froze stands beside it, unchanged.
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

# As the indexes of days have it (cases_days, cases_area_days): equal days lie together and no case is looked at.
_DAYS = """SELECT substr(received_at, 1, 10), substr(finished_at, 1, 10), count(*) FROM cases
           WHERE finished_at IS NOT NULL AND substr(finished_at, 1, 10) >= ? AND substr(finished_at, 1, 10) < ?{}
           GROUP BY 1, 2"""
_BY_BUCKET = """SELECT bucket, substr(finished_at, 1, 10), count(*) FROM cases
                WHERE finished_at IS NOT NULL AND bucket IN (?*)
                AND substr(finished_at, 1, 10) >= ? AND substr(finished_at, 1, 10) < ? GROUP BY 1, 2"""
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
    sql = _DAYS.format(" AND bucket IN (?*)" if buckets else "")
    async with platform.database.read() as snapshot:
        rows = await snapshot.fetch(sql, [since, before, *([buckets] if buckets else [])])
    overrides = await _overrides(platform, {first.year - 1, first.year, after.year})

    @cache
    def waited(received: date, finished: date) -> int:
        return min(max(working_days_between(received, finished, overrides).count, 0), LONGEST_TOLD)

    days = [first + timedelta(days=number) for number in range((after - first).days)]
    counted, waits = dict.fromkeys(days, 0), dict.fromkeys(range(LONGEST_TOLD + 1), 0)
    for began, ended, number in rows:
        received, finished = parse_date(began), date.fromisoformat(ended)
        counted[finished] += number
        if received is not None:
            waits[waited(received, finished)] += number
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
        rows = await snapshot.fetch(_BY_BUCKET, [sorted(owner), since, before]) if owner else []
    for bucket, ended, number in rows:
        counted[owner[bucket]][date.fromisoformat(ended)] += number
    return counted


async def _overrides(platform: Platform, years: Collection[int]) -> Mapping[date, bool]:
    held = [await read_record(platform, "calendar", calendar_id(year)) for year in sorted(years)]
    return overrides_in(one.fields for one in held if one is not None)
