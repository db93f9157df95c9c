"""Checks records: each row against its body, each bucket's rows against its sum, natural keys and history both ways."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from server.actions.verify_findings import Findings
from server.storage.change_log import history_place
from server.storage.records import columns_of, place_of
from server.storage.schema.records import KIND_TABLES, KindTable
from server.storage.sealing import SealBroken, Sealing
from server.storage.table_copy import TableShape, rows_of
from server.storage.unit_of_work import Row, Snapshot
from sync.central.policies import Policies
from sync.core.chain import SUM_MODULUS, content_hash, row_sum
from sync.core.codec import read_body, read_fields
from sync.core.errors import Malformed

HISTORY = TableShape("history", ("at", "hash", "body"), ("at",))
KEYS = TableShape("natural_keys", ("id", "kind", "record"), ("id",))


@dataclass
class _Seen:
    """What the rows add up to."""

    sums: dict[str, tuple[int, int, int]] = field(default_factory=dict)
    """Bucket → sum, rows, highest version."""
    keys: dict[str, tuple[str, str]] = field(default_factory=dict)
    revs: dict[tuple[str, str], int] = field(default_factory=dict)
    """Records that have been replaced at least once → their rev."""
    records: int = 0


async def verify_records(
    snapshot: Snapshot,
    sealing: Sealing,
    policies: Policies,
    findings: Findings,
    on_progress: Callable[[str, int], None],
) -> tuple[int, int]:
    """How many records and buckets there are."""
    seen = _Seen()
    for table in KIND_TABLES.values():
        shape = TableShape(table.table, columns_of(table), ("id",))
        async for rows in rows_of(snapshot, shape):
            for row in rows:
                _check_row(table, row, sealing, policies, seen, findings)
            seen.records += len(rows)
            on_progress("records", seen.records)
    heads = await snapshot.fetch("SELECT id, head, sum, row_count FROM buckets")
    _check_heads(heads, seen, findings)
    async for rows in rows_of(snapshot, KEYS):
        for key, kind, record in rows:
            if seen.keys.pop(key, None) != (kind, record):
                findings.add("key_without_record", record)
    for _, record in seen.keys.values():
        findings.add("key_missing", record)
    await _check_history(snapshot, sealing, seen, findings)
    return seen.records, len(heads)


def _check_row(
    table: KindTable, row: Row, sealing: Sealing, policies: Policies, seen: _Seen, findings: Findings
) -> None:
    record, bucket, version, rev = row[:4]
    derived, keys, kept = row[4:-3], row[-3], row[-1]
    for key in keys.split("\n") if keys else ():
        seen.keys[key] = (table.kind, record)
    try:
        body = sealing.open(place_of(table.table, record), bytes(kept))
    except SealBroken:
        findings.add("body_unreadable", record)
        return
    total, rows, highest = seen.sums.get(bucket, (0, 0, 0))
    seen.sums[bucket] = ((total + row_sum(record, version, body)) % SUM_MODULUS, rows + 1, max(highest, version))
    if rev > 1:
        seen.revs[table.kind, record] = rev
    try:
        told = read_body(body)
        expected = policies[table.kind].columns(read_fields(body)) if table.columns else {}
    except Malformed:
        findings.add("body_differs", record)
        return
    if (told.kind, told.id, told.rev) != (table.kind, record, rev):
        findings.add("body_differs", record)
    for column, value in zip(table.columns, derived, strict=True):
        if expected.get(column) != value:
            findings.add("column_differs", record, column)


def _check_heads(heads: Iterable[Row], seen: _Seen, findings: Findings) -> None:
    left = dict(seen.sums)
    for bucket, head, total, count in heads:
        found, rows, highest = left.pop(bucket, (0, 0, 0))
        if found != int.from_bytes(bytes(total), "big"):
            findings.add("bucket_sum", bucket)
        if rows != count:
            findings.add("bucket_rows", bucket, f"{rows} of {count}")
        if highest > head:
            findings.add("bucket_head", bucket)
    for bucket in left:
        findings.add("bucket_missing", bucket)


async def _check_history(snapshot: Snapshot, sealing: Sealing, seen: _Seen, findings: Findings) -> None:
    """Each former body is whole, and from the first that was kept on there is no gap up to what stands."""
    spans: dict[tuple[str, str], tuple[int, int, int]] = {}
    async for rows in rows_of(snapshot, HISTORY):
        for at, digest, body in rows:
            kind, record, text = at.split("/")
            rev = int(text)
            lowest, highest, count = spans.get((kind, record), (rev, rev, 0))
            spans[kind, record] = (min(lowest, rev), max(highest, rev), count + 1)
            if body is not None and not _opens_as(
                sealing, history_place(kind, record, rev), bytes(body), bytes(digest)
            ):
                findings.add("history_body", record, str(rev))
    for (kind, record), rev in seen.revs.items():
        lowest, highest, count = spans.pop((kind, record), (rev, rev - 1, 0))
        # An item may come into being at a later version than its first; what else was replaced is kept.
        if highest != rev - 1 or count != highest - lowest + 1 or (lowest > 1 and kind != "item"):
            findings.add("history_gap", record)
    for _, record in spans:
        findings.add("history_gap", record)


def _opens_as(sealing: Sealing, place: str, kept: bytes, digest: bytes) -> bool:
    try:
        return content_hash(sealing.open(place, kept)) == digest
    except SealBroken:
        return False
