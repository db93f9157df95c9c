"""Alters a centre's database beside the program, and asks whether verifying notices."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

from server.actions.log_heads import read_signed_heads, sign_heads, signing_key
from server.actions.verify import VerifyReport, verify
from server.storage.blobs import open_blobs
from sync.core.changes import Base, OutcomeCode
from sync.core.ids import derived_id
from tests.small_centre import HELPER, VILLAGE, SmallCentre

PLACE = f"place:{VILLAGE}"
Statements = Sequence[tuple[str, Sequence[Any]]]
Table = dict[str, tuple[set[str], Statements]]
"""What is altered → the findings there must be, and the SQL that does it."""


async def verified(small: SmallCentre) -> VerifyReport:
    centre = small.centre
    signed = read_signed_heads(centre.settings.backup_folder, signing_key(centre.secrets).public_key())
    blobs = open_blobs(centre.settings.blobs, centre.sealing)
    return await verify(centre.database, centre.sealing, centre.policies, blobs=blobs, signed=signed)


async def worked_in(small: SmallCentre) -> None:
    """A village's log with new residents, an edited one, a refused change and signed ends."""
    centre = small.centre
    device = await small.enrol(HELPER)
    made = await small.register(device, "王秀英", derived_id("resident", "edited"))
    await small.register(device, "李芳")
    base = Base(change=made.outcomes[0].id)
    edit = small.change("resident", "resident.edit", derived_id("resident", "edited"), {"notes": ["住村东"]}, base=base)
    await small.send(device, edit)
    refused = small.change("resident", "resident.register", derived_id("resident", "x"), {"village": VILLAGE})
    [outcome] = (await small.send(device, refused)).outcomes
    assert outcome.code is OutcomeCode.REFUSED
    await sign_heads(
        centre.database, centre.settings.backup_folder, signing_key(centre.secrets), now_ms=centre.clock.wall_ms()
    )


async def codes_after(small: SmallCentre, statements: Statements) -> frozenset[str]:
    """What is found after the tampering, which must have touched something."""
    touched = 0
    for sql, params in statements:
        touched += await small.tamper(sql, params)
    assert touched, "the tampering touched nothing"
    return (await verified(small)).findings.codes


def key(name: str) -> str:
    ident = derived_id("blob", name)
    return f"{ident[:2]}/{ident}"


async def keep_file(small: SmallCentre, name: str, content: bytes) -> None:
    """A stored file with its object, as receiving leaves them."""
    digest = hashlib.sha256(content).hexdigest()
    await open_blobs(small.centre.settings.blobs, small.centre.sealing).put(key(name), content)
    async with small.centre.database.write() as tx:
        await tx.insert_many(
            "blobs",
            ("blob", "scope", "sha256", "size", "type", "object", "refs", "rendition_state", "rendition",
             "rendition_sha256", "created_at", "damaged_at"),
            [(derived_id("row", name), "s", digest, len(content), "image/jpeg", key(name), 1, "none", "", "", 0, 0)],
        )  # fmt: skip
        await tx.insert_many(
            "files",
            ("upload", "id", "account", "device", "sha256", "size", "type", "purpose", "state", "created_at",
             "expires_at", "stored_at", "blob", "refused_reason"),
            [(derived_id("upload", name), derived_id("file", name), "a", "d", digest, len(content), "image/jpeg",
              "material", "stored", 0, 0, 0, derived_id("row", name), "")],
        )  # fmt: skip
