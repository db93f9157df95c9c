"""Everything merge may look at, loaded beforehand: records, proven absences, earlier changes, natural keys.

Law: merge reads nothing that was not loaded or proven absent. Such a look-up raises NotLoaded, which names what is
missing: whoever decides loads it (locking it, where others write too) and decides again from the start. Deciding on a
guess would lose somebody's work.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from sync.core.chain import content_hash, genesis
from sync.core.changes import Fields, OutcomeCode
from sync.core.codec import read_fields

GRACE_AFTER_MOVE_MS = 14 * 24 * 3600 * 1000


class Stamp(NamedTuple):
    """Who last set a field: the record's rev then, the identity that did, the change.

    An identity is a device and its chain (`Author.identity`), since two copies of one phone are two authors; it is
    empty when merge combined values, so that nobody is taken to have seen the result.
    """

    rev: int
    identity: str
    change: str


class Record(Struct, frozen=True, dict=True):
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
        return read_fields(self.body)

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
        return read_fields(self.body)


class KnownChange(Struct, frozen=True, kw_only=True):
    """A change the centre has decided: enough to answer it again, to build on it, and to try it once more."""

    id: str
    account: str
    device: str
    chain_epoch: int
    seq: int
    hash: bytes
    kind: str
    name: str
    record: str
    received_at: int
    code: OutcomeCode
    bucket: str = ""
    version: int = 0
    base_rev: int = 0
    """The rev whose body its author had seen, its own changes apart."""
    rev: int = 0
    """The record's rev after it; 0 without effect."""
    conflict: str = ""
    reason: str = ""
    detail: Fields = {}


class ParkedChange(Struct, frozen=True, kw_only=True):
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
    at_desk: bool = False
    """Whether the author sees the record as it stands while acting: told of a change meanwhile, they look again. A
    conflict is for who wrote without seeing."""
    computes: bool = False
    """Whether the centre worked out what is written, by itself or for the person who asked it to."""

    def may_write(self, bucket: str, now: int) -> bool:
        """Work in hand still applies for a while after its author was moved."""
        ended = self.grants.get(bucket)
        return ended is not None and (ended == 0 or now - ended <= GRACE_AFTER_MOVE_MS)

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


class Wants(Struct):
    """What must be loaded, or proven absent, before a change can be decided."""

    records: set[tuple[str, str]] = set()
    """(kind, record id)"""
    changes: set[str] = set()
    keys: set[str] = set()
    """Natural keys."""
    past: set[tuple[str, str, int]] = set()
    """(kind, record id, rev): the body it had then."""
    waits: set[str] = set()
    """Ids of changes or records that parked changes may wait for."""
    kinds: set[str] = set()
    """Record ids of which must be known what kinds of record there are under them."""
    numbers: set[str] = set()
    """Series of official numbers of which at least one a change is needed."""

    def __or__(self, other: Wants) -> Wants:
        return Wants(*(getattr(self, name) | getattr(other, name) for name in _WANTED))

    def update(self, other: Wants) -> None:
        for name in _WANTED:
            if wanted := getattr(other, name):
                getattr(self, name).update(wanted)

    def beyond(self, known: Known) -> Wants:
        """What of this is not loaded yet."""
        return Wants(*(set(known.lacks(name, getattr(self, name))) for name in _WANTED))

    def add_beyond(self, other: Wants, known: Known) -> bool:
        """Adds what of `other` is not known. False when all of it is."""
        added = False
        for name in _WANTED:
            wanted: set[Any] = getattr(other, name)
            if wanted and (missing := known.lacks(name, wanted)):
                getattr(self, name).update(missing)
                added = True
        return added

    def __bool__(self) -> bool:
        return any(getattr(self, name) for name in _WANTED)


class NotLoaded(LookupError):
    """A decision needs more than was foreseen. Nothing was decided: load `wants` and decide again."""

    def __init__(self, wants: Wants) -> None:
        super().__init__(f"not loaded: {wants}")
        self.wants = wants


_WANTED = ("records", "changes", "keys", "past", "waits", "kinds", "numbers")


@dataclass
class Known:
    """The loaded world. A value of None is a proven absence. A layer sees what its parent knows and hides it."""

    records: dict[tuple[str, str], Record | None] = field(default_factory=dict)
    changes: dict[str, KnownChange | None] = field(default_factory=dict)
    keys: dict[str, str | None] = field(default_factory=dict)
    past: dict[tuple[str, str, int], PastBody | None] = field(default_factory=dict)
    waits: dict[str, tuple[ParkedChange, ...]] = field(default_factory=dict)
    kinds: dict[str, frozenset[str]] = field(default_factory=dict)
    """Record id → the kinds that have a record under it."""
    numbers: dict[str, Sequence[int]] = field(default_factory=dict)
    """Series → numbers reserved for this decision, lowest first; a range will do."""
    parent: Known | None = None

    def __post_init__(self) -> None:
        above = self.parent._found_in if self.parent is not None else {}
        # Of what, in which order to look; not the layers themselves, which would then hold each other for ever.
        self._found_in: dict[str, tuple[dict[Any, Any], ...]] = {
            name: (getattr(self, name), *above.get(name, ())) for name in _WANTED
        }
        self._records_in: tuple[dict[tuple[str, str], Record | None], ...] = self._found_in["records"]

    def record(self, kind: str, record: str) -> Record | None:
        key = (kind, record)
        for values in self._records_in:
            if key in values:
                return values[key]
        raise NotLoaded(Wants(records={key}))

    def change(self, change: str) -> KnownChange | None:
        found: KnownChange | None = self._find("changes", change)
        return found

    def holder(self, key: str) -> str | None:
        """The record that holds a natural key."""
        found: str | None = self._find("keys", key)
        return found

    def body_at(self, record: Record, rev: int) -> PastBody | None:
        """The body a record had at a rev; None when history holds none such."""
        if rev == record.rev:
            return PastBody(rev, record.hash, record.body)
        found: PastBody | None = self._find("past", (record.kind, record.id, rev))
        return found

    def waiting_for(self, what: str) -> tuple[ParkedChange, ...]:
        return self._find("waits", what) or ()

    def asked_waiting_for(self, what: str) -> tuple[ParkedChange, ...] | None:
        """The same; None when nobody loaded what waits for this."""
        found: tuple[ParkedChange, ...] | None = self.if_loaded("waits", what)
        return found

    def kinds_of(self, record: str) -> frozenset[str]:
        """The kinds of record that there are under an id."""
        found: frozenset[str] = self._find("kinds", record)
        return found

    def note_kind(self, kind: str, record: str) -> None:
        """A record came into being on this layer."""
        before = self.kinds_of(record) if self.has("kinds", record) else frozenset[str]()
        self.kinds[record] = before | {kind}

    def anything_waits(self) -> bool:
        """Whether any parked change is known."""
        return any(any(waits.values()) for waits in self._found_in["waits"])

    def reserved(self, series: str) -> Sequence[int]:
        """Official numbers that may still be taken from a series, lowest first."""
        return self._find("numbers", series) or ()

    def if_loaded(self, what: str, key: Any) -> Any:
        """What there is, as far as it was loaded; None says nothing. `what` is a field's name."""
        for values in self._found_in[what]:
            if key in values:
                return values[key]
        return None

    def has(self, what: str, key: object) -> bool:
        """Whether something was loaded or proven absent. `what` is a field's name."""
        return any([key in values for values in self._found_in[what]])  # noqa: C419 - a generator costs more

    def lacks(self, what: str, keys: set[Any]) -> set[Any]:
        """Those of the keys that were neither loaded nor proven absent."""
        for values in self._found_in[what]:
            keys = keys.difference(values)
        return keys

    def layer(self) -> Known:
        """A layer to decide on: absorb it when the decision stands, drop it when not."""
        return Known(parent=self)

    def absorb(self, layer: Known) -> None:
        for name in _WANTED:
            getattr(self, name).update(getattr(layer, name))

    def _find(self, what: str, key: Any) -> Any:
        for values in self._found_in[what]:
            if key in values:
                return values[key]
        raise NotLoaded(Wants(**{what: {key}}))


def moved(record: Record, bucket: str, version: int) -> Record:
    """The same record at its saved position."""
    return replace(record, bucket=bucket, version=version)
