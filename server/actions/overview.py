"""Tells how the places under somebody's charge stand: each place below, in blocks of those directly below.

Laws: counts are kept with the cases (server/storage/counts.py) and read at one moment; no body is opened. A place is
counted under its parent by links, never by its digits.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from operator import sub

from server.actions.platform import Platform
from server.domain.cases.lifecycle import CaseState, is_open
from server.domain.people.entitlement import Directory, place_bucket
from server.domain.people.reach import place_in_scope
from server.domain.people.roles import Scope
from server.storage.unit_of_work import Snapshot

_BUCKETS_MAX = 4_000
_STANDING = "SELECT bucket, state, number FROM case_counts WHERE bucket IN (?*) AND number > 0"
LONG_LATE_DAYS, SOON_DAYS, NEAR_DAYS = 5, 1, 5


@dataclass(frozen=True, slots=True)
class Ages:
    """Cases with a last day, by how far off it is: long past, past, today or tomorrow, within days, later."""

    long_late: int = 0
    late: int = 0
    soon: int = 0
    near: int = 0
    later: int = 0

    def __add__(self, other: Ages) -> Ages:
        return Ages(
            self.long_late + other.long_late,
            self.late + other.late,
            self.soon + other.soon,
            self.near + other.near,
            self.later + other.later,
        )


def age_spans(today: date) -> dict[str, tuple[str, str]]:
    """Each field of `Ages` → its first and last day, "" and "9" where there is none."""

    def away(days: int) -> str:
        return (today + timedelta(days=days)).isoformat()

    return {
        "long_late": ("", away(-LONG_LATE_DAYS - 1)),
        "late": (away(-LONG_LATE_DAYS), away(-1)),
        "soon": (away(0), away(SOON_DAYS)),
        "near": (away(SOON_DAYS + 1), away(NEAR_DAYS)),
        "later": (away(NEAR_DAYS + 1), "9"),
    }


@dataclass
class Tally:
    """Cases by state, and those with a last day by how far off it is."""

    states: dict[str, int] = field(default_factory=dict)
    ages: Ages = Ages()

    @property
    def open(self) -> int:
        return sum(count for state, count in self.states.items() if is_open(CaseState(state)))

    @property
    def total(self) -> int:
        return sum(self.states.values())

    @property
    def overdue(self) -> int:
        """Open ones whose day has passed."""
        return self.ages.long_late + self.ages.late

    @property
    def due_soon(self) -> int:
        """Due today or tomorrow."""
        return self.ages.soon

    def add(self, state: str, count: int) -> None:
        self.states[state] = self.states.get(state, 0) + count


@dataclass(frozen=True)
class PlaceStanding:
    """A place with what lies in it and below it; of a block's own place, only what lies at its own desk."""

    code: str
    name: str
    tally: Tally


@dataclass(frozen=True)
class Block:
    """A place directly below the one in charge, and those below it; or that one itself with those below."""

    code: str
    name: str
    places: tuple[PlaceStanding, ...]


@dataclass(frozen=True)
class Overview:
    """`top`: the place that is shown; `above`: the way up to the scope's own places, the highest first. `owner`: every
    place in it → the one among the blocks' places that counts it.
    """

    top: str
    name: str
    above: tuple[tuple[str, str], ...]
    whole: Tally
    blocks: tuple[Block, ...]
    owner: Mapping[str, str]


async def read_overview(platform: Platform, scope: Scope, top: str, *, today: date) -> Overview | None:
    """The overview of `top`, which must lie in the scope; None when it does not, or is not a place."""
    directory = await platform.directory()
    if top not in directory.places or not place_in_scope(scope, top, directory):
        return None
    arranged = _arranged(directory, top)
    owner = {top: top} | {
        place: tile
        for block, tiles in arranged.items()
        for tile in tiles
        for place in ((tile,) if tile == block else directory.subtree(tile))
    }
    whole, tallies = Tally(), {code: Tally() for code in owner.values()}
    async with platform.database.read() as snapshot:
        standing, ages = await _count(snapshot, owner, today)
        names = await _names(snapshot, [*owner.values(), *arranged, *_way_up(directory, top, scope)])
    for place, state, number in standing:
        tallies[owner[place]].add(state, number)
    for tally in tallies.values():
        for state, number in tally.states.items():
            whole.add(state, number)
    for place, those in ages:
        for tally in (whole, tallies[owner[place]]):
            tally.ages += those

    def standing_of(code: str) -> PlaceStanding:
        return PlaceStanding(code, names.get(code, code), tallies[code])

    return Overview(
        top=top,
        name=names.get(top, top),
        above=tuple((code, names.get(code, code)) for code in _way_up(directory, top, scope)),
        whole=whole,
        blocks=tuple(
            Block(code, names.get(code, code), tuple(standing_of(tile) for tile in tiles))
            for code, tiles in arranged.items()
        ),
        owner=owner,
    )


def _arranged(directory: Directory, top: str) -> dict[str, list[str]]:
    """Block → its places: each place right below with its own desk first and what lies below it; for the lowest levels
    the place itself.
    """
    below = directory.below(top)
    if not any(directory.below(code) for code in below):
        return {top: [top, *below]}
    return {top: [top]} | {code: [code, *directory.below(code)] for code in below}


async def _count(
    snapshot: Snapshot, places: Iterable[str], today: date
) -> tuple[list[tuple[str, str, int]], list[tuple[str, Ages]]]:
    """(place, state, how many), and (place, how far off the last days are). What has a last day is open and little, and
    lies together in an index; of all others the counts alone are read.
    """
    # The spans meet, so each is what is due by its end and not by the end of the one before: half as much to compare.
    ends = [last for _, last in age_spans(today).values()][:-1]
    sums = ", ".join("count(*) FILTER (WHERE due <= ?)" for _ in ends)
    aged = f"SELECT bucket, {sums}, count(*) FROM cases WHERE bucket IN (?*) AND due > '' GROUP BY bucket"  # noqa: S608
    buckets = [place_bucket(place) for place in places]
    standing: list[tuple[str, str, int]] = []
    ages: list[tuple[str, Ages]] = []
    for start in range(0, len(buckets), _BUCKETS_MAX):
        wanted = buckets[start : start + _BUCKETS_MAX]
        some, come = await snapshot.fetch_each([(_STANDING, [wanted]), (aged, [*ends, wanted])])
        standing += [(_place(bucket), state, int(number)) for bucket, state, number in some]
        ages += [(_place(bucket), Ages(*map(sub, those, (0, *those)))) for bucket, *those in come]
    return standing, ages


def _place(bucket: str) -> str:
    return bucket.partition(":")[2]


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
