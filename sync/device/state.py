"""What a device holds, as frozen values, and the storage they live in, as a protocol.

Laws: every capture and every answer is one transaction, durable when it returns. Entries are kept in the order of
their capture (`position`), which is also the order of the chain, so the outbox is what has no seq yet and the
journal what has one; moving between them never touches a line.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from enum import StrEnum
from typing import Protocol

import msgspec

from sync.core.chain import genesis
from sync.core.changes import OutcomeCode
from sync.core.messages import Evidence, Honour, Outcome, Target


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """Where a device stands with the centre. One row; written with every answer."""

    device: str
    chain_epoch: int
    acked_hash: bytes
    """The chain hash after `acked_seq`."""
    acked_seq: int = 0
    ack: str = ""
    """The centre's mac over exactly this position, or empty."""
    durable_upto: int = 0
    epoch: str = ""
    restart: bool = False
    """The journal cannot fill what the centre lacks: the next request asks for a new chain."""
    tag: str = ""
    """The centre's state tag, held only while this device is level with it."""
    target: tuple[Target, ...] | None = None
    """The heads at which the round of pages under way ends."""
    levels: int = 0
    server_time: int = 0
    revoked: bool = False
    next_position: int = 1


def first_standing(device: str, chain_epoch: int = 1) -> Standing:
    """A device that has just been enrolled."""
    return Standing(device=device, chain_epoch=chain_epoch, acked_hash=genesis(device, chain_epoch))


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One captured change. In the outbox while `seq` is 0, in the journal after that. The line never changes."""

    position: int
    id: str
    kind: str
    record: str
    line: bytes
    hash: bytes
    captured: int
    """Wall milliseconds on the device's clock: evidence only."""
    chain_epoch: int = 0
    seq: int = 0
    outcome: Outcome | None = None
    """Kept when a fork puts the entry back into the outbox: what was seen is still true then."""
    received: int = 0
    """The centre's time in the answer that brought the outcome."""


class BucketState(msgspec.Struct, frozen=True, kw_only=True):
    """How far a bucket is read, what the rows held add up to, and what the centre last said of it."""

    bucket: str
    generation: int
    version: int = 0
    record: str = ""
    sum: int = 0
    count: int = 0
    head: int = 0
    head_sum: int = 0
    head_count: int = 0

    @property
    def cursor(self) -> tuple[int, str]:
        return self.version, self.record

    @property
    def read_to_head(self) -> bool:
        return self.version >= self.head

    @property
    def agrees(self) -> bool:
        """At the head, and with the centre's sum and count."""
        return self.read_to_head and self.sum == self.head_sum and self.count == self.head_count


class StoredRow(msgspec.Struct, frozen=True, kw_only=True):
    """A record as the centre sent it: `body` is the line itself."""

    record: str
    bucket: str
    version: int
    kind: str
    body: bytes


class Delivery(StrEnum):
    """Where a file's bytes are."""

    WAITING = "waiting"
    SENT = "sent"  # every byte went up; the centre has not yet said that the hash is right
    STORED = "stored"
    REFUSED = "refused"


class FileToSend(msgspec.Struct, frozen=True, kw_only=True):
    """A file that a change names. Its bytes are kept beside it until the centre says `stored`."""

    id: str
    sha256: str
    size: int
    type: str
    purpose: str
    change: str
    """Text goes first: the bytes wait until this change has left the outbox."""
    delivery: Delivery = Delivery.WAITING
    offset: int = 0
    location: str = ""


class KnownOutcome(msgspec.Struct, frozen=True, kw_only=True):
    """What the centre made of an own change, as far as this device knows."""

    change: str
    code: OutcomeCode
    record: str
    reason: str = ""
    conflict: str = ""
    detail: dict[str, object] = {}


class ReplicaStore(Protocol):
    """Where a replica lives. Reads see the writes of the transaction under way; an exception undoes all of it."""

    def transaction(self) -> AbstractContextManager[None]:
        """Durable when left without an exception. Raises NotSaved when the disk would not take it."""
        ...

    def standing(self) -> Standing: ...
    def put_standing(self, standing: Standing) -> None: ...

    def append_entries(self, entries: Sequence[Entry]) -> None: ...
    def replace_entries(self, entries: Sequence[Entry]) -> None:
        """By position. A seq of 0 puts an entry back into the outbox."""
        ...

    def drop_entries(self, positions: Sequence[int]) -> None: ...
    def outbox(self, limit: int = -1) -> list[Entry]:
        """In the order of capture; all of it when `limit` is negative."""
        ...

    def outbox_size(self) -> int: ...
    def journal(self) -> list[Entry]: ...
    def entries_of(self, record: str) -> list[Entry]:
        """Outbox and journal, in the order of capture."""
        ...

    def entry(self, change: str) -> Entry | None: ...

    def buckets(self) -> list[BucketState]: ...
    def bucket(self, bucket: str) -> BucketState | None: ...
    def put_buckets(self, buckets: Sequence[BucketState]) -> None: ...
    def drop_buckets(self, buckets: Sequence[str]) -> None: ...

    def row(self, record: str) -> StoredRow | None: ...
    def rows_held(self, records: Sequence[str]) -> dict[str, StoredRow]: ...
    def rows_in(self, bucket: str) -> Iterable[StoredRow]: ...
    def rows_of_kind(self, kind: str) -> Iterable[StoredRow]: ...
    def put_rows(self, rows: Sequence[StoredRow]) -> None: ...
    def drop_rows(self, records: Sequence[str]) -> None: ...
    def drop_rows_in(self, bucket: str) -> None: ...

    def honours(self) -> list[Honour]: ...
    def evidence(self, limit: int) -> list[tuple[Evidence, bytes]]: ...
    def evidence_size(self) -> int: ...
    def put_restored(self, honours: Sequence[Honour], evidence: Sequence[tuple[Evidence, bytes]]) -> None:
        """Adds to what a restored centre is yet to be told."""
        ...

    def drop_restored(self, honours: Sequence[str], evidence: Sequence[str]) -> None:
        """By record."""
        ...

    def files(self) -> list[FileToSend]: ...
    def file(self, file: str) -> FileToSend | None: ...
    def put_file(self, file: FileToSend, content: bytes | None = None) -> None:
        """`content` is kept when given and left as it is when None."""
        ...

    def file_content(self, file: str, offset: int, length: int) -> bytes: ...
    def drop_file_content(self, file: str) -> None: ...
