"""The two messages of an exchange, field by field. docs/protocol.md is the same in prose.

A message is lines: this envelope as JSON, then the lines it announces. Renaming, adding or removing anything here
changes the wire: raise PROTOCOL or keep the old reading, and pin the new hash in the test.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import msgspec

from sync.core.changes import Id, Kind, OutcomeCode, Value

PROTOCOL = 1
SCHEMA = 1

Seq = Annotated[int, msgspec.Meta(ge=0, le=2**53 - 1)]
Hash = Annotated[str, msgspec.Meta(min_length=43, max_length=43)]
Bucket = Annotated[str, msgspec.Meta(min_length=1, max_length=80)]


class Status(StrEnum):
    OK = "ok"
    FORK = "fork"  # this chain has another continuation: adopt `chain`, send again what is not durable
    GAP = "gap"  # the centre has only up to `last_seq`: send from there
    EPOCH_CHANGED = "epoch_changed"  # the centre was restored: read again, replay the journal
    UPGRADE_REQUIRED = "upgrade_required"  # nothing else will be understood; the outbox stays
    REVOKED = "revoked"  # what was sent is in quarantine; wipe now


class Cursor(msgspec.Struct, frozen=True, array_like=True):
    """How far a device has read a bucket: every row up to (version, record) inclusive."""

    bucket: Bucket
    generation: Seq
    version: Seq
    record: str = ""


class Target(msgspec.Struct, frozen=True, array_like=True):
    """The head at which this round of pages ends, so that reading ends while others write."""

    bucket: Bucket
    version: Seq


class Honour(msgspec.Struct, frozen=True, array_like=True):
    """An official number that a centre gave before it was restored, and that the resident may hold."""

    record: Id
    number: Annotated[str, msgspec.Meta(max_length=40)]


class Evidence(msgspec.Struct, frozen=True, array_like=True):
    """A record held from beyond the head of a restored centre; its body follows as a line."""

    kind: Kind
    record: Id
    bucket: Bucket
    version: Seq


class Request(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """Lines: this, then `n` change lines in seq order from `first_seq`, then one body line per `evidence`."""

    protocol: Annotated[int, msgspec.Meta(ge=1, le=10_000)]
    schema: Annotated[int, msgspec.Meta(ge=1, le=10_000)] = SCHEMA
    device: Id
    epoch: Annotated[str, msgspec.Meta(max_length=32)] = ""
    chain_epoch: Seq
    first_seq: Annotated[int, msgspec.Meta(ge=1, le=2**53 - 1)]
    prev_hash: Hash
    n: Annotated[int, msgspec.Meta(ge=0, le=10_000)] = 0
    signature: Annotated[str, msgspec.Meta(max_length=86)] = ""
    """Ed25519 over `chain.signed_payload`; required when n > 0 or `restart`."""
    ack: Annotated[str, msgspec.Meta(max_length=43)] = ""
    """The centre's own mac over (epoch, device, chain_epoch, first_seq - 1, prev_hash), when it gave one."""
    restart: bool = False
    """The device cannot fill the gap the centre told of: it asks for a new chain."""
    waiting: Seq = 0
    """Changes in the outbox beyond this request, so that a supervisor can see what was unsent at last contact."""
    waiting_since: Seq = 0
    tag: Annotated[str, msgspec.Meta(max_length=22)] = ""
    cursors: Annotated[list[Cursor], msgspec.Meta(max_length=2_000)] | None = None
    target: Annotated[list[Target], msgspec.Meta(max_length=2_000)] | None = None
    files: Annotated[list[Id], msgspec.Meta(max_length=1_000)] = []
    honour: Annotated[list[Honour], msgspec.Meta(max_length=10_000)] = []
    evidence: Annotated[list[Evidence], msgspec.Meta(max_length=2_000)] = []
    max_bytes: Annotated[int, msgspec.Meta(ge=4_096, le=1_048_576)] = 65_536
    evidence_signature: Annotated[str, msgspec.Meta(max_length=86)] = ""
    """Ed25519 over `chain.evidence_payload`; evidence that it does not cover is passed over."""
    brief: bool = False
    """The answer may leave out what it repeats of this request: epoch, chain_hash and ack; and an end of the token
    that is minutes away."""


class Outcome(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """What became of change `seq` (of this request's chain). `at` says where its effect landed: the device shows
    its own version until its cursor of that bucket has passed that version."""

    seq: Seq
    id: Id
    code: OutcomeCode
    at: tuple[Bucket, Seq] | None = None
    rev: Seq = 0
    conflict: str = ""
    reason: str = ""
    detail: dict[str, Value] = {}


class Entitled(msgspec.Struct, frozen=True, array_like=True):
    """A bucket this device may read, and where it stands now."""

    bucket: Bucket
    generation: Seq
    head: Seq
    sum: Annotated[str, msgspec.Meta(min_length=22, max_length=22)]
    count: Seq


class Row(msgspec.Struct, frozen=True, array_like=True):
    """One row of a page. A put has its body as the next body line of the message; an exit has none."""

    record: Id
    version: Seq
    exit: bool = False


class Page(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """Rows of one bucket in (version, record) order. `upto` is the cursor after applying them all."""

    bucket: Bucket
    generation: Seq
    rows: list[Row]
    upto: tuple[Seq, str]


class Reset(msgspec.Struct, frozen=True, array_like=True):
    """Forget every row of this bucket (never the outbox) and read it from the start, or not at all."""

    bucket: Bucket
    reason: str  # gone | generation | sum | epoch


class FileState(StrEnum):
    STORED = "stored"
    MISSING = "missing"
    REFUSED = "refused"


class Answer(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """Lines: this, then one body line for every put row of `pages`, in order."""

    protocol: int
    status: Status
    epoch: str = ""
    """This, `chain_hash` and `ack` are as in a request that asked to be answered in brief, where they are left out."""
    server_time: int
    chain_epoch: Seq
    last_seq: Seq
    chain_hash: Annotated[str, msgspec.Meta(pattern=r"^([A-Za-z0-9_-]{43})?$")] = ""
    durable_upto: Seq = 0
    ack: str = ""
    outcomes: list[Outcome] = []
    tag: str = ""
    need_cursors: bool = False
    """The tag was old and no cursors came: ask again with cursors."""
    entitled: list[Entitled] | None = None
    target: list[Target] | None = None
    pages: list[Page] = []
    resets: list[Reset] = []
    files: dict[str, FileState] = {}
    more: bool = False
    retry_after: Seq = 0
    token_expires_in: Seq = 0
    min_app: Seq = 0
    restored: list[Target] | None = None
    """With epoch_changed: the head each bucket was restored to; bodies beyond it are wanted as evidence."""
    digest: str = ""
    """22 characters: half of SHA-256 over the body lines, newlines included. Empty when there are none."""


class Body(msgspec.Struct, frozen=True, kw_only=True):
    """One record as it travels: the exact line is stored, hashed and sent on. Unknown fields are kept."""

    kind: str
    id: Id
    rev: Seq
    fields: dict[str, msgspec.Raw]
