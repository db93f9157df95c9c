"""Checks stamps: who set a field last, and in which rev, is what merge trusts when two people meet in a record.

A stamp names a change of the log. Where that change was made to this record, its rev must be the one it led to; where
it wrote the record aside (a decided conflict, an answered notice) it must at least be there.
"""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from server.actions.verify_findings import Findings
from server.storage.schema.records import KIND_TABLES
from server.storage.table_copy import TableShape, rows_of
from server.storage.unit_of_work import Row, Snapshot

_GROUP = 500
_Groups = list[tuple[int, str, str, list[str]]]  # rev, identity, change, fields
_read = msgspec.json.Decoder(_Groups)
_CHANGES = "SELECT id, record, rev FROM changes WHERE reused = 0 AND id IN (?*)"


async def verify_stamps(snapshot: Snapshot, findings: Findings, on_progress: Callable[[str, int], None]) -> None:
    count = 0
    for table in KIND_TABLES.values():
        async for rows in rows_of(snapshot, TableShape(table.table, ("id", "rev", "stamps"), ("id",))):
            for start in range(0, len(rows), _GROUP):
                await _check(snapshot, rows[start : start + _GROUP], findings)
            count += len(rows)
            on_progress("stamps", count)


async def _check(snapshot: Snapshot, rows: list[Row], findings: Findings) -> None:
    stamped: list[tuple[str, int, int, str]] = []
    for record, rev, kept in rows:
        try:
            stamped += [(record, rev, at, change) for at, _, change, _ in _read.decode(bytes(kept))]
        except (msgspec.MsgspecError, TypeError):
            findings.add("stamp_differs", record, "unreadable")
    named = sorted({change for _, _, _, change in stamped})
    known: dict[str, tuple[str, int]] = {}
    for start in range(0, len(named), _GROUP):
        for change, record, rev in await snapshot.fetch(_CHANGES, [named[start : start + _GROUP]]):
            known[change] = (record, rev)
    for record, rev, at, change in stamped:
        told = known.get(change)
        if told is None or at > rev or (told[0] == record and told[1] != at):
            findings.add("stamp_differs", record, change)
