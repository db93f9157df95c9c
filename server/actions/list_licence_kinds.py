"""Counts the electronic licences that are kept, by kind: how many hold in which class of trust, have expired, are void.

Law: numbers alone; whose they are is on nobody's list.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from server.domain.catalogue.licence_kinds import LICENCE_KINDS
from server.domain.catalogue.licences import LicenceState, Trust
from server.storage.unit_of_work import Database

_COUNT = "SELECT kind, state, trust, count(*) FROM licences WHERE kind IN (?*) GROUP BY kind, state, trust"


@dataclass(frozen=True, slots=True, kw_only=True)
class LicenceKindRow:
    """`named`: seed, items or ours, see server/domain/catalogue/licence_kinds.py; `synthetic` when it is ours alone.
    `identifies`: it proves who somebody is. `a` to `d`: held in that class; what is C waits for a desk to look at it.
    """

    name: str
    family: str
    named: str
    synthetic: bool
    identifies: bool
    a: int
    b: int
    c: int
    d: int
    held: int
    expired: int
    void: int


async def list_licence_kinds(database: Database) -> Sequence[LicenceKindRow]:
    """Every kind there is, in the table's order."""
    async with database.read() as snapshot:
        rows = await snapshot.fetch(_COUNT, [list(LICENCE_KINDS)])
    classes: Counter[tuple[str, str]] = Counter()
    states: Counter[tuple[str, str]] = Counter()
    for kind, state, trust, count in rows:
        states[kind, state] += count
        if state == LicenceState.HELD:
            classes[kind, trust] += count
    return [
        LicenceKindRow(
            name=one.name,
            family=one.family.value,
            named=one.named.value,
            synthetic=one.named.is_synthetic,
            identifies=one.identifies,
            a=classes[one.name, Trust.ISSUER],
            b=classes[one.name, Trust.VERIFIED],
            c=classes[one.name, Trust.UPLOADED],
            d=classes[one.name, Trust.SELF_MADE],
            held=states[one.name, LicenceState.HELD],
            expired=states[one.name, LicenceState.EXPIRED],
            void=states[one.name, LicenceState.VOID],
        )
        for one in LICENCE_KINDS.values()
    ]
