"""Tells a supervisor, by town or village, who was last heard of when, what waits unsent, and what became of the rest.

Laws: rows are areas, in the order of their codes; there is no order by number and no row for one person, because this
is for finding who needs help. What became of changes is counted as they are logged; desks and the centre itself do
not count.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from server.actions.desk_change import DESK_APP
from server.domain.places import Level
from server.storage.places import PlaceRow, all_places
from server.storage.unit_of_work import Database


class By(StrEnum):
    TOWN = "town"
    VILLAGE = "village"


class PlaceUnknown(Exception):
    """There is no such place."""


@dataclass(frozen=True, kw_only=True)
class Activity:
    """One area. Times in ms since 1970, None: never. `unsent` and `unsent_since` as the devices said at their
    last contacts."""

    place: str
    name: str
    town: str
    devices: int = 0
    never_heard: int = 0
    last_contact: int | None = None
    longest_silent: int | None = None
    """The last contact of the device that was not heard of for longest."""
    unsent: int = 0
    unsent_since: int | None = None
    backlog_age: int | None = None
    """How old the oldest unsent change was, in ms, when its device was last heard of."""
    to_correct: int = 0
    """Cases that were returned and have not come back yet."""
    corrected: int = 0
    """Cases that were returned and came back."""
    conflicts_open: int = 0
    received: int = 0
    applied: int = 0
    merged: int = 0
    conflicts: int = 0
    refused: int = 0
    parked: int = 0
    duplicates: int = 0


# From accounts to their devices, whose order CROSS JOIN keeps: nothing is read but what is asked for.
_DEVICES = """SELECT a.site, d.last_contact, d.unsent, d.unsent_since FROM accounts a CROSS JOIN devices d
              WHERE d.account = a.id AND d.revoked_at IS NULL AND d.app_version <> ?"""
_COUNTS = """SELECT a.site, k.code, CAST(sum(k.number) AS BIGINT)
             FROM accounts a CROSS JOIN devices d CROSS JOIN change_counts k
             WHERE d.account = a.id AND k.device = d.id AND k.number > 0 AND d.app_version <> ?
             GROUP BY a.site, k.code"""
_TO_CORRECT = "SELECT bucket, count(*) FROM cases WHERE state = 'to_correct' GROUP BY bucket"
_CORRECTED = """SELECT bucket, count(*) FROM changes WHERE name = 'case.correct' AND code IN ('applied', 'merged')
                GROUP BY bucket"""
_CONFLICTS = "SELECT bucket, count(*) FROM conflicts WHERE state = 'open' GROUP BY bucket"
_FIELDS = {
    "applied": "applied",
    "merged": "merged",
    "conflict": "conflicts",
    "refused": "refused",
    "parked": "parked",
    "duplicate": "duplicates",
}


async def report_activity(database: Database, *, place: str = "", by: By = By.TOWN) -> list[Activity]:
    """Every area in `place` (everywhere when it is empty) where somebody works. Raises PlaceUnknown."""
    async with database.read() as snapshot:
        places = {one.code: one for one in await all_places(snapshot)}
        devices, counts, *of_places = await snapshot.fetch_each(
            [(_DEVICES, [DESK_APP]), (_COUNTS, [DESK_APP]), (_TO_CORRECT, ()), (_CORRECTED, ()), (_CONFLICTS, ())]
        )
    if place and place not in places:
        raise PlaceUnknown(f"there is no place {place}")
    rows: dict[str, _Row] = {}
    for site, *contact in devices:
        if area := _area(site, place, by, places):
            rows.setdefault(area, _Row()).hear(*contact)
    for site, code, count in counts:
        if area := _area(site, place, by, places):
            rows.setdefault(area, _Row()).count(_FIELDS[code], count)
    for name, found in zip(("to_correct", "corrected", "conflicts_open"), of_places, strict=True):
        for bucket, count in found:
            family, _, code = bucket.partition(":")
            if family == "place" and (area := _area(code, place, by, places)):
                rows.setdefault(area, _Row()).add(name, count)
    return [row.activity(places[area], places) for area, row in sorted(rows.items())]


def _area(site: str, scope: str, by: By, places: Mapping[str, PlaceRow]) -> str:
    """The area a site counts for; "" when it lies outside of the scope. Parent links tell, never a code's prefix."""
    found, inside = site, not scope
    lines: list[str] = []
    while found in places:
        lines.append(found)
        inside = inside or found == scope
        found = places[found].parent
    if not inside or not lines:
        return ""
    if by is By.TOWN:
        return next((code for code in lines if places[code].level <= Level.TOWN), lines[-1])
    return lines[0]


class _Row:
    """Adds up one area."""

    def __init__(self) -> None:
        self.counts: dict[str, int] = {}
        self.contacts: list[int] = []
        self.devices = self.never = self.unsent = 0
        self.since: int | None = None
        self.backlog: int | None = None
        self.further: dict[str, int] = {}

    def hear(self, last_contact: int | None, unsent: int, unsent_since: int | None) -> None:
        self.devices += 1
        self.unsent += unsent
        if last_contact is None:
            self.never += 1
        else:
            self.contacts.append(last_contact)
        if unsent and unsent_since is not None:
            self.since = unsent_since if self.since is None else min(self.since, unsent_since)
            if last_contact is not None:
                self.backlog = max(self.backlog or 0, last_contact - unsent_since)

    def count(self, field: str, number: int) -> None:
        self.counts[field] = self.counts.get(field, 0) + number

    def add(self, field: str, number: int) -> None:
        self.further[field] = self.further.get(field, 0) + number

    def activity(self, place: PlaceRow, places: Mapping[str, PlaceRow]) -> Activity:
        above = places.get(place.parent)
        return Activity(
            place=place.code,
            name=place.name,
            town=above.name if above is not None and place.level is Level.VILLAGE else place.name,
            devices=self.devices,
            never_heard=self.never,
            last_contact=max(self.contacts, default=None),
            longest_silent=min(self.contacts, default=None),
            unsent=self.unsent,
            unsent_since=self.since,
            backlog_age=self.backlog,
            received=sum(self.counts.values()),
            **self.counts,
            **self.further,
        )
