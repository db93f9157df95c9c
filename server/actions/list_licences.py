"""Tells a desk which electronic licences a resident has: the class of each, until when, and what each was used for.

Law: it is a part of a case's page, whose look is logged before; numbers and pictures stay in the record.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from server.actions.platform import Platform
from server.domain.catalogue.licences import is_usable
from server.domain.record_fields import groups, text
from server.storage.records import record_of, records_query
from sync.core.chain import encode_hash

_OF_RESIDENT = "SELECT id FROM licences WHERE resident = ? ORDER BY kind, id"
USES_TOLD_MAX = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class LicenceUse:
    """`case` and `purpose` as they were said."""

    at: str
    case: str
    purpose: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LicenceLine:
    """`trust`: A to D. `usable`: it stands for a paper today. `uses`: the newest first; `used`: how many there are.
    `rev` and `hash` are what a step with it names as seen.
    """

    id: str
    kind: str
    trust: str
    state: str
    issuer: str
    valid_until: str
    usable: bool
    uses: tuple[LicenceUse, ...]
    used: int
    rev: int
    hash: str


async def list_licences(platform: Platform, resident: str, today: date) -> Sequence[LicenceLine]:
    """By kind; empty when the resident is not known."""
    async with platform.database.read() as snapshot:
        ids = [row[0] for row in await snapshot.fetch(_OF_RESIDENT, [resident])] if resident else []
        rows = await snapshot.fetch(*records_query("licence", ids)) if ids else []
    held = sorted((record_of("licence", row, platform.sealing) for row in rows), key=lambda one: ids.index(one.id))
    found = []
    for one in held:
        uses = [
            LicenceUse(at=text(use, "at"), case=text(use, "case"), purpose=text(use, "purpose"))
            for use in reversed(groups(one.fields, "uses"))
        ]
        found.append(
            LicenceLine(
                id=one.id,
                kind=text(one.fields, "kind"),
                trust=text(one.fields, "trust"),
                state=text(one.fields, "state"),
                issuer=text(one.fields, "issuer"),
                valid_until=text(one.fields, "valid_until"),
                usable=is_usable(one.fields, today),
                uses=tuple(uses[:USES_TOLD_MAX]),
                used=len(uses),
                rev=one.rev,
                hash=encode_hash(one.hash),
            )
        )
    return found
