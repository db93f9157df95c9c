"""Reads and writes the directory of places and units as values. Decides nothing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from server.domain.people.entitlement import Directory, ListedPlace, ListedUnit, directory_of
from server.domain.places import Level
from server.storage.unit_of_work import Snapshot, Transaction


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """One division. `name` is how people call it, `formal_name` how the official list does."""

    code: str
    name: str
    formal_name: str
    level: Level
    parent: str
    kind: str


@dataclass(frozen=True, slots=True)
class UnitRow:
    """A body that implements items at a place. `department` is empty below the county."""

    id: str
    uscc: str
    name: str
    place: str
    department: str
    synthetic: bool


async def read_directory(snapshot: Snapshot) -> Directory:
    """All places and units, as entitlement and the import of accounts want them."""
    places, units = await snapshot.fetch_each(
        [("SELECT code, level, parent FROM places", ()), ("SELECT id, place FROM units", ())]
    )
    return directory_of(
        (ListedPlace(code, Level(level), parent) for code, level, parent in places),
        (ListedUnit(unit, place) for unit, place in units),
    )


async def all_places(snapshot: Snapshot) -> list[PlaceRow]:
    """Every place, ordered by code."""
    rows = await snapshot.fetch("SELECT code, name, formal_name, level, parent, kind FROM places ORDER BY code")
    return [
        PlaceRow(code, name, formal, Level(level), parent, kind) for code, name, formal, level, parent, kind in rows
    ]


async def insert_places(tx: Transaction, places: Iterable[PlaceRow]) -> None:
    columns = ("code", "name", "formal_name", "level", "parent", "kind")
    rows = [(p.code, p.name, p.formal_name, int(p.level), p.parent, p.kind) for p in places]
    await tx.insert_many("places", columns, rows)


async def insert_units(tx: Transaction, units: Iterable[UnitRow]) -> None:
    columns = ("id", "uscc", "name", "place", "department", "synthetic")
    rows = [(u.id, u.uscc, u.name, u.place, u.department, int(u.synthetic)) for u in units]
    await tx.insert_many("units", columns, rows)
