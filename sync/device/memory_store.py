"""A replica in memory, with the failures of a disk: for the simulation and for tests.

Laws: what a transaction wrote is undone when it ends in an exception, so only committed transactions outlive a power
cut. `before_write` is called before every write and commit and may raise; that is how a cut falls between two of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import TypeVar

from sync.core.messages import Evidence, Honour
from sync.device.state import BucketState, Entry, FileToSend, Standing, StoredRow

T = TypeVar("T")


class MemoryStore:
    """Implements `ReplicaStore`."""

    def __init__(self, standing: Standing) -> None:
        self.before_write: Callable[[str], None] | None = None
        self._standing = standing
        self._entries: dict[int, Entry] = {}
        self._by_id: dict[str, int] = {}
        self._by_record: dict[str, dict[int, None]] = {}
        self._waiting: dict[int, None] = {}
        self._buckets: dict[str, BucketState] = {}
        self._rows: dict[str, StoredRow] = {}
        self._in_bucket: dict[str, dict[str, None]] = {}
        self._honours: dict[str, Honour] = {}
        self._evidence: dict[str, tuple[Evidence, bytes]] = {}
        self._files: dict[str, FileToSend] = {}
        self._contents: dict[str, bytes] = {}
        self._undo: list[Callable[[], object]] | None = None

    def clone(self) -> MemoryStore:
        """A copy as of the last commit: an image of the phone, to be restored later or run beside it."""
        assert self._undo is None, "an image is taken between transactions"
        copy = MemoryStore(self._standing)
        for name, value in vars(self).items():
            if isinstance(value, dict):
                setattr(copy, name, {k: dict(v) if isinstance(v, dict) else v for k, v in value.items()})
        return copy

    @contextmanager
    def transaction(self) -> Iterator[None]:
        assert self._undo is None, "transactions do not nest"
        self._undo = []
        try:
            yield
            self._touch("commit")
        except BaseException:
            for step in reversed(self._undo):
                step()
            raise
        finally:
            self._undo = None

    def _touch(self, what: str) -> None:
        if self.before_write is not None:
            self.before_write(what)

    def _write(self, what: str, undo: Callable[[], object]) -> None:
        assert self._undo is not None, "writes happen inside a transaction"
        self._touch(what)
        self._undo.append(undo)

    # Standing

    def standing(self) -> Standing:
        return self._standing

    def put_standing(self, standing: Standing) -> None:
        old = self._standing
        self._write("standing", lambda: setattr(self, "_standing", old))
        self._standing = standing

    # Entries

    def append_entries(self, entries: Sequence[Entry]) -> None:
        for entry in entries:
            self._write("entry", partial(self._drop_entry, entry.position))
            self._keep_entry(entry)

    def replace_entries(self, entries: Sequence[Entry]) -> None:
        for entry in entries:
            old = self._entries[entry.position]
            self._write("entry", partial(self._keep_entry, old))
            self._keep_entry(entry)

    def drop_entries(self, positions: Sequence[int]) -> None:
        for position in positions:
            old = self._entries[position]
            self._write("entry", partial(self._keep_entry, old))
            self._drop_entry(position)

    def _keep_entry(self, entry: Entry) -> None:
        self._entries[entry.position] = entry
        self._by_id[entry.id] = entry.position
        self._by_record.setdefault(entry.record, {})[entry.position] = None
        if entry.seq == 0:
            self._waiting[entry.position] = None
        else:
            self._waiting.pop(entry.position, None)

    def _drop_entry(self, position: int) -> None:
        entry = self._entries.pop(position)
        self._by_id.pop(entry.id)
        self._by_record[entry.record].pop(position)
        self._waiting.pop(position, None)

    def outbox(self, limit: int = -1) -> list[Entry]:
        positions = sorted(self._waiting)
        return [self._entries[position] for position in (positions if limit < 0 else positions[:limit])]

    def outbox_size(self) -> int:
        return len(self._waiting)

    def journal(self) -> list[Entry]:
        return [self._entries[position] for position in sorted(self._entries) if position not in self._waiting]

    def entries_of(self, record: str) -> list[Entry]:
        return [self._entries[position] for position in sorted(self._by_record.get(record, ()))]

    def entry(self, change: str) -> Entry | None:
        position = self._by_id.get(change)
        return None if position is None else self._entries[position]

    # Buckets

    def buckets(self) -> list[BucketState]:
        return list(self._buckets.values())

    def bucket(self, bucket: str) -> BucketState | None:
        return self._buckets.get(bucket)

    def put_buckets(self, buckets: Sequence[BucketState]) -> None:
        for state in buckets:
            self._put(self._buckets, state.bucket, state, "bucket")

    def drop_buckets(self, buckets: Sequence[str]) -> None:
        for bucket in buckets:
            self._drop(self._buckets, bucket, "bucket")

    # Rows

    def row(self, record: str) -> StoredRow | None:
        return self._rows.get(record)

    def rows_held(self, records: Sequence[str]) -> dict[str, StoredRow]:
        return {record: self._rows[record] for record in records if record in self._rows}

    def rows_in(self, bucket: str) -> Iterable[StoredRow]:
        return [self._rows[record] for record in self._in_bucket.get(bucket, ())]

    def rows_of_kind(self, kind: str) -> Iterable[StoredRow]:
        return [row for row in self._rows.values() if row.kind == kind]

    def put_rows(self, rows: Sequence[StoredRow]) -> None:
        for row in rows:
            old = self._rows.get(row.record)
            self._write("row", partial(self._set_row, row.record, old))
            self._set_row(row.record, row)

    def drop_rows(self, records: Sequence[str]) -> None:
        for record in records:
            old = self._rows.get(record)
            self._write("row", partial(self._set_row, record, old))
            self._set_row(record, None)

    def drop_rows_in(self, bucket: str) -> None:
        self.drop_rows(list(self._in_bucket.get(bucket, ())))

    def _set_row(self, record: str, row: StoredRow | None) -> None:
        old = self._rows.pop(record, None)
        if old is not None:
            self._in_bucket[old.bucket].pop(record, None)
        if row is not None:
            self._rows[record] = row
            self._in_bucket.setdefault(row.bucket, {})[record] = None

    # What a restored centre is to be told

    def honours(self) -> list[Honour]:
        return list(self._honours.values())

    def evidence(self, limit: int) -> list[tuple[Evidence, bytes]]:
        return list(self._evidence.values())[:limit]

    def evidence_size(self) -> int:
        return len(self._evidence)

    def put_restored(self, honours: Sequence[Honour], evidence: Sequence[tuple[Evidence, bytes]]) -> None:
        for honour in honours:
            self._put(self._honours, honour.record, honour, "honour")
        for head, body in evidence:
            self._put(self._evidence, head.record, (head, body), "evidence")

    def drop_restored(self, honours: Sequence[str], evidence: Sequence[str]) -> None:
        for record in honours:
            self._drop(self._honours, record, "honour")
        for record in evidence:
            self._drop(self._evidence, record, "evidence")

    # Files

    def files(self) -> list[FileToSend]:
        return list(self._files.values())

    def file(self, file: str) -> FileToSend | None:
        return self._files.get(file)

    def put_file(self, file: FileToSend, content: bytes | None = None) -> None:
        self._put(self._files, file.id, file, "file")
        if content is not None:
            self._put(self._contents, file.id, content, "content")

    def file_content(self, file: str, offset: int, length: int) -> bytes:
        return self._contents.get(file, b"")[offset : offset + length]

    def drop_file_content(self, file: str) -> None:
        self._drop(self._contents, file, "content")

    def _put(self, table: dict[str, T], key: str, value: T, what: str) -> None:
        self._write(what, _restoring(table, key))
        table[key] = value

    def _drop(self, table: dict[str, T], key: str, what: str) -> None:
        self._write(what, _restoring(table, key))
        table.pop(key, None)


def _restoring(table: dict[str, T], key: str) -> Callable[[], object]:
    if key not in table:
        return lambda: table.pop(key, None)
    old = table[key]
    return lambda: table.__setitem__(key, old)
