"""What merge decided, as values to be saved: nothing here has happened yet.

A `Plan` is one exchange's decisions. A `Save` is what one transaction writes for all plans in it, with versions given
out, bucket sums moved and the audit chain extended; `finish` makes it, under the buckets' locks.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from sync.central.known import Author, ChainState, KnownChange, PastBody, Record, moved
from sync.core.chain import SUM_MODULUS, content_hash, row_sum
from sync.core.messages import Status


class LogEntry(Struct, frozen=True, kw_only=True):
    """One change in the log: the line as it came, who made it, and what became of it."""

    change: KnownChange
    line: bytes
    name: str
    author: Author
    carrier: str
    """The device that brought it; the author's own unless relayed."""
    received_at: int
    captured_wall: int
    bucket: str
    """Whose audit chain it extends: the record's bucket, or the author's own when it had no effect."""
    waits: frozenset[str] = frozenset()
    reused: bool = False
    """Another change already has this id: kept beside it, never instead of it."""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """The decisions of one exchange."""

    status: Status
    chain: ChainState
    """The chain to answer with; with `fork`, the new one."""
    log: tuple[LogEntry, ...] = ()
    answered: tuple[KnownChange, ...] = ()
    """Every change of the request in seq order, with its outcome, new or stored."""
    released: tuple[KnownChange, ...] = ()
    """Changes parked earlier whose outcome is new; their waits are gone."""
    rewaits: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Parked change → what it still waits for, when that changed."""
    unasked: frozenset[str] = frozenset()
    """Records that came into being here, of which nobody had loaded what waits for them. Ask before saving: if anything
    does, decide again with that known."""
    records: Mapping[tuple[str, str], Record] = field(default_factory=dict)
    """Every record written, in its last state."""
    past: tuple[tuple[str, str, PastBody], ...] = ()
    """(kind, record, body) that were replaced."""
    keys: Mapping[str, tuple[str, str] | None] = field(default_factory=dict)
    """Natural key → (kind, record) that now holds it, or None when it was let go."""
    numbers: Mapping[str, int] = field(default_factory=dict)
    """Series → how many reserved numbers were used."""

    @property
    def chain_to_save(self) -> ChainState | None:
        """The chain's new end: after new changes, or where a fork begins. An overlap alone moves nothing, although
        `chain` then tells the device how far this request reached."""
        return self.chain if self.log or self.status is Status.FORK else None

    @property
    def writes_nothing(self) -> bool:
        return not (self.log or self.records or self.released or self.rewaits)


class Head(NamedTuple):
    """Where a bucket stands. `log_hash` is the end of its audit chain."""

    version: int
    sum: int
    rows: int
    log_hash: bytes
    log_length: int


EMPTY_HEAD = Head(0, 0, 0, b"\0" * 32, 0)


class ChainedEntry(NamedTuple):
    """A log entry at its place in its bucket's audit chain."""

    entry: LogEntry
    position: int
    salt: bytes
    hash: bytes


class Exit(NamedTuple):
    """A record that left a bucket."""

    bucket: str
    version: int
    kind: str
    record: str


@dataclass(frozen=True, kw_only=True)
class Save:
    """What one transaction writes."""

    heads: Mapping[str, Head]
    records: tuple[Record, ...]
    exits: tuple[Exit, ...]
    log: tuple[ChainedEntry, ...]
    released: tuple[KnownChange, ...]
    rewaits: Mapping[str, frozenset[str]]
    past: tuple[tuple[str, str, PastBody], ...]
    keys: Mapping[str, tuple[str, str] | None]

    def landed(self, change: KnownChange) -> KnownChange:
        """The change with the version its effect got in this transaction."""
        if not change.code.has_effect or change.version or change.bucket not in self.heads:
            return change
        return replace(change, version=self.heads[change.bucket].version)


def touched_buckets(plans: Iterable[Plan], before: Mapping[tuple[str, str], Record | None]) -> set[str]:
    """The buckets whose heads `finish` will raise: lock these, in order, after everything else."""
    buckets: set[str] = set()
    for plan in plans:
        buckets.update(entry.bucket for entry in plan.log)
        for key, record in plan.records.items():
            buckets.add(record.bucket)
            old = before.get(key)
            if old is not None:
                buckets.add(old.bucket)
    return buckets


def finish(
    plans: Sequence[Plan],
    before: Mapping[tuple[str, str], Record | None],
    heads: Mapping[str, Head],
    salts: Iterable[bytes],
) -> Save:
    """Give every write its version and every log entry its place.

    `before` holds the records as they were when the transaction began, `heads` the locked buckets (absent = new).
    A transaction raises each bucket it writes rows to once; all its rows there share that version.
    """
    records: dict[tuple[str, str], Record] = {}
    for plan in plans:
        records.update(plan.records)
    after = {bucket: heads.get(bucket, EMPTY_HEAD) for bucket in touched_buckets(plans, before)}
    raised: dict[str, int] = {}

    def raise_head(bucket: str) -> int:
        raised.setdefault(bucket, after[bucket].version + 1)
        return raised[bucket]

    saved, exits = [], []
    deltas: dict[str, tuple[int, int]] = {}

    def shift(bucket: str, amount: int, count: int) -> None:
        total, number = deltas.get(bucket, (0, 0))
        deltas[bucket] = (total + amount, number + count)

    for key, record in records.items():
        old = before.get(key)
        if old is not None:
            shift(old.bucket, -row_sum(old.id, old.version, old.body), -1)
            if old.bucket != record.bucket:
                exits.append(Exit(old.bucket, raise_head(old.bucket), old.kind, old.id))
        placed = moved(record, record.bucket, raise_head(record.bucket))
        shift(placed.bucket, row_sum(placed.id, placed.version, placed.body), 1)
        saved.append(placed)

    for bucket, version in raised.items():
        head = after[bucket]
        amount, number = deltas.get(bucket, (0, 0))
        after[bucket] = head._replace(version=version, sum=(head.sum + amount) % SUM_MODULUS, rows=head.rows + number)

    chained = []
    salt = iter(salts)
    ends = {bucket: (head.log_hash, head.log_length) for bucket, head in after.items()}
    for plan in plans:
        for entry in plan.log:
            link, length = ends[entry.bucket]
            landed = entry.change
            if landed.code.has_effect and landed.bucket in raised:
                landed = replace(landed, version=raised[landed.bucket])
                entry = replace(entry, change=landed)  # noqa: PLW2901 - the same entry, at its place
            entry_salt = next(salt)
            link = chained_hash(link, entry_salt, landed, entry.author.account, entry.received_at)
            ends[entry.bucket] = link, length + 1
            chained.append(ChainedEntry(entry, length + 1, entry_salt, link))
    for bucket, (link, length) in ends.items():
        after[bucket] = after[bucket]._replace(log_hash=link, log_length=length)
    released = tuple(
        replace(one, version=raised.get(one.bucket, one.version)) if one.code.has_effect else one
        for plan in plans
        for one in plan.released
    )
    keys: dict[str, tuple[str, str] | None] = {}
    rewaits: dict[str, frozenset[str]] = {}
    for plan in plans:
        keys.update(plan.keys)
        rewaits.update(plan.rewaits)
    return Save(
        heads=after,
        records=tuple(saved),
        exits=tuple(exits),
        log=tuple(chained),
        released=released,
        rewaits=rewaits,
        past=tuple(one for plan in plans for one in plan.past),
        keys=keys,
    )


def chained_hash(previous: bytes, salt: bytes, change: KnownChange, account: str, received_at: int) -> bytes:
    """A link of a bucket's audit chain: what was written, by whom, when it came. The outcome is not in it, since a
    parked change's outcome may change. A line can be erased with its salt: the links stay, and the chain is whole.
    """
    origin = f"{change.id}\n{change.device}\n{change.chain_epoch}\n{change.seq}\n{account}\n{received_at}\n".encode()
    return content_hash(previous + content_hash(salt + origin + change.hash))
