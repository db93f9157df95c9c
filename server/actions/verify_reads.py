"""Checks the read log: every look against its link and reason, the log against its end and against what was signed.

What was deleted from its beginning must have been old: the signed ends tell how long the log was at which time.
"""

from __future__ import annotations

from collections.abc import Callable

from server.actions.log_heads import ChainEnd, SignedHeads
from server.actions.verify_findings import Findings
from server.domain.supervision.reads import READS_KEPT_DAYS
from server.storage.read_log import CHAIN, READS, ReadEnd, link_of, look_of, read_end
from server.storage.sealing import SealBroken, Sealing
from server.storage.table_copy import GROUP_ROWS, rows_of
from server.storage.unit_of_work import Row, Snapshot

_DAY_MS = 86_400_000


async def verify_reads(
    snapshot: Snapshot,
    sealing: Sealing,
    signed: SignedHeads,
    findings: Findings,
    on_progress: Callable[[str, int], None],
    group: int = GROUP_ROWS,
) -> int:
    """How many looks there are. `group`: so many are checked without a pause."""
    end = await read_end(snapshot)
    if end != ReadEnd() and end.sealed(sealing) != end:
        findings.add("read_end", CHAIN, "forged")
    reached = ChainEnd(end.gone_upto, end.gone_link.hex())
    signed_end = signed.ends.get(CHAIN)
    seen, count = signed_end is None or reached == signed_end, 0
    async for rows in rows_of(snapshot, READS, group):
        for row in rows:
            reached = _check_look(row, reached, sealing, findings)
            seen = seen or reached == signed_end
        count += len(rows)
        on_progress("looks", count)
    if reached != ChainEnd(end.length, end.link.hex()):
        findings.add("read_end", CHAIN, f"{reached.length} of {end.length}")
    if not seen and signed_end is not None:
        findings.add("signed_end", CHAIN, f"{signed_end.length} looks were signed")
    young = [length for at, length in signed.reads if at <= signed.at - READS_KEPT_DAYS * _DAY_MS]
    if end.gone_upto > max(young, default=0):
        findings.add("read_gone", CHAIN, f"up to {end.gone_upto}")
    return count


def _check_look(row: Row, before: ChainEnd, sealing: Sealing, findings: Findings) -> ChainEnd:
    position, at, account, kind, record, link, reason = row
    if position != before.length + 1:
        findings.add("read_order", CHAIN, str(position))
    try:
        look_of(row, sealing)
    except SealBroken:
        findings.add("read_reason", CHAIN, str(position))
    if link_of(bytes.fromhex(before.link), position, at, account, kind, record, bytes(reason)) != bytes(link):
        findings.add("read_link", CHAIN, str(position))
    # From here on the stored link counts, so that one altered row is one finding and not all that follow.
    return ChainEnd(position, bytes(link).hex())
