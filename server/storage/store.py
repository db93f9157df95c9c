"""The seam between what decides and what keeps: what the write path and the feed ask of a store, and nothing else.

Three stores keep it: SQLite and PostgreSQL (sql_store.py), and memory for the simulation (memory.py). One contract
suite runs over all of them.

- `write()` is one transaction, `read()` one snapshot, as unit_of_work.py says.
- Locks are taken before what they guard is loaded, buckets' heads last of all, and held until the end.
- What was loaded is complete: everything asked for is then known or proven absent.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from sync.central.known import Author, ChainState, Known, KnownChange, Wants
from sync.central.plan import Head, Save
from sync.core.messages import FileState


@dataclass(frozen=True, slots=True)
class CentreState:
    """The centre's unbroken history, by name, and the block of official numbers it may give."""

    epoch: str
    epoch_block: int
    superseded_by: str = ""
    """A later epoch that was begun elsewhere, by proof: of two centres this is the older."""


class ChainPart(NamedTuple):
    """Which changes of a chain a batch speaks of: `first_seq` to `last_seq`, none when last is before first."""

    device: str
    chain_epoch: int
    first_seq: int
    last_seq: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """What the centre holds of a batch's author and chain."""

    author: Author | None
    """None: no such device."""
    chain: ChainState | None
    """None: nothing yet of this chain."""
    newest_chain_epoch: int
    stored: Mapping[int, KnownChange]
    """Logged changes by seq, as far as they overlap the batch."""


@dataclass(frozen=True, kw_only=True, slots=True)
class DeviceKey:
    """Whose a device is, and the key its signatures are checked with."""

    account: str
    public_key: bytes


class EntitledBucket(NamedTuple):
    """A bucket somebody may read, and where it stands."""

    bucket: str
    generation: int
    head: Head


@dataclass(frozen=True, kw_only=True, slots=True)
class Entitlement:
    """All that one answer needs of the centre, the rows apart, at one moment."""

    centre: CentreState
    chain: ChainState | None
    durable_upto: int
    buckets: tuple[EntitledBucket, ...]


class FeedRow(NamedTuple):
    """A row of a bucket; `body` is None for an exit."""

    record: str
    version: int
    body: bytes | None


class EvidenceRow(NamedTuple):
    """A record that a device holds from beyond the head of a restored centre. `id` follows from its content."""

    id: str
    kind: str
    record: str
    bucket: str
    version: int
    body: bytes


@dataclass(frozen=True, kw_only=True)
class Deposit:
    """Everything that one transaction writes."""

    save: Save
    created: frozenset[tuple[str, str]]
    """Which of the records to save are new."""
    columns: Mapping[tuple[str, str], Mapping[str, object]]
    """(kind, record) → what its body says in the columns of its kind."""
    plain_kinds: frozenset[str]
    """Kinds whose bodies and lines are not personal."""
    chains: Mapping[str, ChainState]
    """Device → the chain as it now stands."""
    numbers: Mapping[str, int] = field(default_factory=dict)
    """Series → how many of the reserved numbers were used."""
    now: int
    forked: frozenset[str] = frozenset()
    """Devices of which two copies were seen."""


class StoreRead(Protocol):
    """One snapshot."""

    async def centre(self) -> CentreState: ...

    async def restored_at(self) -> int | None:
        """When the epoch that holds was begun after a cut; None while it is the one the centre was founded with."""
        ...

    async def had_epoch(self, epoch: str) -> bool:
        """Whether this epoch is or was the centre's, or was noted as another's."""
        ...

    async def device_key(self, device: str) -> DeviceKey | None: ...

    async def entitlement(self, account: str, device: str, chain_epoch: int) -> Entitlement: ...

    async def rows(self, bucket: str, after: tuple[int, str], upto: int, limit: int) -> list[FeedRow]:
        """Rows and exits after (version, record) and up to version `upto`, in that order, at most `limit`."""
        ...

    async def restored_heads(self, buckets: Collection[str]) -> dict[str, int]:
        """Where each bucket stood when the centre's epoch last changed."""
        ...

    async def file_states(self, ids: Sequence[str], account: str) -> Mapping[str, FileState]:
        """What the centre has of these files; another account's is as missing as an unknown."""
        ...

    async def grants_given(self) -> Mapping[str, int]:
        """Account → a number that rises with every grant it is given."""
        ...

    async def waited_for(self, accounts: Collection[str] | None) -> list[str]:
        """Records that parked changes of these accounts (None: of all) wait for, and that are there and theirs."""
        ...

    async def load(self, wants: Wants, known: Known) -> None:
        """Adds what is wanted, or its absence, to what is known. Numbers are `WriteUnit.reserve`'s."""
        ...


class StoreWrite(StoreRead, Protocol):
    """One transaction."""

    async def lock(self, devices: Collection[str], ids: Collection[str], looked_at: Collection[str] = ()) -> None:
        """Waits for, and holds, these devices and ids, there or not, in an order that everyone keeps. What is only
        looked at others may look at too; nobody writes it meanwhile."""
        ...

    async def try_lock(self, ids: Collection[str], looked_at: Collection[str] = ()) -> bool:
        """Takes more without waiting. False: somebody else has one of them, so begin again with all of them."""
        ...

    async def open(self, parts: Sequence[ChainPart]) -> tuple[CentreState, list[Standing]]: ...

    async def reserve(self, series: Collection[str], count: int, known: Known) -> None:
        """Adds at least `count` unused numbers of each series to what is known."""
        ...

    async def lock_heads(self, buckets: Collection[str]) -> dict[str, Head]:
        """Waits for, and holds, these buckets. One that is absent has no rows yet."""
        ...

    async def save(self, deposit: Deposit) -> None: ...

    async def keep_evidence(self, device: str, epoch: str, now: int, rows: Sequence[EvidenceRow]) -> None:
        """Parks them for the operator; what is kept already is kept once."""
        ...

    async def change_epoch(self, expected: str, epoch: str, reason: str, now: int) -> bool:
        """A new history begins where the buckets stand, unless another than `expected` goes on already."""
        ...

    async def note_elsewhere(self, epoch: str, now: int) -> None:
        """A later history was begun elsewhere (fence.py)."""
        ...

    async def note_contact(self, device: str, at: int, waiting: int, waiting_since: int | None) -> None: ...

    async def note_wiped(self, device: str, at: int) -> None:
        """A revoked device is being told to wipe; the first time counts."""
        ...


class Store(Protocol):
    """Keeps what the centre holds."""

    jobs_share_a_transaction: bool
    """Whether one writer does many jobs in one transaction, or many writers one each."""

    def write(self) -> AbstractAsyncContextManager[StoreWrite]: ...

    def read(self) -> AbstractAsyncContextManager[StoreRead]: ...
