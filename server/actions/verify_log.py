"""Checks the log: every change against its line, every audit chain link by link, every device's chain, what was told
to authors, and the ends that were signed at the second place.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from server.actions.log_heads import ACCOUNT_CHAIN, ChainEnd, SignedHeads
from server.actions.verify_findings import Findings
from server.storage.change_log import KNOWN_COLUMNS, known_of, line_place
from server.storage.read_log import CHAIN as READ_CHAIN
from server.storage.records import place_of
from server.storage.sealing import SealBroken, Sealing
from server.storage.table_copy import GROUP_ROWS, TableShape, rows_of
from server.storage.unit_of_work import Row, Snapshot
from sync.central.known import KnownChange
from sync.central.plan import EMPTY_HEAD, chained_hash
from sync.core.chain import content_hash, extend, genesis
from sync.core.codec import parse_change_line, read_fields
from sync.core.ids import derived_id

_KNOWN = tuple(column.strip() for column in KNOWN_COLUMNS.split(","))
_MORE = ("reused", "captured_wall", "log_bucket", "place", "link", "salt", "line", "position")
CHANGES = TableShape("changes", (*_KNOWN, *_MORE), ("position",))
BY_DEVICE = TableShape("changes", ("device", "chain_epoch", "seq", "hash"), ("device", "chain_epoch", "seq"))
OUTCOMES = TableShape("outcomes", ("id", "body"), ("id",))
_OPEN_ENDED = frozenset({"applied", "merged"})


@dataclass
class _Walk:
    """Where each audit chain stands while the log is read."""

    ends: dict[str, ChainEnd] = field(default_factory=dict)
    links: dict[str, bytes] = field(default_factory=dict)
    outcomes: dict[str, str] = field(default_factory=dict)
    """Change, or what stands for it when its id was reused → the outcome that its author was told."""
    signed_seen: set[str] = field(default_factory=set)
    emptied: list[tuple[str, str]] = field(default_factory=list)
    """(change, record) whose line is gone: lawful only where the log also holds what emptied the record."""
    erased: set[str] = field(default_factory=set)
    changes: int = 0


async def verify_log(
    snapshot: Snapshot,
    sealing: Sealing,
    signed: SignedHeads,
    findings: Findings,
    on_progress: Callable[[str, int], None],
    group: int = GROUP_ROWS,
) -> tuple[int, int]:
    """How many changes and how many devices' chains there are. `group`: so many rows are checked without a pause."""
    walk = _Walk()
    await _read_outcomes(snapshot, sealing, walk, group)
    async for rows in rows_of(snapshot, CHANGES, group):
        for row in rows:
            _check_change(row, sealing, signed, walk, findings)
        walk.changes += len(rows)
        on_progress("changes", walk.changes)
    for bucket, length, log_hash in await snapshot.fetch("SELECT id, log_length, log_hash FROM buckets"):
        reached = walk.ends.pop(bucket, ChainEnd(0, EMPTY_HEAD.log_hash.hex()))
        if reached != ChainEnd(length, bytes(log_hash).hex()):
            findings.add("log_end", bucket, f"{reached.length} of {length}")
    for bucket in walk.ends:
        findings.add("bucket_missing", bucket)
    for emptied, record in walk.emptied:
        if record not in walk.erased:
            findings.add("line_missing", emptied)
    for fault in signed.faults:
        findings.add("signed_file", "", fault)
    for bucket in signed.ends.keys() - walk.signed_seen - {READ_CHAIN, ACCOUNT_CHAIN}:
        findings.add("signed_end", bucket, f"{signed.ends[bucket].length} changes were signed")
    for (change,) in await snapshot.fetch(_IDLE_WAITS):
        findings.add("wait_without_change", change)
    return walk.changes, await _check_chains(snapshot, findings, group)


_IDLE_WAITS = """SELECT DISTINCT w.change FROM waits w LEFT JOIN changes c ON c.id = w.change AND c.reused = 0
                 WHERE c.id IS NULL OR c.code <> 'parked'"""


async def _read_outcomes(snapshot: Snapshot, sealing: Sealing, walk: _Walk, group: int) -> None:
    async for rows in rows_of(snapshot, OUTCOMES, group):
        for record, kept in rows:
            try:
                walk.outcomes[record] = str(
                    read_fields(sealing.open(place_of("outcomes", record), bytes(kept)))["code"]
                )
            except (SealBroken, ValueError, KeyError):
                continue  # verify_records tells of it


def _check_change(row: Row, sealing: Sealing, signed: SignedHeads, walk: _Walk, findings: Findings) -> None:
    reused, captured_wall, bucket, place, link, salt, line = row[len(_KNOWN) : -1]
    try:
        change = known_of(row, sealing)
    except SealBroken:
        findings.add("line_differs", row[0], "detail")
        change = known_of((*row[: len(_KNOWN) - 1], None), sealing)
    end = walk.ends.get(bucket, ChainEnd(0, EMPTY_HEAD.log_hash.hex()))
    if place != end.length + 1:
        findings.add("log_order", change.id, bucket)
    if salt is not None:
        expected = chained_hash(bytes.fromhex(end.link), bytes(salt), change, change.account, change.received_at)
        if expected != bytes(link):
            findings.add("log_link", change.id, bucket)
    # From here on the stored link counts, so that one altered row is one finding and not all that follow.
    walk.ends[bucket] = ChainEnd(place, bytes(link).hex())
    if signed.ends.get(bucket) == walk.ends[bucket]:
        walk.signed_seen.add(bucket)
    if line is None or salt is None:
        walk.emptied.append((change.id, change.record))
    else:
        if change.name.endswith(".erase") and change.code.has_effect:
            walk.erased.add(change.record)
        _check_line(change, bytes(line), captured_wall, sealing, findings)
    _check_outcome(change, bool(reused), walk, findings)


def _check_line(change: KnownChange, kept: bytes, captured_wall: int, sealing: Sealing, findings: Findings) -> None:
    try:
        line = parse_change_line(sealing.open(line_place(change.id), kept))
    except SealBroken:
        findings.add("line_differs", change.id, "line")
        return
    if content_hash(line.line) != change.hash:
        findings.add("line_differs", change.id, "hash")
    told = line.change
    if told is None:
        return
    row = (change.id, change.kind, change.name, change.record, captured_wall)
    if (told.id, told.kind, told.name, told.record, told.captured.wall) != row:
        findings.add("line_differs", change.id, "row")


def _check_outcome(change: KnownChange, reused: bool, walk: _Walk, findings: Findings) -> None:
    """What is anything but applied or merged was told to its author in a record, which its bucket's sum guards."""
    code = change.code.value
    if reused and code != "refused":
        return  # a twin: answered with what its first arrival was told
    record = derived_id("outcome", f"{change.device}/{change.chain_epoch}", str(change.seq)) if reused else change.id
    told = walk.outcomes.get(record)
    if (told is None and code not in _OPEN_ENDED) or (told is not None and told != code):
        findings.add("outcome_differs", change.id, code)


async def _check_chains(snapshot: Snapshot, findings: Findings, group: int) -> int:
    stand: dict[tuple[str, int], tuple[int, bytes]] = {}
    async for rows in rows_of(snapshot, BY_DEVICE, group):
        for device, chain_epoch, seq, digest in rows:
            last, reached = stand.get((device, chain_epoch), (0, genesis(device, chain_epoch)))
            if seq != last + 1:
                findings.add("chain_gap", device, f"chain {chain_epoch}, change {seq}")
            stand[device, chain_epoch] = (seq, extend(reached, seq, bytes(digest)))
    chains = await snapshot.fetch("SELECT device, chain_epoch, last_seq, hash FROM chains")
    for device, chain_epoch, last_seq, digest in chains:
        end = stand.pop((device, chain_epoch), (0, genesis(device, chain_epoch)))
        if end != (last_seq, bytes(digest)):
            findings.add("chain_end", device, f"chain {chain_epoch}")
    for device, chain_epoch in stand:
        findings.add("chain_end", device, f"chain {chain_epoch}")
    return len(chains)
