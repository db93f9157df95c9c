"""Writes everything out in open formats: JSON lines and the files themselves; or all that concerns one resident.

    <kind>.jsonl      {"kind", "id", "bucket", "version", "rev", "fields"}: every record as it stands
    history.jsonl     every body that was replaced
    changes.jsonl     every change: who, when, what, and its outcome
    places.jsonl, units.jsonl, accounts.jsonl, files.jsonl, epochs.jsonl
    reads.jsonl       every look at a person's record; evidence.jsonl, outbound.jsonl: what lies beside the records
    files/<sha256>    the originals
    export.json       what is there: lines and SHA-256 of every file; written last (server/actions/check_export.py)

Laws: one snapshot; nothing is masked, so the folder is for whoever may see it all, and is made readable by its owner
alone. What cannot be opened is told, not left out in silence. docs/export.md is the layout, for whoever reads it.
"""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from server.storage.blobs import BlobDamaged, BlobMissing, Blobs
from server.storage.change_log import KNOWN_COLUMNS, history_place, known_of, line_place
from server.storage.outbound import message_place
from server.storage.read_log import READS, look_of
from server.storage.records import columns_of, place_of
from server.storage.schema.records import KIND_TABLES
from server.storage.sealing import SealBroken, Sealing
from server.storage.table_copy import TableShape, rows_of, tables
from server.storage.unit_of_work import Database, Snapshot

_KNOWN = tuple(column.strip() for column in KNOWN_COLUMNS.split(","))
_CHANGES = TableShape("changes", (*_KNOWN, "captured_wall", "carrier", "line", "position"), ("position",))
_PLAIN_TABLES = {"places": "places", "units": "units", "accounts": "accounts", "epochs": "epochs"}
_EVIDENCE = TableShape(
    "evidence", ("id", "epoch", "device", "kind", "record", "bucket", "version", "received_at", "body"), ("id",)
)
_OUTBOUND = TableShape(
    "outbound", ("message_key", "record", "event", "state", "made_at", "sent_at", "reason", "body"), ("message_key",)
)
MANIFEST = "export.json"
FORMAT = 1
_SECRET_COLUMNS = frozenset({"password_hash"})
_FILES = """SELECT f.upload, f.id, f.sha256, f.size, f.type, f.purpose, f.account, f.device, f.stored_at, b.object
            FROM files f JOIN blobs b ON b.blob = f.blob WHERE f.state = 'stored' AND f.upload > ?
            ORDER BY f.upload LIMIT ?"""
_FILE_COLUMNS = ("id", "sha256", "size", "type", "purpose", "account", "device", "stored_at")
_FILES_AT_ONCE = 500
TOLD_EVERY = 1_000
"""Lines."""
_NAMED_IDS = re.compile(rb'"([0-9a-f]{32})"')
_encode = msgspec.json.Encoder().encode


OnProgress = Callable[[str, int], None]


@dataclass
class ExportReport:
    """File → lines. `unreadable`: ids of what did not open, `objects_missing` of files whose bytes are not there."""

    on_progress: OnProgress
    lines: dict[str, int] = field(default_factory=dict)
    files: int = 0
    unreadable: list[str] = field(default_factory=list)
    objects_missing: list[str] = field(default_factory=list)


class ResidentUnknown(Exception):
    """There is no such resident."""


def _say_nothing(name: str, done: int) -> None:
    pass


async def export_all(
    database: Database,
    sealing: Sealing,
    blobs: Blobs,
    to: Path,
    *,
    resident: str = "",
    on_progress: OnProgress = _say_nothing,
) -> ExportReport:
    """`to` must be new. `resident`: a record id, for all that names that resident and nothing else. `on_progress` hears
    a file's name and how many lines of it are written, every thousand of them and at its end.
    """
    await asyncio.to_thread(_make, to)
    report = ExportReport(on_progress)
    async with database.read() as snapshot:
        wanted = await _concerning(snapshot, sealing, resident) if resident else None
        for kind in KIND_TABLES:
            await _write(to, f"{kind}.jsonl", _records(snapshot, sealing, kind, wanted, report), report)
        await _write(to, "history.jsonl", _history(snapshot, sealing, wanted, report), report)
        await _write(to, "changes.jsonl", _changes(snapshot, sealing, wanted, report), report)
        if wanted is None:
            for table, name in _PLAIN_TABLES.items():
                await _write(to, f"{name}.jsonl", _plain(snapshot, table), report)
            await _write(to, "reads.jsonl", _reads(snapshot, sealing, report), report)
            await _write(to, "evidence.jsonl", _opened(snapshot, sealing, _EVIDENCE, _evidence_place, report), report)
            await _write(to, "outbound.jsonl", _opened(snapshot, sealing, _OUTBOUND, message_place, report), report)
        await _export_files(snapshot, blobs, to, wanted, report)
    await asyncio.to_thread(_write_manifest, to, resident, report)
    return report


def _write_manifest(to: Path, resident: str, report: ExportReport) -> None:
    """Last, so that a folder without one was cut short."""
    files = {}
    for name, lines in report.lines.items():
        with (to / name).open("rb") as file:
            files[name] = {"lines": lines, "sha256": hashlib.file_digest(file, "sha256").hexdigest()}
    told = {"format": FORMAT, "resident": resident, "files": files, "originals": report.files}
    told |= {"unreadable": report.unreadable, "objects_missing": report.objects_missing}
    (to / MANIFEST).write_bytes(msgspec.json.format(_encode(told)) + b"\n")


def _make(to: Path) -> None:
    to.mkdir(parents=True, mode=0o700)
    (to / "files").mkdir()


async def _concerning(snapshot: Snapshot, sealing: Sealing, resident: str) -> frozenset[str]:
    """The resident, every record that names the resident, every record about one of those, and the files they name."""
    wanted, named = {resident}, set[str]()
    for _ in range(2):  # read twice, so that of all the others nothing is remembered
        found = set[str]()
        async for _, record, body in _bodies(snapshot, sealing):
            ids = frozenset(one.decode() for one in _NAMED_IDS.findall(body))
            if record in wanted or ids & wanted:
                found.add(record)
                named |= ids
        if resident not in found:
            raise ResidentUnknown(f"there is no resident {resident}")
        wanted |= found
    return frozenset(wanted | named)


async def _bodies(snapshot: Snapshot, sealing: Sealing) -> AsyncIterator[tuple[str, str, bytes]]:
    """Bodies of the kinds that are about people."""
    for kind, table in KIND_TABLES.items():
        if kind in ("item", "campaign"):
            continue
        async for rows in rows_of(snapshot, TableShape(table.table, ("id", "body"), ("id",))):
            for record, body in rows:
                try:
                    yield kind, record, sealing.open(place_of(table.table, record), bytes(body))
                except SealBroken:
                    continue  # told when the kind itself is written


async def _records(
    snapshot: Snapshot, sealing: Sealing, kind: str, wanted: frozenset[str] | None, report: ExportReport
) -> AsyncIterator[bytes]:
    table = KIND_TABLES[kind]
    async for rows in rows_of(snapshot, TableShape(table.table, columns_of(table), ("id",))):
        for row in rows:
            if wanted is not None and row[0] not in wanted:
                continue
            try:
                body = sealing.open(place_of(table.table, row[0]), bytes(row[-1]))
            except SealBroken:
                report.unreadable.append(row[0])
                continue
            told = msgspec.json.decode(body, type=dict[str, msgspec.Raw])
            yield _encode({"bucket": row[1], "version": row[2], **told})


async def _history(
    snapshot: Snapshot, sealing: Sealing, wanted: frozenset[str] | None, report: ExportReport
) -> AsyncIterator[bytes]:
    async for rows in rows_of(snapshot, TableShape("history", ("at", "body"), ("at",))):
        for at, body in rows:
            kind, record, rev = at.split("/")
            if body is None or (wanted is not None and record not in wanted):
                continue
            try:
                yield sealing.open(history_place(kind, record, int(rev)), bytes(body))
            except SealBroken:
                report.unreadable.append(at)


async def _changes(
    snapshot: Snapshot, sealing: Sealing, wanted: frozenset[str] | None, report: ExportReport
) -> AsyncIterator[bytes]:
    async for rows in rows_of(snapshot, _CHANGES):
        for row in rows:
            if wanted is not None and row[8] not in wanted:
                continue
            captured_wall, carrier, line, position = row[len(_KNOWN) :]
            try:
                change = known_of(row, sealing)
                text = sealing.open(line_place(change.id), bytes(line)).decode(errors="replace") if line else None
            except SealBroken:
                report.unreadable.append(row[0])
                continue
            yield _encode(
                {
                    "position": position,
                    "id": change.id,
                    "account": change.account,
                    "device": change.device,
                    "chain_epoch": change.chain_epoch,
                    "seq": change.seq,
                    "carrier": carrier,
                    "received_at": change.received_at,
                    "captured_wall": captured_wall,
                    "outcome": change.code.value,
                    "reason": change.reason,
                    "detail": change.detail,
                    "line": text,
                }
            )


def _evidence_place(ident: str) -> str:
    """What the seal of a record held from beyond a restored head is bound to (server/storage/sql_store.py)."""
    return f"evidence/{ident}"


async def _reads(snapshot: Snapshot, sealing: Sealing, report: ExportReport) -> AsyncIterator[bytes]:
    async for rows in rows_of(snapshot, READS):
        for row in rows:
            try:
                yield _encode(look_of(row, sealing)._asdict())
            except SealBroken:
                report.unreadable.append(f"reads/{row[0]}")


async def _opened(
    snapshot: Snapshot, sealing: Sealing, shape: TableShape, place: Callable[[str], str], report: ExportReport
) -> AsyncIterator[bytes]:
    """Rows whose last column is sealed at the place of the first."""
    async for rows in rows_of(snapshot, shape):
        for row in rows:
            try:
                body = sealing.open(place(row[0]), bytes(row[-1]))
            except SealBroken:
                report.unreadable.append(f"{shape.name}/{row[0]}")
                continue
            told = dict(zip(shape.columns, row[:-1], strict=False))
            yield _encode({**told, "body": body.decode(errors="replace")})


async def _plain(snapshot: Snapshot, name: str) -> AsyncIterator[bytes]:
    shape = next(table for table in tables() if table.name == name)
    async for rows in rows_of(snapshot, shape):
        for row in rows:
            told: dict[str, Any] = dict(zip(shape.columns, row, strict=True))
            yield _encode({column: value for column, value in told.items() if column not in _SECRET_COLUMNS})


async def _export_files(
    snapshot: Snapshot, blobs: Blobs, to: Path, wanted: frozenset[str] | None, report: ExportReport
) -> None:
    await _write(to, "files.jsonl", _files(snapshot, blobs, to, wanted, report), report)


async def _files(
    snapshot: Snapshot, blobs: Blobs, to: Path, wanted: frozenset[str] | None, report: ExportReport
) -> AsyncIterator[bytes]:
    """What is told of each file; its bytes are put beside, one file after the other."""
    after = ""
    while rows := await snapshot.fetch(_FILES, [after, _FILES_AT_ONCE]):
        after = rows[-1][0]
        for _, *row, key in rows:
            told = dict(zip(_FILE_COLUMNS, row, strict=True))
            if wanted is not None and told["id"] not in wanted:
                continue
            yield _encode(told)
            try:
                content = await blobs.get(key, str(told["sha256"]))
            except (BlobMissing, BlobDamaged):
                report.objects_missing.append(str(told["id"]))
                continue
            await asyncio.to_thread((to / "files" / str(told["sha256"])).write_bytes, content)
            report.files += 1


async def _write(to: Path, name: str, lines: AsyncIterator[bytes], report: ExportReport) -> None:
    path = to / name
    opened: Callable[[], Any] = lambda: path.open("wb")  # noqa: E731
    with await asyncio.to_thread(opened) as file:
        count = 0
        async for line in lines:
            file.write(line + b"\n")
            count += 1
            if not count % TOLD_EVERY:
                report.on_progress(name, count)
    report.lines[name] = count
    report.on_progress(name, count)
