"""Shows the picture behind a case's material, as it was re-encoded; the original is never given out.

Laws: a file is reached through its case alone; a file that the case does not name is not there. Naming one gives only
what its author could have brought: a picture that somebody sent who wrote to this case, or that a licence of its
resident keeps. Whoever names another's gets nothing. The look is logged, and where the case wants a reason, so does its
picture: the one just given for the case's page covers what that page names.
"""

from __future__ import annotations

from server.actions.log_read import log_read
from server.actions.open_to_read import reach_record
from server.actions.platform import Platform
from server.actions.recall_reason import recall_reason
from server.actions.refusals import NotFound
from server.domain.cases.materials import pages_of
from server.domain.record_fields import Fields, text
from server.storage.blobs import Blobs
from server.storage.file_rows import StoredFile, stored_file
from server.storage.people import AccountRow
from server.storage.records import record_of, records_query
from server.storage.sealing import Sealing
from server.storage.unit_of_work import Snapshot

# What was refused or still waits is in no record: its author wrote nothing to it.
_AUTHORS = "SELECT DISTINCT account FROM changes WHERE record IN (?*) AND code NOT IN ('refused', 'parked')"
_LICENCES = "SELECT id FROM licences WHERE resident = ?"


async def show_file(
    platform: Platform, blobs: Blobs, account: AccountRow, case: str, file: str, reason: str = ""
) -> bytes | None:
    """A JPEG; None while the file has not arrived or has no rendition yet. Raises NotFound, ReasonMissing."""
    found = await reach_record(platform, account, "case", case)
    sha256 = _hash_of(found.fields, file)
    if sha256 is None:
        raise NotFound(f"the case names no file {file}")
    why = reason.strip() or await recall_reason(platform, account, "case", case)
    await log_read(platform, account, "file", file, why, of=found, before=f"{case} ")
    async with platform.database.read() as snapshot:
        naming = [case, *await _keeping(snapshot, platform.sealing, text(found.fields, "resident"), file, sha256)]
        authors = [row[0] for row in await snapshot.fetch(_AUTHORS, [naming])]
        stored: StoredFile | None = await stored_file(snapshot, file, sha256, authors)
    if stored is None or not stored.rendition:
        return None
    return await blobs.get(stored.rendition, stored.rendition_sha256)


async def _keeping(snapshot: Snapshot, sealing: Sealing, resident: str, file: str, sha256: str) -> list[str]:
    """The resident's licences that keep this very picture."""
    ids = [row[0] for row in await snapshot.fetch(_LICENCES, [resident])] if resident else []
    rows = await snapshot.fetch(*records_query("licence", ids)) if ids else []
    held = [record_of("licence", row, sealing) for row in rows]
    return [one.id for one in held if (file, sha256) in pages_of(one.fields)]


def _hash_of(case: Fields, file: str) -> str | None:
    """The hash under which the case names this file; None when it does not."""
    return next((sha256 for value in case.values() for named, sha256 in pages_of(value) if named == file), None)
