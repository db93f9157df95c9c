"""Tells how the places under somebody's charge stand: each place directly below, with what lies in it and under it.

Laws: counts come from one index and open no body. A place is counted under its parent by links, never by its digits.
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
from server.storage.unit_of_work import Snapshot

_BUCKETS_MAX = 4_000


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

    def add(self, state: str, count: int, overdue: int, due_soon: int) -> None:
        self.states[state] = self.states.get(state, 0) + count
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
        for place, row in await _count(snapshot, owner, today):
            tallies[owner[place]].add(*row)
            whole.add(*row)
        names = await _names(snapshot, [top, *children, *_way_up(directory, top, scope)])
    order = [top, *children] if tallies[top].total else list(children)
    return Overview(
        top=top,
        name=names.get(top, top),
        above=tuple((code, names.get(code, code)) for code in _way_up(directory, top, scope)),
        whole=whole,
        places=tuple(PlaceStanding(code, names.get(code, code), tallies[code]) for code in order),
    )


async def _count(snapshot: Snapshot, places: Iterable[str], today: date) -> list[tuple[str, tuple[str, int, int, int]]]:
    """(place, (state, how many, of them overdue, of them due today or tomorrow)). Counted along one index."""
    day, next_day = today.isoformat(), date.fromordinal(today.toordinal() + 1).isoformat()
    buckets = [place_bucket(place) for place in places]
    found = []
    for start in range(0, len(buckets), _BUCKETS_MAX):
        rows = await snapshot.fetch(
            """SELECT bucket, state, count(*), sum(CASE WHEN due <> '' AND due < ? THEN 1 ELSE 0 END),
                      sum(CASE WHEN due >= ? AND due <= ? THEN 1 ELSE 0 END)
               FROM cases WHERE bucket IN (?*) GROUP BY bucket, state""",
            [day, day, next_day, buckets[start : start + _BUCKETS_MAX]],
        )
        found += [
            (bucket.partition(":")[2], (state, int(count), int(overdue or 0), int(soon or 0)))
            for bucket, state, count, overdue, soon in rows
        ]
    return found


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
