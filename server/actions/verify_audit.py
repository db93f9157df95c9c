"""Checks the audit trail alone: every change against its line and chain, accounts, looks, the ends that were signed.

It is the part of `verify` that an auditor asks for while the centre serves: no record's body is opened, and no file. A
link takes a fifth of a millisecond to work out, so who serves has it done by another process (server/trail_check.py).
Law: everything is read in one snapshot and nothing is written; a finding names rows by their ids.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path

from server.actions.export_table import Told
from server.actions.log_heads import read_signed_heads, signing_key
from server.actions.platform import Platform
from server.actions.verify_findings import Findings
from server.actions.verify_log import verify_log
from server.actions.verify_people import verify_people
from server.actions.verify_reads import verify_reads
from server.credentials import Secrets
from server.storage.sealing import Sealing
from server.storage.unit_of_work import Database

LOOK_EVERY_S = 0.3
ROWS_AT_ONCE = 500
"""Whether to stop is looked at between these."""
_SIZE = """SELECT (SELECT CAST(coalesce(sum(number), 0) AS BIGINT) FROM change_counts)
                  + (SELECT coalesce(max(length - gone_upto), 0) FROM read_log)"""


@dataclass(frozen=True, kw_only=True)
class AuditReport:
    """`signed`: how many ends were signed at the second place, and are compared."""

    changes: int
    chains: int
    looks: int
    signed: int
    findings: Findings


async def size_of_audit(platform: Platform) -> int:
    """About how many changes and looks there are to check."""
    async with platform.database.read() as snapshot:
        [[size]] = await snapshot.fetch(_SIZE)
    return int(size)


async def verify_audit(
    database: Database, sealing: Sealing, secrets: Secrets, second_place: Path, told: Told
) -> AuditReport:
    """`told` hears how many changes and looks are checked."""
    done: dict[str, int] = {}
    work = asyncio.ensure_future(_verify(database, sealing, secrets, second_place, done))
    try:
        while not work.done():
            await asyncio.wait([work], timeout=LOOK_EVERY_S)
            await told(sum(done.values()))
        return work.result()
    finally:
        work.cancel()
        await asyncio.gather(work, return_exceptions=True)


async def _verify(
    database: Database, sealing: Sealing, secrets: Secrets, second_place: Path, done: dict[str, int]
) -> AuditReport:
    signed = await asyncio.to_thread(read_signed_heads, second_place, signing_key(secrets).public_key())
    findings = Findings()

    def note(stage: str, count: int) -> None:
        done[stage] = count

    async with database.read() as snapshot:
        changes, chains = await verify_log(snapshot, sealing, signed, findings, note, ROWS_AT_ONCE)
        await verify_people(snapshot, signed, findings)
        looks = await verify_reads(snapshot, sealing, signed, findings, note, ROWS_AT_ONCE)
    return AuditReport(changes=changes, chains=chains, looks=looks, signed=len(signed.ends), findings=findings)
