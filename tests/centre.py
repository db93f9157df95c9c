"""A centre of the tests' own, on any of the three stores, and phones that speak the protocol to it without a network.

Everything that happens by chance in the world follows from counters here, so that two centres that are told the same
end with the same bytes.
"""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Any

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from agent_api.caller import Caller
from agent_api.exchange import Exchange
from server.actions.change_epoch import RESTORED, change_epoch
from server.domain.people.roles import Role
from server.merge_policies import policies_of
from server.storage.contacts import ContactBook
from server.storage.errors import StorageError
from server.storage.memory import CentreMemory, MemoryDevice, MemoryGrant, MemoryStore
from server.storage.migrate import migrate
from server.storage.open import open_database
from server.storage.sealing import Algorithm, Sealing, SealingKey
from server.storage.sql_store import SqlStore, found_centre
from server.storage.store import CentreState, Store
from server.storage.unit_of_work import Database
from server.write import WriteContext, Writer
from server.write_parallel import ParallelWriter
from server.write_queue import WriteQueue
from server.write_steps import Steps
from sync.core.chain import (
    bucket_sum,
    content_hash,
    encode_hash,
    evidence_payload,
    extend,
    genesis,
    signed_payload,
    sum_text,
)
from sync.core.changes import Base, Captured, Change
from sync.core.codec import encode_change, encode_request, parse_answer, read_body
from sync.core.ids import derived_id
from sync.core.messages import PROTOCOL, Answer, Cursor, Request, Row, Status

START = 1_763_000_000_000
ACK_KEY = b"a" * 32
SEALING_KEY = b"s" * 32
VILLAGE, TOWN = "341802001001", "341802001002"


class StoreKind(Enum):
    SQLITE = "sqlite"
    POSTGRES = "postgres"
    MEMORY = "memory"


class TestClock:
    """A clock that moves when it is told to."""

    __test__ = False

    def __init__(self) -> None:
        self.now = START

    def wall_ms(self) -> int:
        return self.now

    def monotonic_ms(self) -> int:
        return self.now


class Counted:
    """Bytes that differ each time and are the same in each run."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._count = 0

    def __call__(self, length: int) -> bytes:
        self._count += 1
        seed = f"{self._name} {self._count}".encode()
        return hashlib.shake_256(seed).digest(length)


def ident(*parts: object) -> str:
    return derived_id(*map(str, parts))


def sealing() -> Sealing:
    return Sealing({1: SealingKey(Algorithm.AES_256_GCM, SEALING_KEY)}, 1, SEALING_KEY, Counted("nonce"))


@dataclass
class CentreUnderTest:
    kind: StoreKind
    store: Store
    database: Database | None
    clock: TestClock
    context: WriteContext
    writer: Writer
    exchange: Exchange
    contacts: ContactBook
    raised: list[frozenset[str]]
    ended: list[StorageError]

    async def enrol(
        self, name: str, *buckets: str, role: Role = Role.HELPER, account: str = "", exchange: Exchange | None = None
    ) -> Phone:
        """A phone of an account that reads its person's bucket and these."""
        account = account or ident("account", name)
        private = Ed25519PrivateKey.from_private_bytes(hashlib.sha256(name.encode()).digest())
        phone = Phone(exchange or self.exchange, ident("device", name), account, role, private)
        granted = [f"person:{account}", *buckets]
        if isinstance(self.store, MemoryStore):
            state = self.store.state
            state.roles[account] = role.value
            state.devices[phone.device] = MemoryDevice(account, private.public_key().public_bytes_raw())
            state.grants.update(((account, bucket), MemoryGrant()) for bucket in granted)
            return phone
        assert self.database is not None
        async with self.database.write() as tx:
            if await tx.fetch_one("SELECT id FROM accounts WHERE id = ?", (account,)) is None:
                columns: tuple[str, ...] = ("id", "login", "name", "role", "scope", "site", "status", "created_at")
                row = (account, account, name, role.value, "{}", VILLAGE, "active", START)
                await tx.insert_many("accounts", columns, [row])
                columns = ("account", "bucket", "generation", "since")
                await tx.insert_many("grants", columns, [(account, bucket, 1, START) for bucket in granted])
            [[count]] = await tx.fetch("SELECT count(*) FROM devices")
            columns = ("id", "ordinal", "account", "public_key", "name", "created_at", "unsent", "app_version")
            public = private.public_key().public_bytes_raw()
            await tx.insert_many("devices", columns, [(phone.device, count + 1, account, public, name, START, 0, "1")])
        return phone

    async def revoke(self, phone: Phone) -> None:
        if isinstance(self.store, MemoryStore):
            found = self.store.state.devices[phone.device]
            self.store.state.devices[phone.device] = MemoryDevice(found.account, found.public_key, revoked=True)
        else:
            await self.run("UPDATE devices SET revoked_at = ? WHERE id = ?", (self.clock.now, phone.device))
        phone.revoked = True

    async def end_grant(self, account: str, bucket: str) -> None:
        if isinstance(self.store, MemoryStore):
            self.store.state.grants[account, bucket] = MemoryGrant(ended_at=self.clock.now)
        else:
            sql = "UPDATE grants SET ended_at = ? WHERE account = ? AND bucket = ?"
            await self.run(sql, (self.clock.now, account, bucket))

    async def run(self, sql: str, params: Sequence[Any] = ()) -> None:
        assert self.database is not None, "only databases speak SQL"
        async with self.database.write() as tx:
            await tx.execute(sql, params)

    async def close(self) -> None:
        assert isinstance(self.writer, WriteQueue | ParallelWriter)
        await self.writer.close()
        if self.database is not None:
            await self.database.close()


@dataclass
class Phone:
    """What a device remembers, and how it speaks. It applies what it reads, as docs/protocol.md says."""

    exchange: Exchange
    device: str
    account: str
    role: Role
    private: Ed25519PrivateKey
    chain_epoch: int = 1
    last_seq: int = 0
    chain_hash: bytes = b""
    epoch: str = ""
    ack: str = ""
    tag: str = ""
    revoked: bool = False
    cursors: dict[str, Cursor] = field(default_factory=dict)
    rows: dict[str, tuple[str, int, bytes]] = field(default_factory=dict)
    made: int = 0

    def __post_init__(self) -> None:
        self.chain_hash = genesis(self.device, self.chain_epoch)

    @property
    def caller(self) -> Caller:
        return Caller(self.account, self.device, 1, self.role, 600, self.revoked)

    def change(self, kind: str, record: str, name: str, base: Base | None = None, /, **fields: Any) -> bytes:
        """A new change's line. Fields go into `set`; `needs_` names other changes."""
        self.made += 1
        change = Change(
            id=ident("change", self.device, self.made),
            kind=kind,
            record=record,
            name=name,
            set=fields,
            base=base,
            captured=Captured(START),
        )
        return encode_change(change)

    def base_of(self, record: str) -> Base:
        """The state of a record that the phone shows."""
        body = self.rows[record][2]
        return Base(epoch=self.epoch, rev=read_body(body).rev, hash=encode_hash(content_hash(body)))

    def request(self, lines: Sequence[bytes] = (), *, bodies: Sequence[bytes] = (), **fields: Any) -> bytes:
        reached = self.chain_hash
        for seq, line in enumerate(lines, start=self.last_seq + 1):
            reached = extend(reached, seq, content_hash(line))
        payload = signed_payload(self.device, self.chain_epoch, self.last_seq + len(lines), reached)
        signed = bool(lines) or fields.get("restart", False)
        envelope: dict[str, Any] = {
            "protocol": PROTOCOL,
            "device": self.device,
            "epoch": self.epoch,
            "chain_epoch": self.chain_epoch,
            "first_seq": self.last_seq + 1,
            "prev_hash": encode_hash(self.chain_hash),
            "n": len(lines),
            "signature": encode_hash(self.private.sign(payload)) if signed else "",
            "ack": self.ack,
            "tag": self.tag,
            **fields,
        }
        if shown := fields.get("evidence"):
            rows = [
                (one.kind, one.record, one.bucket, one.version, body) for one, body in zip(shown, bodies, strict=True)
            ]
            signature = self.private.sign(evidence_payload(envelope["epoch"], self.device, rows))
            envelope.setdefault("evidence_signature", encode_hash(signature))
        return encode_request(Request(**envelope), [*lines, *bodies])

    async def tell(self, lines: Sequence[bytes], *, carrier: Phone | None = None, **fields: Any) -> Answer:
        """Sends changes and remembers what was answered."""
        message = self.request(lines, **fields)
        answer = parse_answer(await self.exchange.answer(message, (carrier or self).caller)).envelope
        self.take_position(answer, lines)
        return answer

    def take_position(self, answer: Answer, lines: Sequence[bytes] = ()) -> None:
        self.epoch, self.ack = answer.epoch, answer.ack
        if answer.status in (Status.OK, Status.REVOKED):
            for line in lines:
                self.last_seq += 1
                self.chain_hash = extend(self.chain_hash, self.last_seq, content_hash(line))
        elif answer.status is Status.FORK:
            self.chain_epoch, self.last_seq = answer.chain_epoch, 0
            self.chain_hash = genesis(self.device, self.chain_epoch)

    async def read_all(self, **fields: Any) -> int:
        """Pages until level; how many requests it took."""
        target = None
        for count in range(1, 500):
            cursors = list(self.cursors.values())
            message = self.request(cursors=cursors, target=target, **fields)
            parsed = parse_answer(await self.exchange.answer(message, self.caller))
            answer = parsed.envelope
            assert answer.status is Status.OK, answer.status
            self.take_position(answer)
            self._apply(answer, parsed.bodies)
            target = answer.target if answer.more else None
            if not answer.more:
                self.tag = answer.tag
                self._check_sums(answer)
                return count
        raise AssertionError("reading never ended")

    def _apply(self, answer: Answer, bodies: Sequence[bytes]) -> None:
        if answer.entitled is not None:
            listed = {one.bucket: one.generation for one in answer.entitled}
            for bucket, cursor in list(self.cursors.items()):
                if listed.get(bucket) != cursor.generation:
                    del self.cursors[bucket]
                    self.rows = {record: row for record, row in self.rows.items() if row[0] != bucket}
        bodies_left = iter(bodies)
        for page in answer.pages:
            for row in page.rows:
                self._apply_row(page.bucket, row, bodies_left)
            self.cursors[page.bucket] = Cursor(page.bucket, page.generation, *page.upto)

    def _apply_row(self, bucket: str, row: Row, bodies: Any) -> None:
        if not row.exit:
            self.rows[row.record] = (bucket, row.version, next(bodies))
        elif row.record in self.rows and self.rows[row.record][0] == bucket:
            del self.rows[row.record]

    def _check_sums(self, answer: Answer) -> None:
        for one in answer.entitled or ():
            held = [(record, version, body) for record, (b, version, body) in self.rows.items() if b == one.bucket]
            assert (sum_text(bucket_sum(held)), len(held)) == (one.sum, one.count), f"{one.bucket} diverged"

    def fields(self, record: str) -> dict[str, Any]:
        found: dict[str, Any] = msgspec.json.decode(self.rows[record][2])["fields"]
        return found


async def restored(centre: CentreUnderTest) -> str:
    """The new epoch of a centre that finds itself restored, from where it stands."""
    async with centre.store.read() as unit:
        held = (await unit.centre()).epoch
    now = centre.clock.wall_ms()
    return await change_epoch(centre.store, held, RESTORED, now_ms=now, randomness=Counted("restored"))


def resident(phone: Phone, number: int, village: str = VILLAGE, **fields: Any) -> bytes:
    """A change that registers a resident."""
    record = ident("resident", phone.device, number)
    values = {"name": f"居民{number}", "village": village, **fields}
    return phone.change("resident", record, "resident.register", **values)


@asynccontextmanager
async def open_centre(
    kind: StoreKind, folder: Path, postgres_url: str = "", *, steps: type[Steps] = Steps, writers: int = 4
) -> AsyncIterator[CentreUnderTest]:
    """A centre that was just founded. A second one on the same PostgreSQL is another process of the same centre."""
    clock, database = TestClock(), None
    store: Store
    if kind is StoreKind.MEMORY:
        store = MemoryStore(CentreMemory(CentreState("epoch1", 0)))
    else:
        url = postgres_url
        if kind is StoreKind.SQLITE:
            url = f"sqlite:///{folder}/centre.db"
            await migrate(url, now_ms=0)
        database = await open_database(url, read_connections=writers)
        await found_centre(database, "epoch1", START)
        store = SqlStore(database, sealing())
    centre = centre_on(store, database, clock, kind, steps=steps, writers=writers)
    try:
        yield centre
    finally:
        await centre.close()


def centre_on(
    store: Store,
    database: Database | None,
    clock: TestClock,
    kind: StoreKind,
    *,
    steps: type[Steps] = Steps,
    writers: int = 4,
) -> CentreUnderTest:
    context = WriteContext(
        store=store, policies=policies_of(sealing().keyed_index), steps=steps(clock, Counted("salt"))
    )
    raised: list[frozenset[str]] = []
    ended: list[StorageError] = []
    writer: WriteQueue | ParallelWriter
    if store.jobs_share_a_transaction:
        writer = WriteQueue(context, raised=raised.append, end_process=ended.append)
    else:
        writer = ParallelWriter(
            context, raised=raised.append, end_process=ended.append, jitter=lambda: 0.5, writers=writers
        )
    contacts = ContactBook(store)
    exchange = Exchange(
        store=store,
        writer=writer,
        steps=context.steps,
        clock=clock,
        randomness=Counted("epoch"),
        ack_key=ACK_KEY,
        contacts=contacts,
    )
    return CentreUnderTest(kind, store, database, clock, context, writer, exchange, contacts, raised, ended)
