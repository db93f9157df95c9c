"""Counts a period's outcomes for the bulletin, by village and by unit: cases, lights, ratings, reviews, claims.

Laws: what became of cases is kept by village and day (server/storage/schema/counts.py:OUTCOMES), the rest is grouped
along an index of days; no body of a case is opened and no person is counted. What lies where is added up by parent
links.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from server.actions.count_published import count_published
from server.actions.list_forbidden_requests import count_forbidden_requests
from server.actions.platform import Platform
from server.actions.report_progress import count_asked, read_campaign
from server.actions.take_snapshots import read_last_day
from server.domain.people.entitlement import Directory
from server.domain.places import Level
from server.domain.record_fields import text
from server.domain.supervision.bulletins import Figures
from server.domain.supervision.indicators import CODES, NOTHING, Count, Counts
from server.storage.schema.counts import OUTCOMES, added_up
from server.storage.unit_of_work import Engine, Snapshot
from sync.core.clock import from_iso

_PLACES = f"""SELECT bucket, {", ".join(f"CAST(sum({one}) AS BIGINT)" for one in OUTCOMES.numbers)}
              FROM outcome_counts WHERE finished_at >= ? AND finished_at < ? GROUP BY bucket"""  # noqa: S608
# Units that are compared have few of all cases: those alone are looked at, and of them the index of outcomes.
_UNITS = {
    engine: f"""SELECT (SELECT unit FROM items WHERE items.id = cases.item) AS of_unit,
                {added_up(OUTCOMES, engine.value)} FROM cases WHERE finished_at >= ? AND finished_at < ?
                AND item IN (SELECT id FROM items WHERE unit IN (?*)) GROUP BY of_unit"""  # noqa: S608
    for engine in Engine
}
# Each clock once, when it first warned: what became of the light since does not change a month that is over.
_LIGHTS = """SELECT bucket, coalesce(warned_holder, ''), count(*) FROM lights
             WHERE warned_at >= ? AND warned_at < ? GROUP BY bucket, coalesce(warned_holder, '')"""
_RATINGS = """SELECT bucket, coalesce(unit, ''), sum(CASE WHEN grade IN ('4', '5') THEN 1 ELSE 0 END), count(*)
              FROM ratings WHERE state = 'given' AND rated_at >= ? AND rated_at < ?
              GROUP BY bucket, coalesce(unit, '')"""
_CONFIRMED = """SELECT bucket, count(*) FROM reviews
                WHERE finding = 'confirmed' AND found_at >= ? AND found_at < ? GROUP BY bucket"""
_RESIDENTS = "SELECT bucket, number FROM resident_counts WHERE number > 0"
_ROUNDS = "SELECT id FROM campaigns WHERE ends >= ? AND state <> 'planned' ORDER BY ends DESC, id"


_AT = {code: 2 * place for place, code in enumerate(CODES)}


@dataclass
class _Area:
    """The counts of one area while they are added up: of each indicator in its order what is above, then below."""

    numbers: list[int] = field(default_factory=lambda: [0] * (2 * len(CODES)))

    def add(self, code: str, above: int, below: int) -> None:
        at = _AT[code]
        self.numbers[at] += above
        self.numbers[at + 1] += below

    @property
    def counts(self) -> Counts:
        return Counts(tuple(zip(self.numbers[::2], self.numbers[1::2], strict=True)))


async def count_outcomes(platform: Platform, since: str, before: str) -> Figures:
    """From day `since` up to but not including day `before`, both like 2026-11-01."""
    directory = await platform.directory()
    places: dict[str, _Area] = {}
    units: dict[str, _Area] = {}

    def both(place: str, unit: str) -> Iterable[_Area]:
        yield places.setdefault(place, _Area())
        if unit:
            yield units.setdefault(unit, _Area())

    period = (since, before)
    compared = sorted(unit for unit in directory.units if _at_city(unit, directory))
    async with platform.database.read() as snapshot:
        cases, by_unit, lights, ratings, confirmed, residents = await snapshot.fetch_each(
            [
                (_PLACES, period),
                (_UNITS[platform.database.engine], (*period, compared)),
                *((sql, period) for sql in (_LIGHTS, _RATINGS, _CONFIRMED)),
                (_RESIDENTS, ()),
            ]
        )
        asked = await _claims(snapshot, platform, directory, since, before)
    for bucket, *numbers in cases:
        _count_cases(places.setdefault(_place(bucket), _Area()), numbers)
    for unit, *numbers in by_unit:
        _count_cases(units.setdefault(unit, _Area()), numbers)
    for bucket, holder, number in lights:
        for area in both(_place(bucket), holder.removeprefix("unit:") if holder.startswith("unit:") else ""):
            area.add("lights", number, 0)
    for bucket, unit, good, number in ratings:
        for area in both(_place(bucket), unit):
            area.add("ratings", int(good), number)
    for bucket, number in confirmed:
        places.setdefault(_place(bucket), _Area()).add("valid", -number, 0)
    for bucket, number in residents:
        places.setdefault(_place(bucket), _Area()).add("volume", 0, number)
    since_ms, before_ms = (from_iso(f"{day}T00:00:00+08:00") for day in period)
    forbidden = await count_forbidden_requests(platform.database, since_ms=since_ms, until_ms=before_ms)
    for (place, unit), number in forbidden.items():
        for area in both(place, unit):
            area.add("forbidden", number, 0)
    for unit, (above, below) in asked.items():
        for area in both(directory.units[unit].place, unit):
            area.add("claims", above, below)
    return figures_of(
        {place: area.counts for place, area in places.items()},
        {unit: area.counts for unit, area in units.items()},
        directory,
    )


def _count_cases(area: _Area, numbers: Sequence[int]) -> None:
    """`numbers`: what became of some cases, as they are kept (server/storage/schema/counts.py:OUTCOMES)."""
    of = dict(zip(OUTCOMES.numbers, map(int, numbers), strict=True))
    cases = of["number"] - of["void"]  # what was made void is nobody's outcome but for the share of valid cases
    area.add("on_time", of["on_time"], of["on_time"] + of["late"])
    area.add("lights", 0, cases)
    area.add("corrections", of["returned"], cases)
    area.add("told_once", of["returned"] - of["returned_again"], of["returned"])
    area.add("tolerance", of["tolerance_kept"], of["tolerance_kept"] + of["tolerance_failed"])
    area.add("delivery_days", of["delivery_days"], of["delivered"])
    area.add("elders_home", of["elder_home"], of["elder_home"] + of["elder_elsewhere"])
    area.add("licences", of["licence"], cases)
    area.add("forbidden", 0, cases)
    area.add("valid", cases - of["duplicate"], of["number"])
    area.add("volume", cases, 0)


async def _claims(
    snapshot: Snapshot, platform: Platform, directory: Directory, since: str, before: str
) -> Mapping[str, Count]:
    """Unit → (published, asked for) of the round that ran then, as the last day of the period was kept; of a period of
    which no day was, as the log has its end.
    """
    for (campaign,) in await snapshot.fetch(_ROUNDS, [since]):
        fields = await read_campaign(snapshot, platform, campaign)
        if text(fields, "start") >= before:
            continue  # it was still to come
        rows = await read_last_day(snapshot, platform, campaign, since, before)
        counts = {unit: (row.published, row.asked) for unit, row in rows.items()}
        if not rows:
            asked = await count_asked(snapshot, platform, campaign, fields, directory)
            published = await count_published(snapshot, campaign, before)
            counts = {unit: (published.get(unit, 0), asked.get(unit, 0)) for unit in asked.keys() | published.keys()}
        return {unit: (done, of) for unit, (done, of) in counts.items() if unit in directory.units and of}
    return {}


def figures_of(places: Mapping[str, Counts], units: Mapping[str, Counts], directory: Directory) -> Figures:
    """Added up by village, town and county; of units only the city's own, which are compared with each other."""

    def added(level: Level) -> dict[str, Counts]:
        found: dict[str, Counts] = {}
        for place, counts in places.items():
            area = _above(place, level, directory)
            if area:
                found[area] = found.get(area, NOTHING) + counts
        return found

    return Figures(
        counties=added(Level.COUNTY),
        units={unit: counts for unit, counts in units.items() if _at_city(unit, directory)},
        towns=added(Level.TOWN),
        villages=added(Level.VILLAGE),
    )


def _at_city(unit: str, directory: Directory) -> bool:
    listed = directory.units.get(unit)
    return listed is not None and directory.places[listed.place].level is Level.CITY


def _above(place: str, level: Level, directory: Directory) -> str:
    """The place at that level which holds this one; "" when there is none."""
    while (listed := directory.places.get(place)) is not None and listed.level >= level:
        if listed.level is level:
            return place
        place = listed.parent
    return ""


def _place(bucket: str) -> str:
    return bucket.partition(":")[2]
