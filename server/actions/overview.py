"""Tells how the places under somebody's charge stand: each place directly below, with what lies in it and under it.

Laws: counts are kept with the cases (server/storage/counts.py) and read at one moment; no body is opened. A place is
counted under its parent by links, never by its digits.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from server.actions.platform import Platform
from server.domain.cases.lifecycle import CaseState, is_open
from server.domain.people.entitlement import Directory, place_bucket
from server.domain.people.reach import place_in_scope
from server.domain.people.roles import Scope
from server.storage.unit_of_work import Row, Snapshot

_BUCKETS_MAX = 4_000
_STANDING = "SELECT bucket, state, number FROM case_counts WHERE bucket IN (?*) AND number > 0"
_LATE = """SELECT bucket, sum(CASE WHEN due < ? THEN 1 ELSE 0 END), count(*) FROM cases
           WHERE bucket IN (?*) AND due > '' AND due <= ? GROUP BY bucket"""


@dataclass
class Tally:
    """Cases by state; `overdue`: open ones whose day has passed; `due_soon`: due today or tomorrow."""

    states: dict[str, int] = field(default_factory=dict)
    overdue: int = 0
    due_soon: int = 0

    @property
    def open(self) -> int:
        return sum(count for state, count in self.states.items() if is_open(CaseState(state)))

    @property
    def total(self) -> int:
        return sum(self.states.values())

    def add(self, state: str, count: int) -> None:
        self.states[state] = self.states.get(state, 0) + count

    def add_late(self, overdue: int, due_soon: int) -> None:
        self.overdue += overdue
        self.due_soon += due_soon


@dataclass(frozen=True)
class PlaceStanding:
    """A place directly below the one in charge, or that one itself for what is filed at its own desk."""

    code: str
    name: str
    tally: Tally


@dataclass(frozen=True)
class Overview:
    """`top`: the place that is shown; `above`: the way up to the scope's own places, the highest first."""

    top: str
    name: str
    above: tuple[tuple[str, str], ...]
    whole: Tally
    places: tuple[PlaceStanding, ...]


async def read_overview(platform: Platform, scope: Scope, top: str, *, today: date) -> Overview | None:
    """The overview of `top`, which must lie in the scope; None when it does not, or is not a place."""
    directory = await platform.directory()
    if top not in directory.places or not place_in_scope(scope, top, directory):
        return None
    children = {code: directory.subtree(code) for code in directory.below(top)}
    owner = {place: child for child, places in children.items() for place in places} | {top: top}
    whole, tallies = Tally(), {code: Tally() for code in (*children, top)}
    async with platform.database.read() as snapshot:
        standing, late = await _count(snapshot, owner, today)
        names = await _names(snapshot, [top, *children, *_way_up(directory, top, scope)])
    for bucket, state, number in standing:
        for tally in (whole, tallies[owner[bucket.partition(":")[2]]]):
            tally.add(state, int(number))
    for bucket, overdue, come in late:
        for tally in (whole, tallies[owner[bucket.partition(":")[2]]]):
            tally.add_late(int(overdue), int(come) - int(overdue))
    order = [top, *children] if tallies[top].total else list(children)
    return Overview(
        top=top,
        name=names.get(top, top),
        above=tuple((code, names.get(code, code)) for code in _way_up(directory, top, scope)),
        whole=whole,
        places=tuple(PlaceStanding(code, names.get(code, code), tallies[code]) for code in order),
    )


async def _count(snapshot: Snapshot, places: Iterable[str], today: date) -> tuple[list[Row], list[Row]]:
    """(bucket, state, how many), and (bucket, overdue, due by tomorrow). Whose day has come is little, and lies
    together in an index; of all others the counts alone are read.
    """
    day, next_day = today.isoformat(), date.fromordinal(today.toordinal() + 1).isoformat()
    buckets = [place_bucket(place) for place in places]
    standing: list[Row] = []
    late: list[Row] = []
    for start in range(0, len(buckets), _BUCKETS_MAX):
        wanted = buckets[start : start + _BUCKETS_MAX]
        some, come = await snapshot.fetch_each([(_STANDING, [wanted]), (_LATE, [day, wanted, next_day])])
        standing += some
        late += come
    return standing, late


def _way_up(directory: Directory, place: str, scope: Scope) -> list[str]:
    """From the scope's own place down to the parent of this one."""
    way: list[str] = []
    while place not in scope.places:
        place = directory.place(place).parent
        way.insert(0, place)
    return way


async def _names(snapshot: Snapshot, codes: Iterable[str]) -> Mapping[str, str]:
    rows = await snapshot.fetch("SELECT code, name FROM places WHERE code IN (?*)", [sorted(set(codes))])
    return dict(rows)
