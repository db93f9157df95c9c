"""The store in memory, for the simulation: one thread, no clock, no disk but what it is told of one.

It keeps the contract of store.py as PostgreSQL does: many writers, each waiting for locks, each seeing what others
committed; a reader sees one moment. `pause(where)` is awaited wherever a real store would wait, so that a scheduler
may run others there, or cut the power. What a transaction writes is in the state as a whole or not at all.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from copy import copy
from dataclasses import dataclass, field, fields, replace

from server.storage.errors import UniqueViolation, Unreachable
from server.storage.schema.records import KIND_TABLES
from server.storage.store import (
    CentreState,
    ChainPart,
    Deposit,
    DeviceKey,
    EntitledBucket,
    Entitlement,
    EvidenceRow,
    FeedRow,
    Standing,
)
from sync.central.known import Author, ChainState, Known, KnownChange, ParkedChange, PastBody, Record, Wants
from sync.central.plan import EMPTY_HEAD, ChainedEntry, Exit, Head
from sync.core.messages import FileState

Pause = Callable[[str], Awaitable[None]]


async def run_others(where: str) -> None:
    """Lets other tasks run, as any wait does."""
    await asyncio.sleep(0)


@dataclass(frozen=True)
class MemoryDevice:
    account: str
    public_key: bytes
    revoked: bool = False


@dataclass(frozen=True)
class MemoryGrant:
    generation: int = 1
    ended_at: int = 0


@dataclass
class CentreMemory:
    """Everything the centre holds. The values are never altered, so a copy of the tables is a copy of it all."""

    centre: CentreState
    roles: dict[str, str] = field(default_factory=dict)
    devices: dict[str, MemoryDevice] = field(default_factory=dict)
    grants: dict[tuple[str, str], MemoryGrant] = field(default_factory=dict)
    records: dict[tuple[str, str], Record] = field(default_factory=dict)
    exits: dict[tuple[str, str], Exit] = field(default_factory=dict)
    heads: dict[str, Head] = field(default_factory=dict)
    epochs: set[str] = field(default_factory=set)
    """Every epoch before the one that holds."""
    restored_at: int | None = None
    restored: dict[str, int] = field(default_factory=dict)
    log: dict[int, ChainedEntry] = field(default_factory=dict)
    changes: dict[str, KnownChange] = field(default_factory=dict)
    lines: dict[str, bytes] = field(default_factory=dict)
    by_seq: dict[tuple[str, int, int], KnownChange] = field(default_factory=dict)
    waits: dict[str, frozenset[str]] = field(default_factory=dict)
    """Parked change → what it waits for, oldest change first."""
    past: dict[tuple[str, str, int], PastBody] = field(default_factory=dict)
    keys: dict[str, tuple[str, str]] = field(default_factory=dict)
    chains: dict[tuple[str, int], ChainState] = field(default_factory=dict)
    durable: dict[tuple[str, int], int] = field(default_factory=dict)
    numbers: dict[str, int] = field(default_factory=dict)
    evidence: dict[str, tuple[str, EvidenceRow]] = field(default_factory=dict)
    contacts: dict[str, tuple[int, int, int | None]] = field(default_factory=dict)
    wiped: dict[str, int] = field(default_factory=dict)
    """Device → when it was first told to wipe."""
    files: dict[tuple[str, str], FileState] = field(default_factory=dict)
    """(account, file) → its state."""

    def copied(self) -> CentreMemory:
        return CentreMemory(**{one.name: copy(getattr(self, one.name)) for one in fields(self)})


class MemoryRead:
    """One moment of the state."""

    def __init__(self, state: CentreMemory, store: MemoryStore) -> None:
        self._moment = state
        self._store = store

    @property
    def _state(self) -> CentreMemory:
        return self._moment

    async def centre(self) -> CentreState:
        return self._state.centre

    async def restored_at(self) -> int | None:
        return self._state.restored_at

    async def had_epoch(self, epoch: str) -> bool:
        return epoch in self._state.epochs or epoch == self._state.centre.epoch

    async def device_key(self, device: str) -> DeviceKey | None:
        found = self._state.devices.get(device)
        return DeviceKey(account=found.account, public_key=found.public_key) if found is not None else None

    async def entitlement(self, account: str, device: str, chain_epoch: int) -> Entitlement:
        await self._store.pause("read")
        state = self._state
        granted = sorted((b, g) for (a, b), g in state.grants.items() if a == account and not g.ended_at)
        return Entitlement(
            centre=state.centre,
            chain=state.chains.get((device, chain_epoch)),
            durable_upto=state.durable.get((device, chain_epoch), 0),
            buckets=tuple(
                EntitledBucket(bucket, grant.generation, state.heads.get(bucket, EMPTY_HEAD))
                for bucket, grant in granted
            ),
        )

    async def rows(self, bucket: str, after: tuple[int, str], upto: int, limit: int) -> list[FeedRow]:
        await self._store.pause("read")
        found = [FeedRow(one.id, one.version, one.body) for one in self._state.records.values() if one.bucket == bucket]
        found += [FeedRow(one.record, one.version, None) for one in self._state.exits.values() if one.bucket == bucket]
        wanted = [row for row in found if after < (row.version, row.record) and row.version <= upto]
        return sorted(wanted, key=lambda row: (row.version, row.record))[:limit]

    async def restored_heads(self, buckets: Collection[str]) -> dict[str, int]:
        return {bucket: self._state.restored.get(bucket, 0) for bucket in buckets}

    async def file_states(self, ids: Sequence[str], account: str) -> Mapping[str, FileState]:
        return {file: self._state.files.get((account, file), FileState.MISSING) for file in ids}

    async def grants_given(self) -> Mapping[str, int]:
        given: dict[str, int] = {}
        for (account, _), grant in self._state.grants.items():
            given[account] = given.get(account, 0) + grant.generation
        return given

    async def waited_for(self, accounts: Collection[str] | None) -> list[str]:
        await self._store.pause("read")
        state = self._state
        standing = {key for key, grant in state.grants.items() if not grant.ended_at}
        buckets = {record.id: record.bucket for record in state.records.values()}
        return sorted(
            {
                what
                for change, waits in state.waits.items()
                for what in waits
                if (accounts is None or state.changes[change].account in accounts)
                and (state.changes[change].account, buckets.get(what, "")) in standing
            }
        )

    async def load(self, wants: Wants, known: Known) -> None:
        await self._store.pause("load")
        state = self._state
        known.records.update((key, state.records.get(key)) for key in wants.records)
        known.changes.update((change, state.changes.get(change)) for change in wants.changes)
        for key in wants.keys:
            holder = state.keys.get(key)
            known.keys[key] = holder[1] if holder is not None else None
        known.past.update((key, state.past.get(key)) for key in wants.past)
        for record in wants.kinds:
            known.kinds[record] = frozenset(kind for kind in KIND_TABLES if (kind, record) in state.records)
        for what in wants.waits:
            known.waits[what] = tuple(self._parked(change) for change, waits in state.waits.items() if what in waits)

    def _parked(self, change: str) -> ParkedChange:
        known = self._state.changes[change]
        author = self._author(known.device)
        assert author is not None, "whoever sent a change was enrolled"
        return ParkedChange(known=known, line=self._state.lines[change], author=author)

    def _author(self, device: str) -> Author | None:
        state = self._state
        found = state.devices.get(device)
        if found is None:
            return None
        grants = {
            bucket: grant.ended_at for (account, bucket), grant in state.grants.items() if account == found.account
        }
        role = state.roles[found.account]
        return Author(account=found.account, device=device, role=role, grants=grants, revoked=found.revoked)


class MemoryWrite(MemoryRead):
    """One transaction: what it reads is what is committed by then, what it writes waits for its own commit."""

    def __init__(self, store: MemoryStore) -> None:
        super().__init__(store.state, store)
        self._life = store.life
        self.writes: list[Callable[[CentreMemory], None]] = []

    @property
    def _state(self) -> CentreMemory:
        self.check_alive()
        return self._store.state

    def check_alive(self) -> None:
        if self._life != self._store.life:
            raise Unreachable("the power was cut")

    async def lock(self, devices: Collection[str], ids: Collection[str], looked_at: Collection[str] = ()) -> None:
        for device in sorted(devices):
            await self._store.hold(self, f"device {device}")
        shared = set(looked_at).difference(ids)
        for one in sorted(shared.union(ids)):
            await self._store.hold(self, f"id {one}", shared=one in shared)

    async def try_lock(self, ids: Collection[str], looked_at: Collection[str] = ()) -> bool:
        alone = [f"id {one}" for one in ids]
        return self._store.try_hold(self, alone, [f"id {one}" for one in looked_at if one not in ids])

    async def lock_heads(self, buckets: Collection[str]) -> dict[str, Head]:
        for bucket in sorted(buckets):
            await self._store.hold(self, f"bucket {bucket}")
        return {bucket: self._state.heads[bucket] for bucket in buckets if bucket in self._state.heads}

    async def open(self, parts: Sequence[ChainPart]) -> tuple[CentreState, list[Standing]]:
        await self._store.pause("load")
        state = self._state
        standings = []
        for part in parts:
            epochs = [epoch for device, epoch in state.chains if device == part.device]
            seqs = range(part.first_seq, part.last_seq + 1)
            found = {seq: state.by_seq.get((part.device, part.chain_epoch, seq)) for seq in seqs}
            standings.append(
                Standing(
                    author=self._author(part.device),
                    chain=state.chains.get((part.device, part.chain_epoch)),
                    newest_chain_epoch=max(epochs, default=0),
                    stored={seq: change for seq, change in found.items() if change is not None},
                )
            )
        return state.centre, standings

    async def reserve(self, series: Collection[str], count: int, known: Known) -> None:
        """Taken at once and for good, as a lease is: what is not used is a gap."""
        for one in sorted(series):
            first = self._state.numbers.get(one, 1)
            self._state.numbers[one] = first + count
            known.numbers[one] = range(first, first + count)

    async def save(self, deposit: Deposit) -> None:
        await self._store.pause("save")
        self.check_alive()
        self.writes.append(lambda state: _save(state, deposit))

    async def keep_evidence(self, device: str, epoch: str, now: int, rows: Sequence[EvidenceRow]) -> None:
        self.writes.append(lambda state: state.evidence.update((row.id, (device, row)) for row in rows))

    async def change_epoch(self, expected: str, epoch: str, reason: str, now: int) -> bool:
        await self._store.hold(self, "centre")
        if self._state.centre.epoch != expected:
            return False
        block = (self._state.centre.epoch_block + 1) % 10

        def change(state: CentreMemory) -> None:
            state.epochs = {*state.epochs, state.centre.epoch}
            state.restored_at = now
            later = state.centre.superseded_by
            state.centre = CentreState(epoch, block, later if later > epoch else "")
            state.restored = {bucket: head.version for bucket, head in state.heads.items()}

        self.writes.append(change)
        return True

    async def note_elsewhere(self, epoch: str, now: int) -> None:
        def note(state: CentreMemory) -> None:
            state.epochs = {*state.epochs, epoch}
            if epoch > state.centre.epoch:
                state.centre = replace(state.centre, superseded_by=max(epoch, state.centre.superseded_by))

        self.writes.append(note)

    async def note_contact(self, device: str, at: int, waiting: int, waiting_since: int | None) -> None:
        self.writes.append(lambda state: state.contacts.update({device: (at, waiting, waiting_since)}))

    async def note_wiped(self, device: str, at: int) -> None:
        self.writes.append(lambda state: state.wiped.update({device: state.wiped.get(device, at)}))


class MemoryStore:
    """A store whose whole state can be copied, put back and cut off."""

    jobs_share_a_transaction = False

    def __init__(self, state: CentreMemory, pause: Pause = run_others) -> None:
        self.state = state
        self.pause = pause
        self.life = 0
        self._holders: dict[str, MemoryWrite] = {}
        self._lookers: dict[str, set[MemoryWrite]] = {}
        self._readers = 0

    @asynccontextmanager
    async def write(self) -> AsyncIterator[MemoryWrite]:
        unit = MemoryWrite(self)
        try:
            yield unit
            await self.pause("before commit")
            unit.check_alive()
            self._commit(unit)
        finally:
            for name in [name for name, holder in self._holders.items() if holder is unit]:
                del self._holders[name]
            for lookers in self._lookers.values():
                lookers.discard(unit)
        # Whoever loses the power here was committed and will never be told.
        await self.pause("after commit")
        unit.check_alive()

    @asynccontextmanager
    async def read(self) -> AsyncIterator[MemoryRead]:
        life = self.life
        self._readers += 1
        try:
            yield MemoryRead(self.state, self)
        finally:
            self._readers -= 1
        if life != self.life:
            raise Unreachable("the power was cut")

    def copy(self) -> CentreMemory:
        """A backup, as of now."""
        return self.state.copied()

    def restore(self, state: CentreMemory) -> None:
        """Puts a backup back. Everything that was going on is cut off."""
        self.cut_power()
        self.state = state.copied()

    def cut_power(self) -> None:
        """Whatever is not committed is gone; units of work end in Unreachable."""
        self.life += 1
        self._holders.clear()
        self._lookers.clear()

    async def hold(self, unit: MemoryWrite, name: str, *, shared: bool = False) -> None:
        await self.pause("lock")
        while not self.try_hold(unit, () if shared else (name,), (name,) if shared else ()):
            await self.pause("lock")
            unit.check_alive()

    def try_hold(self, unit: MemoryWrite, names: Sequence[str], looked_at: Sequence[str] = ()) -> bool:
        if any(self._holders.get(name, unit) is not unit for name in (*names, *looked_at)):
            return False
        if any(self._lookers.get(name, set()) - {unit} for name in names):
            return False
        self._holders.update((name, unit) for name in names)
        for name in looked_at:
            self._lookers.setdefault(name, set()).add(unit)
        return True

    def _commit(self, unit: MemoryWrite) -> None:
        """A reader keeps the moment it began with: while there is one, a commit makes a new state."""
        state = self.state.copied() if self._readers else self.state
        for write in unit.writes:
            write(state)
        self.state = state


def _save(state: CentreMemory, deposit: Deposit) -> None:
    save = deposit.save
    for one in save.log:
        change = one.entry.change
        if (change.device, change.chain_epoch, change.seq) in state.by_seq:
            raise UniqueViolation("changes(device, chain_epoch, seq)")
        if not one.entry.reused and change.id in state.changes:
            raise UniqueViolation("changes(id)")
    for key in deposit.created:
        if key in state.records:
            raise UniqueViolation(f"{key[0]}(id)")
    left = {one.record for one in save.exits}
    for record in save.records:
        state.records[record.kind, record.id] = record
        if record.id in left:
            state.exits.pop((record.bucket, record.id), None)
    state.exits.update(((one.bucket, one.record), one) for one in save.exits)
    for one in save.log:
        _log(state, one)
    for what in save.rewaits:
        state.waits[what] = save.rewaits[what]
    for change in save.released:
        stored = state.changes[change.id]
        state.changes[change.id] = change
        state.by_seq[stored.device, stored.chain_epoch, stored.seq] = change
        state.waits.pop(change.id, None)
    state.past.update(((kind, record, body.rev), body) for kind, record, body in save.past)
    for name, holder in save.keys.items():
        if holder is None:
            state.keys.pop(name, None)
        else:
            state.keys[name] = holder
    state.chains.update(((device, chain.epoch), chain) for device, chain in deposit.chains.items())
    state.heads.update(save.heads)


def _log(state: CentreMemory, chained: ChainedEntry) -> None:
    entry = chained.entry
    state.log[len(state.log) + 1] = chained
    state.by_seq[entry.change.device, entry.change.chain_epoch, entry.change.seq] = entry.change
    if not entry.reused:
        state.changes[entry.change.id] = entry.change
        state.lines[entry.change.id] = entry.line
        if entry.waits:
            state.waits[entry.change.id] = entry.waits


def end_grant(state: CentreMemory, account: str, bucket: str, at: int) -> None:
    """The account was moved: it reads the bucket no more; what it had in hand still counts for a while."""
    state.grants[account, bucket] = replace(state.grants[account, bucket], ended_at=at)


def give_grant(state: CentreMemory, account: str, bucket: str) -> None:
    """The account reads the bucket from now on; a second time under another generation."""
    earlier = state.grants.get((account, bucket))
    state.grants[account, bucket] = MemoryGrant(generation=earlier.generation + 1 if earlier is not None else 1)
