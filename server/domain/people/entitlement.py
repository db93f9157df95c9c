"""Owns which buckets an account reads: pure arithmetic from role and scope to bucket names.

    place:<12 digits>    unit:<unit id>    catalogue:<level>:<county or city, 6 digits>    person:<account id>

A site reads three catalogues: what all sites of the prefecture share (`catalogue:all:<city>`), the standard list of
its level, held once (`catalogue:<level>:<city>`), and its county's own (`catalogue:<level>:<county>`).

Laws: what lies where is told by the directory's parent links, never by a code's prefix (the development zone's
streets belong to another county). Everybody has a person bucket. Desk and supervising roles read through pages that
check every record, so no village's data is ever copied to their devices.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from server.domain.people.roles import Role, Scope
from server.domain.places import Level


@dataclass(frozen=True, slots=True)
class ListedPlace:
    code: str
    level: Level
    parent: str


@dataclass(frozen=True, slots=True)
class ListedUnit:
    id: str
    place: str


class NotListed(LookupError):
    """The directory knows no such place or unit."""


@dataclass(frozen=True)
class Directory:
    """The places and units there are. Make it with `directory_of`."""

    places: Mapping[str, ListedPlace]
    units: Mapping[str, ListedUnit]
    _below: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    _units_at: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def place(self, code: str) -> ListedPlace:
        try:
            return self.places[code]
        except KeyError:
            raise NotListed(code) from None

    def unit(self, unit: str) -> ListedUnit:
        try:
            return self.units[unit]
        except KeyError:
            raise NotListed(unit) from None

    def below(self, code: str) -> tuple[str, ...]:
        """The places directly below, by parent link."""
        return self._below.get(code, ())

    def subtree(self, code: str) -> frozenset[str]:
        """The place itself and everything below it, by parent links."""
        found, waiting = {code}, [code]
        while waiting:
            below = self.below(waiting.pop())
            found.update(below)
            waiting.extend(below)
        return frozenset(found)

    def units_at(self, code: str) -> tuple[str, ...]:
        return self._units_at.get(code, ())

    def county_of(self, code: str) -> str:
        """The six digits under which this place's catalogue is kept: its county's, or its own from the county up."""
        place = self.place(code)
        while place.level > Level.COUNTY:
            place = self.place(place.parent)
        return place.code[:6]

    def city_of(self, code: str) -> str:
        """The six digits of the city, under which what the whole prefecture shares is kept."""
        place = self.place(code)
        while place.level > Level.CITY:
            place = self.place(place.parent)
        return place.code[:6]


def directory_of(places: Iterable[ListedPlace], units: Iterable[ListedUnit]) -> Directory:
    by_code = {place.code: place for place in places}
    by_id = {unit.id: unit for unit in units}
    below: dict[str, list[str]] = {}
    for place in by_code.values():
        below.setdefault(place.parent, []).append(place.code)
    units_at: dict[str, list[str]] = {}
    for unit in by_id.values():
        units_at.setdefault(unit.place, []).append(unit.id)
    return Directory(
        by_code,
        by_id,
        {code: tuple(sorted(codes)) for code, codes in below.items()},
        {code: tuple(sorted(ids)) for code, ids in units_at.items()},
    )


def person_bucket(account: str) -> str:
    return f"person:{account}"


def place_bucket(code: str) -> str:
    return f"place:{code}"


def unit_bucket(unit: str) -> str:
    return f"unit:{unit}"


def catalogue_bucket(level: Level | None, county: str) -> str:
    """`county` is the first six digits of a county or of the city; no level means every site."""
    return f"catalogue:{level.name.lower() if level is not None else 'all'}:{county}"


def buckets_of(account: str, role: Role, scope: Scope, directory: Directory) -> frozenset[str]:
    """Every bucket this account reads. Raises NotListed when the scope names what the directory does not know."""
    for code in scope.places:
        directory.place(code)
    buckets = {person_bucket(account)}
    units = {directory.unit(unit).id for unit in scope.units}
    places: set[str] = set()
    match role:
        case Role.HELPER:
            # Who serves at a hall has no village: what is filed there lies in the bucket of the hall's own place.
            places |= scope.places or {directory.unit(unit).place for unit in units}
        case Role.TOWN_LEAD:
            for code in scope.places:
                places |= {code, *directory.below(code)}
            units |= {unit for code in places for unit in directory.units_at(code)}
        case Role.CLAIM_WORKER:
            pass
        case _:
            return frozenset(buckets)
    buckets |= {place_bucket(code) for code in places}
    buckets |= {unit_bucket(unit) for unit in units}
    sites = places | {directory.unit(unit).place for unit in units}
    for code in sites:
        level, city = directory.place(code).level, directory.city_of(code)
        buckets |= {catalogue_bucket(None, city), catalogue_bucket(level, city)}
        buckets.add(catalogue_bucket(level, directory.county_of(code)))
    return frozenset(buckets)
