"""A replica in one encrypted SQLite file (SQLCipher), for a device that must survive kill -9 and a power cut.

Laws: WAL with synchronous=FULL, asserted at open; one writer at a time, by a lock that dies with its process; a
damaged file is kept aside and everything unsent is taken over from it; what the disk refuses raises NotSaved.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
from sqlcipher3 import dbapi2 as sqlcipher

from sync.core.messages import Evidence, Honour, Outcome
from sync.device.encrypted_file import connect_file, translated
from sync.device.errors import ReplicaInUse, ReplicaLocked, ReplicaUnreadable
from sync.device.replica_schema import SCHEMA, SCHEMA_VERSION
from sync.device.salvage import Salvage, key_opens, log_is_whole, salvage
from sync.device.state import BucketState, Entry, FileToSend, Standing, StoredRow, first_standing

IN_LIST_MAX = 500

_standing = msgspec.msgpack.Decoder(Standing)
_outcome = msgspec.msgpack.Decoder(Outcome)
_file = msgspec.msgpack.Decoder(FileToSend)
_pack = msgspec.msgpack.Encoder().encode

_ENTRY = "position, id, kind, record, line, hash, captured, chain_epoch, seq, outcome, received"
_BUCKET = "bucket, generation, version, record, sum, count, head, head_sum, head_count"
_ROW = "record, bucket, version, kind, body"


def open_replica(path: Path, key: bytes, *, device: str = "", chain_epoch: int = 1, check: bool = True) -> ReplicaFile:
    """Opens a replica, or makes an empty one for `device`. `key` is 32 raw bytes.

    Raises ReplicaInUse, ReplicaLocked (wrong key), ReplicaTooNew, NotSaved; ReplicaUnreadable when there is no file
    and no `device`. A damaged file is replaced by what could be saved from it: see `ReplicaFile.salvaged`.
    """
    assert len(key) == 32, "a replica's key is 32 bytes"
    lock = _lock(path)
    try:
        return _open_locked(path, key, lock, device, chain_epoch, check)
    except BaseException:
        os.close(lock)
        raise


def _open_locked(path: Path, key: bytes, lock: int, device: str, chain_epoch: int, check: bool) -> ReplicaFile:
    _finish_rebuild(path)
    if not path.exists() and not device:
        raise ReplicaUnreadable("there is no replica here, and no device to make one for")
    saved: Salvage | None = None
    try:
        if check and not log_is_whole(path):
            raise ReplicaUnreadable("the write-ahead log is damaged before its end")
        connection = connect_file(path, key, check)
    except ReplicaUnreadable:
        if not key_opens(path, key):
            raise ReplicaLocked("this key opens no page of the replica") from None
        saved = salvage(path, key)
        _rebuild(path, key, saved, device, chain_epoch)
        connection = connect_file(path, key, check)
    replica = ReplicaFile(connection, path, lock, saved)
    if not replica.is_made():
        if not device:
            raise ReplicaUnreadable("the replica was never finished, and there is no device to make one for")
        replica.make(first_standing(device, chain_epoch))
    return replica


def _lock(path: Path) -> int:
    lock = os.open(f"{path}.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(lock)
        raise ReplicaInUse(f"{path.name} is open in another program") from None
    return lock


def _rebuild(path: Path, key: bytes, saved: Salvage, device: str, chain_epoch: int) -> None:
    """A new file beside the damaged one, complete before any name changes: a crash leaves one or the other."""
    standing = saved.standing_or(device, chain_epoch)
    draft = Path(f"{path}.rebuilding")
    for leftover in (draft, Path(f"{draft}-wal")):
        leftover.unlink(missing_ok=True)
    replica = ReplicaFile(connect_file(draft, key, check=False), draft, lock=None, salvaged=None)
    replica.make(standing, saved)
    replica.close()
    os.replace(draft, f"{path}.rebuilt")
    _finish_rebuild(path)


def _finish_rebuild(path: Path) -> None:
    """Also after a crash. The damaged file keeps its log beside it under the new name."""
    rebuilt, log = Path(f"{path}.rebuilt"), Path(f"{path}-wal")
    if not rebuilt.exists():
        return
    number = 1
    while Path(f"{path}.damaged-{number}").exists() and not _same(path, Path(f"{path}.damaged-{number}")):
        number += 1
    for old, kept in ((path, f"{path}.damaged-{number}"), (log, f"{path}.damaged-{number}-wal")):
        if old.exists() and not Path(kept).exists():
            os.link(old, kept)
    log.unlink(missing_ok=True)
    os.replace(rebuilt, path)
    _sync_folder(path.parent)


def _same(one: Path, other: Path) -> bool:
    return one.exists() and other.exists() and os.path.samefile(one, other)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


class ReplicaFile:
    """Implements `ReplicaStore`. Made by `open_replica`. `salvaged` tells what was taken over from a damaged file."""

    def __init__(self, connection: Any, path: Path, lock: int | None, salvaged: Salvage | None) -> None:
        self._connection = connection
        self._lock = lock
        self._within = False
        self.path = path
        self.salvaged = salvaged

    def is_made(self) -> bool:
        return bool(self._all("SELECT 1 FROM sqlite_master WHERE name = 'state'"))

    def make(self, standing: Standing, saved: Salvage | None = None) -> None:
        """The schema and the first rows, in one transaction."""
        with self.transaction():
            for statement in SCHEMA:
                self._run(statement)
            self._run("INSERT INTO state VALUES (1, ?)", (_pack(standing),))
            if saved is not None:
                self.append_entries(saved.entries)
                for file, content in saved.files:
                    self.put_file(file, content)
                for name, value in saved.secrets.items():
                    self.put_secret(name, value)
            self._run(f"PRAGMA user_version = {SCHEMA_VERSION}")

    def close(self) -> None:
        self._connection.close()
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def wipe(self) -> None:
        """Deletes the replica and what was kept aside. Without its key, what a disk may still hold is noise."""
        self.close()
        for file in sorted(self.path.parent.glob(f"{self.path.name}*")):
            file.unlink(missing_ok=True)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        assert not self._within, "transactions do not nest"
        self._run("BEGIN IMMEDIATE")
        self._within = True
        try:
            yield
            self._run("COMMIT")
        except BaseException:
            self._roll_back()
            raise
        finally:
            self._within = False

    def _roll_back(self) -> None:
        if self._connection.in_transaction:
            try:
                self._connection.execute("ROLLBACK")
            except sqlcipher.Error as error:
                raise translated(error) from None

    def _run(self, sql: str, values: Sequence[object] = ()) -> Any:
        try:
            return self._connection.execute(sql, values)
        except sqlcipher.Error as error:
            raise translated(error) from None

    def _many(self, sql: str, values: list[tuple[object, ...]]) -> None:
        assert self._within, "writes happen inside a transaction"
        if not values:
            return
        try:
            self._connection.executemany(sql, values)
        except sqlcipher.Error as error:
            raise translated(error) from None

    def _all(self, sql: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        try:
            return list(self._connection.execute(sql, values).fetchall())
        except sqlcipher.Error as error:
            raise translated(error) from None

    # Standing and secrets

    def standing(self) -> Standing:
        return _standing.decode(self._all("SELECT body FROM state")[0][0])

    def put_standing(self, standing: Standing) -> None:
        self._many("UPDATE state SET body = ?", [(_pack(standing),)])

    def secret(self, name: str) -> bytes | None:
        """Keys and tokens that live with the replica."""
        found = self._all("SELECT value FROM secrets WHERE name = ?", (name,))
        return found[0][0] if found else None

    def put_secret(self, name: str, value: bytes) -> None:
        self._many("INSERT OR REPLACE INTO secrets VALUES (?, ?)", [(name, value)])

    # Entries

    def append_entries(self, entries: Sequence[Entry]) -> None:
        self._many("INSERT INTO entries VALUES (?,?,?,?,?,?,?,?,?,?,?)", [_entry_values(entry) for entry in entries])

    def replace_entries(self, entries: Sequence[Entry]) -> None:
        """The line is not written again: only where the entry stands has changed."""
        self._many(
            "UPDATE entries SET chain_epoch = ?, seq = ?, outcome = ?, received = ? WHERE position = ?",
            [(*_entry_values(e)[7:], e.position) for e in entries],
        )

    def drop_entries(self, positions: Sequence[int]) -> None:
        self._many("DELETE FROM entries WHERE position = ?", [(position,) for position in positions])

    def outbox(self, limit: int = -1) -> list[Entry]:
        return self._entries("WHERE seq = 0 ORDER BY position LIMIT ?", limit)

    def outbox_size(self) -> int:
        return int(self._all("SELECT count(*) FROM entries WHERE seq = 0")[0][0])

    def journal(self) -> list[Entry]:
        return self._entries("WHERE seq > 0 ORDER BY position")

    def entries_of(self, record: str) -> list[Entry]:
        return self._entries("WHERE record = ? ORDER BY position", record)

    def entry(self, change: str) -> Entry | None:
        found = self._entries("WHERE id = ?", change)
        return found[0] if found else None

    def _entries(self, where: str, *values: object) -> list[Entry]:
        return [_entry(row) for row in self._all(f"SELECT {_ENTRY} FROM entries {where}", values)]  # noqa: S608

    # Buckets

    def buckets(self) -> list[BucketState]:
        return [_bucket(row) for row in self._all(f"SELECT {_BUCKET} FROM buckets")]  # noqa: S608

    def bucket(self, bucket: str) -> BucketState | None:
        found = self._all(f"SELECT {_BUCKET} FROM buckets WHERE bucket = ?", (bucket,))  # noqa: S608
        return _bucket(found[0]) if found else None

    def put_buckets(self, buckets: Sequence[BucketState]) -> None:
        self._many("INSERT OR REPLACE INTO buckets VALUES (?,?,?,?,?,?,?,?,?)", [_bucket_values(b) for b in buckets])

    def drop_buckets(self, buckets: Sequence[str]) -> None:
        self._many("DELETE FROM buckets WHERE bucket = ?", [(bucket,) for bucket in buckets])

    # Rows

    def row(self, record: str) -> StoredRow | None:
        return self.rows_held([record]).get(record)

    def rows_held(self, records: Sequence[str]) -> dict[str, StoredRow]:
        found: dict[str, StoredRow] = {}
        for start in range(0, len(records), IN_LIST_MAX):
            some = records[start : start + IN_LIST_MAX]
            for row in self._rows(f"WHERE record IN ({','.join('?' * len(some))})", *some):
                found[row.record] = row
        return found

    def rows_in(self, bucket: str) -> list[StoredRow]:
        return self._rows("WHERE bucket = ?", bucket)

    def rows_of_kind(self, kind: str) -> list[StoredRow]:
        return self._rows("WHERE kind = ?", kind)

    def _rows(self, where: str, *values: object) -> list[StoredRow]:
        found = self._all(f"SELECT {_ROW} FROM rows {where}", values)  # noqa: S608
        return [StoredRow(record=r, bucket=b, version=v, kind=k, body=body) for r, b, v, k, body in found]

    def put_rows(self, rows: Sequence[StoredRow]) -> None:
        self._many(
            "INSERT INTO rows (record, bucket, version, kind, body) VALUES (?,?,?,?,?)"
            " ON CONFLICT (record) DO UPDATE SET bucket = excluded.bucket,"
            " version = excluded.version, kind = excluded.kind, body = excluded.body",
            [(row.record, row.bucket, row.version, row.kind, row.body) for row in rows],
        )

    def drop_rows(self, records: Sequence[str]) -> None:
        self._many("DELETE FROM rows WHERE record = ?", [(record,) for record in records])

    def drop_rows_in(self, bucket: str) -> None:
        self._many("DELETE FROM rows WHERE bucket = ?", [(bucket,)])

    # What a restored centre is to be told

    def honours(self) -> list[Honour]:
        return [Honour(*row) for row in self._all("SELECT record, number FROM honours")]

    def evidence(self, limit: int) -> list[tuple[Evidence, bytes]]:
        found = self._all("SELECT kind, record, bucket, version, body FROM evidence LIMIT ?", (limit,))
        return [(Evidence(kind, record, bucket, version), body) for kind, record, bucket, version, body in found]

    def evidence_size(self) -> int:
        return int(self._all("SELECT count(*) FROM evidence")[0][0])

    def put_restored(self, honours: Sequence[Honour], evidence: Sequence[tuple[Evidence, bytes]]) -> None:
        self._many("INSERT OR REPLACE INTO honours VALUES (?, ?)", [(h.record, h.number) for h in honours])
        self._many(
            "INSERT OR REPLACE INTO evidence (kind, record, bucket, version, body) VALUES (?,?,?,?,?)",
            [(head.kind, head.record, head.bucket, head.version, body) for head, body in evidence],
        )

    def drop_restored(self, honours: Sequence[str], evidence: Sequence[str]) -> None:
        self._many("DELETE FROM honours WHERE record = ?", [(record,) for record in honours])
        self._many("DELETE FROM evidence WHERE record = ?", [(record,) for record in evidence])

    # Files

    def files(self) -> list[FileToSend]:
        return [_file.decode(row[0]) for row in self._all("SELECT body FROM files ORDER BY rowid")]

    def file(self, file: str) -> FileToSend | None:
        found = self._all("SELECT body FROM files WHERE id = ?", (file,))
        return _file.decode(found[0][0]) if found else None

    def put_file(self, file: FileToSend, content: bytes | None = None) -> None:
        self._many(
            "INSERT INTO files (id, body) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET body = excluded.body",
            [(file.id, _pack(file))],
        )
        if content is not None:
            self._many("INSERT OR REPLACE INTO file_contents (id, content) VALUES (?, ?)", [(file.id, content)])

    def file_content(self, file: str, offset: int, length: int) -> bytes:
        found = self._all("SELECT substr(content, ?, ?) FROM file_contents WHERE id = ?", (offset + 1, length, file))
        return bytes(found[0][0]) if found else b""

    def drop_file_content(self, file: str) -> None:
        self._many("DELETE FROM file_contents WHERE id = ?", [(file,)])


def _entry_values(entry: Entry) -> tuple[object, ...]:
    outcome = None if entry.outcome is None else _pack(entry.outcome)
    return (
        entry.position, entry.id, entry.kind, entry.record, entry.line, entry.hash, entry.captured,
        entry.chain_epoch, entry.seq, outcome, entry.received,
    )  # fmt: skip


def _entry(row: tuple[Any, ...]) -> Entry:
    position, change, kind, record, line, content, captured, chain_epoch, seq, outcome, received = row
    return Entry(
        position=position,
        id=change,
        kind=kind,
        record=record,
        line=line,
        hash=content,
        captured=captured,
        chain_epoch=chain_epoch,
        seq=seq,
        outcome=None if outcome is None else _outcome.decode(outcome),
        received=received,
    )


def _bucket_values(state: BucketState) -> tuple[object, ...]:
    return (
        state.bucket, state.generation, state.version, state.record, state.sum.to_bytes(16, "big"), state.count,
        state.head, state.head_sum.to_bytes(16, "big"), state.head_count,
    )  # fmt: skip


def _bucket(row: tuple[Any, ...]) -> BucketState:
    bucket, generation, version, record, total, count, head, head_sum, head_count = row
    return BucketState(
        bucket=bucket,
        generation=generation,
        version=version,
        record=record,
        sum=int.from_bytes(total, "big"),
        count=count,
        head=head,
        head_sum=int.from_bytes(head_sum, "big"),
        head_count=head_count,
    )
