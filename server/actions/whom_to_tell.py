"""Finds the accounts behind a holder: the person, the desk in charge of a place, the people of a unit.

Law: who works nearest is told, not everybody above: a place without anyone of its own is its parent's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from server.domain.people.entitlement import Directory
from server.domain.people.roles import Role
from server.storage.people import read_scope
from server.storage.unit_of_work import Snapshot

TOLD_MAX = 3
_STAFF = "SELECT id, role, scope FROM accounts WHERE status = 'active' AND role IN (?*) ORDER BY login"
_OF_PLACES = (Role.DESK_CLERK, Role.TOWN_LEAD)
_SUPERVISE = (Role.COUNTY_SUPERVISOR, Role.CITY_SUPERVISOR)
_OF_UNITS = (Role.DESK_CLERK, Role.TOWN_LEAD, Role.CLAIM_WORKER, Role.HELPER)


@dataclass(frozen=True)
class Listeners:
    """Who answers for a place, and who works for a unit."""

    places: Mapping[str, tuple[str, ...]]
    units: Mapping[str, tuple[str, ...]]
    directory: Directory
    supervisors: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def of(self, holder: str) -> tuple[str, ...]:
        family, _, name = holder.partition(":")
        match family:
            case "account":
                return (name,)
            case "unit":
                return self.units.get(name, ())[:TOLD_MAX]
        return self._nearest(self.places, name)

    def watching(self, place: str) -> tuple[str, ...]:
        """Who supervises there: the county's, or where it has none the city's."""
        return self._nearest(self.supervisors, place)

    def _nearest(self, of: Mapping[str, tuple[str, ...]], place: str) -> tuple[str, ...]:
        listed = self.directory.places.get(place)
        while listed is not None:
            if listed.code in of:
                return of[listed.code][:TOLD_MAX]
            listed = self.directory.places.get(listed.parent)
        return ()


async def read_listeners(snapshot: Snapshot, directory: Directory) -> Listeners:
    places: dict[str, list[str]] = {}
    units: dict[str, list[str]] = {}
    supervisors: dict[str, list[str]] = {}
    for account, role, kept in await snapshot.fetch(_STAFF, [[one.value for one in (*_OF_UNITS, *_SUPERVISE)]]):
        scope = read_scope(kept)
        if role in _SUPERVISE:
            for place in scope.places:
                supervisors.setdefault(place, []).append(account)
            continue
        if role in _OF_PLACES:
            for place in scope.places:
                places.setdefault(place, []).append(account)
        for unit in scope.units:
            units.setdefault(unit, []).append(account)
    return Listeners(
        {place: tuple(accounts) for place, accounts in places.items()},
        {unit: tuple(accounts) for unit, accounts in units.items()},
        directory,
        {place: tuple(accounts) for place, accounts in supervisors.items()},
    )
