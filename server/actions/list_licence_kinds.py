"""Counts the electronic licences that are kept, by kind: how many hold, how many have expired or are void.

Law: numbers alone; whose they are is on nobody's list.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from server.domain.catalogue.licence_kinds import LICENCE_KINDS
from server.storage.unit_of_work import Database

_COUNT = "SELECT kind, state, count(*) FROM licences WHERE kind IN (?*) GROUP BY kind, state"


@dataclass(frozen=True, slots=True, kw_only=True)
class LicenceKindRow:
    """`named`: seed, items or ours, see server/domain/catalogue/licence_kinds.py."""

    name: str
    family: str
    named: str
    held: int
    expired: int
    void: int


async def list_licence_kinds(database: Database) -> Sequence[LicenceKindRow]:
    """Every kind there is, in the table's order."""
    async with database.read() as snapshot:
        rows = await snapshot.fetch(_COUNT, [list(LICENCE_KINDS)])
    counts: dict[tuple[str, str], int] = {(kind, state): count for kind, state, count in rows}
    return [
        LicenceKindRow(
            name=one.name,
            family=one.family.value,
            named=one.named.value,
            held=counts.get((one.name, "held"), 0),
            expired=counts.get((one.name, "expired"), 0),
            void=counts.get((one.name, "void"), 0),
        )
        for one in LICENCE_KINDS.values()
    ]
