"""Checks that what the centre holds is what it was told: sums, audit chains, devices' chains, keys, history, files.

    verify
    ├── verify_records   every body against its row, every bucket's rows against its sum, natural keys both ways
    ├── verify_counts    every kept number of records and changes against the rows it counts
    ├── verify_log       every change against its line, each bucket's audit chain against its end and the signed ends
    ├── verify_stamps    every stamp of a record's fields against the change that set them
    ├── verify_people    every account against the log of accounts, every grant against role and scope
    ├── verify_reads     every look of the read log against its link, the log against its end and the signed one
    └── verify_files     every file's object against its hash

Laws: everything is read in one snapshot and nothing is written. Nothing is trusted because it is there: what was
edited, deleted, reordered or cut off shows as a Finding. A finding names rows by their ids, never what is in them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from server.actions.log_heads import SignedHeads
from server.actions.verify_counts import verify_counts
from server.actions.verify_findings import Findings
from server.actions.verify_log import verify_log
from server.actions.verify_people import verify_people
from server.actions.verify_reads import verify_reads
from server.actions.verify_records import verify_records
from server.actions.verify_stamps import verify_stamps
from server.storage.blobs import BlobDamaged, BlobMissing, Blobs
from server.storage.sealing import Sealing
from server.storage.unit_of_work import Database, Snapshot
from sync.central.policies import Policies

_BLOBS = """SELECT blob, object, sha256, rendition, rendition_sha256 FROM blobs
            WHERE damaged_at = 0 AND blob > ? ORDER BY blob LIMIT 500"""
_WITHOUT_BLOB = """SELECT f.upload FROM files f LEFT JOIN blobs b ON b.blob = f.blob
                   WHERE f.state = 'stored' AND (b.blob IS NULL OR b.sha256 <> f.sha256 OR b.size <> f.size)"""
_NO_SIGNED_HEADS = SignedHeads()


@dataclass(frozen=True)
class VerifyReport:
    """`findings` is empty when all is well."""

    records: int = 0
    buckets: int = 0
    changes: int = 0
    chains: int = 0
    objects: int = 0
    signed_ends: int = 0
    looks: int = 0
    findings: Findings = field(default_factory=Findings)

    @property
    def is_whole(self) -> bool:
        return not self.findings.found


def _say_nothing(stage: str, done: int) -> None:
    pass


async def verify(
    database: Database,
    sealing: Sealing,
    policies: Policies,
    *,
    blobs: Blobs | None,
    signed: SignedHeads = _NO_SIGNED_HEADS,
    on_progress: Callable[[str, int], None] = _say_nothing,
) -> VerifyReport:
    """`blobs` None leaves the files' bytes out. `on_progress` hears a stage and how much of it is done."""
    findings = Findings()
    async with database.read() as snapshot:
        records, buckets = await verify_records(snapshot, sealing, policies, findings, on_progress)
        await verify_counts(snapshot, database.engine, findings)
        changes, chains = await verify_log(snapshot, sealing, signed, findings, on_progress)
        await verify_stamps(snapshot, findings, on_progress)
        await verify_people(snapshot, signed, findings)
        looks = await verify_reads(snapshot, sealing, signed, findings, on_progress)
        objects = await verify_files(snapshot, blobs, findings, on_progress)
    return VerifyReport(records, buckets, changes, chains, objects, len(signed.ends), looks, findings)


async def verify_files(
    snapshot: Snapshot, blobs: Blobs | None, findings: Findings, on_progress: Callable[[str, int], None]
) -> int:
    """How many objects were read and hashed."""
    for (upload,) in await snapshot.fetch(_WITHOUT_BLOB):
        findings.add("file_without_bytes", upload)
    count, last = 0, ""
    while blobs is not None and (rows := await snapshot.fetch(_BLOBS, [last])):
        last = rows[-1][0]
        for blob, key, sha256, rendition, rendition_sha256 in rows:
            for name, kept, digest in (("original", key, sha256), ("rendition", rendition, rendition_sha256)):
                if not kept:
                    continue
                try:
                    await blobs.get(kept, digest)
                    count += 1
                except BlobMissing:
                    findings.add("object_missing", blob, name)
                except BlobDamaged:
                    findings.add("object_damaged", blob, name)
        on_progress("files", count)
    return count
