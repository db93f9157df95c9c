"""Everything merge may look at, loaded beforehand: records, proven absences, earlier changes, natural keys.

Law: merge reads nothing that was not asked for. A look-up of something neither loaded nor proven absent is a
programmer's mistake and asserts, because deciding on a guess would lose somebody's work.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import NamedTuple

from sync.core.chain import content_hash, genesis
from sync.core.changes import Fields, OutcomeCode
from sync.core.codec import read_fields


class Stamp(NamedTuple):
    """Who last set a field: the record's rev then, the device ("" when merge combined values), the change."""

    rev: int
    device: str
    change: str


@dataclass(frozen=True)
class Record:
    """A record as the centre holds it. `version` is its position in `bucket`, 0 while not yet saved."""

    kind: str
    id: str
    rev: int
    bucket: str
    version: int
    body: bytes
    stamps: Mapping[str, Stamp]
    keys: frozenset[str] = frozenset()
    """Natural keys this record holds now."""

    @cached_property
    def fields(self) -> Fields:
        return read_fields(self.body)  # type: ignore[return-value]  # checked when it was written

    @cached_property
    def hash(self) -> bytes:
        return content_hash(self.body)


class PastBody(NamedTuple):
    """A body that a record had at an earlier rev."""

    rev: int
    hash: bytes
    body: bytes

    @property
    def fields(self) -> Fields:
        return read_fields(self.body)  # type: ignore[return-value]


@dataclass(frozen=True, kw_only=True)
class KnownChange:
    """A change the centre has decided: enough to answer it again, to build on it, and to try it once more."""

    id: str
    device: str
    chain_epoch: int
    seq: int
    hash: bytes
    kind: str
    record: str
    code: OutcomeCode
    bucket: str = ""
    version: int = 0
    base_rev: int = 0
    """The rev whose body its author had seen, its own changes apart."""
    rev: int = 0
    """The record's rev after it; 0 without effect."""
    conflict: str = ""
    reason: str = ""
    detail: Fields = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class ParkedChange:
    """A change kept until what it waits for is there, with what is needed to decide it again."""

    known: KnownChange
    line: bytes
    author: Author


@dataclass(frozen=True)
class ChainState:
    """How far the centre has one chain of a device."""

    epoch: int
    last_seq: int
    hash: bytes

    @staticmethod
    def start(device: str, epoch: int) -> ChainState:
        return ChainState(epoch, 0, genesis(device, epoch))


@dataclass(frozen=True, kw_only=True)
class Author:
    """Who made a change, as far as merge and the policies must know."""

    account: str
    device: str
    role: str
    grants: Mapping[str, int]
    """Bucket → when the grant ended in ms, 0 while it stands."""
    revoked: bool = False

    @property
    def person(self) -> str:
        """The author's own bucket."""
        return f"person:{self.account}"


@dataclass(frozen=True, kw_only=True)
class Centre:
    """The circumstances of a decision: handed in, never read from a clock."""

    epoch: str
    epoch_block: int
    """Which block of official numbers this epoch may use, 0–9."""
    now: int
    """Milliseconds since 1970."""


@dataclass
class Wants:
    """What must be loaded, or proven absent, before a change can be decided."""

    records: set[tuple[str, str]] = field(default_factory=set)
    """(kind, record id)"""
    changes: set[str] = field(default_factory=set)
    keys: set[str] = field(default_factory=set)
    """Natural keys."""
    past: set[tuple[str, str, int]] = field(default_factory=set)
    """(kind, record id, rev): the body it had then."""
    waits: set[str] = field(default_factory=set)
    """Ids of changes or records that parked changes may wait for."""
    numbers: set[str] = field(default_factory=set)
    """Series of official numbers of which at least one a change is needed."""

    def __or__(self, other: Wants) -> Wants:
        return Wants(*(getattr(self, name) | getattr(other, name) for name in _WANTED))

    def beyond(self, known: Known) -> Wants:
        """What of this is not loaded yet."""
        return Wants(
            records={key for key in self.records if key not in known.records},
            changes={key for key in self.changes if key not in known.changes},
            keys={key for key in self.keys if key not in known.keys},
            past={key for key in self.past if key not in known.past},
            waits={key for key in self.waits if key not in known.waits},
            numbers={key for key in self.numbers if key not in known.numbers},
        )

    def __bool__(self) -> bool:
        return any(getattr(self, name) for name in _WANTED)


_WANTED = ("records", "changes", "keys", "past", "waits", "numbers")


@dataclass
class Known:
    """The loaded world. A value of None is a proven absence. Later layers see earlier ones through `base`."""

    records: dict[tuple[str, str], Record | None] = field(default_factory=dict)
    changes: dict[str, KnownChange | None] = field(default_factory=dict)
    keys: dict[str, str | None] = field(default_factory=dict)
    past: dict[tuple[str, str, int], PastBody | None] = field(default_factory=dict)
    waits: dict[str, tuple[ParkedChange, ...]] = field(default_factory=dict)
    numbers: dict[str, tuple[int, ...]] = field(default_factory=dict)
    """Series → numbers reserved for this decision, lowest first."""

    def record(self, kind: str, record: str) -> Record | None:
        assert (kind, record) in self.records, f"{kind} {record} was not asked for"
        return self.records[kind, record]

    def change(self, change: str) -> KnownChange | None:
        assert change in self.changes, f"change {change} was not asked for"
        return self.changes[change]

    def holder(self, key: str) -> str | None:
        """The record that holds a natural key."""
        assert key in self.keys, f"natural key {key} was not asked for"
        return self.keys[key]

    def body_at(self, record: Record, rev: int) -> PastBody | None:
        """The body a record had at a rev, None when there is none such."""
        if rev == record.rev:
            return PastBody(rev, record.hash, record.body)
        key = (record.kind, record.id, rev)
        return self.past.get(key)

    def waiting_for(self, what: str) -> tuple[ParkedChange, ...]:
        assert what in self.waits, f"what waits for {what} was not asked for"
        return self.waits[what]

    def copy(self) -> Known:
        """A layer that can be thrown away when a job fails."""
        return Known(
            dict(self.records),
            dict(self.changes),
            dict(self.keys),
            dict(self.past),
            dict(self.waits),
            dict(self.numbers),
        )

    def add_change(self, change: KnownChange) -> None:
        self.changes[change.id] = change

    def drop_wait(self, parked: Iterable[str]) -> None:
        gone = set(parked)
        for what, waiting in self.waits.items():
            if any(one.known.id in gone for one in waiting):
                self.waits[what] = tuple(one for one in waiting if one.known.id not in gone)


def moved(record: Record, bucket: str, version: int) -> Record:
    """The same record at its saved position."""
    return replace(record, bucket=bucket, version=version)
