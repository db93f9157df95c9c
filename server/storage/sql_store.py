"""The store on a database, SQLite or PostgreSQL: the statements of one transaction, in the order that the laws ask for.

On SQLite the writer is alone, so locks are nothing; on PostgreSQL devices are rows locked FOR UPDATE, ids advisory
locks on 64 bits of their hash (shared where something is only looked at: everybody files for the same few items),
heads rows locked in the order of their ids.
"""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

from server.storage import change_log, counts, heads, known_loader, records
from server.storage.fence import CENTRE, note_elsewhere
from server.storage.file_rows import file_states
from server.storage.number_leases import NumberLeases, read_next, used_statements
from server.storage.people import note_contact, note_fork, note_wiped
from server.storage.schema.records import KIND_TABLES
from server.storage.sealing import Sealing
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
from server.storage.unit_of_work import Database, Engine, Query, Row, Snapshot, Statement, Transaction
from sync.central.known import ChainState, Known, KnownChange, Wants
from sync.central.plan import EMPTY_HEAD, Head, Save
from sync.core.messages import FileState

_LOCK = """SELECT count(CASE WHEN looked_at THEN CAST(pg_advisory_xact_lock_shared(k) AS text)
                       ELSE CAST(pg_advisory_xact_lock(k) AS text) END)
           FROM unnest(CAST(? AS bigint[]), CAST(? AS boolean[])) AS t(k, looked_at)"""
_TRY = """SELECT bool_and(CASE WHEN looked_at THEN pg_try_advisory_xact_lock_shared(k)
                          ELSE pg_try_advisory_xact_lock(k) END)
          FROM unnest(CAST(? AS bigint[]), CAST(? AS boolean[])) AS t(k, looked_at)"""


def lock_key(ident: str) -> int:
    """The signed 64 bits that stand for an id."""
    return int.from_bytes(hashlib.sha256(ident.encode()).digest()[:8], "big", signed=True)


def _in_order(ids: Collection[str], looked_at: Collection[str]) -> tuple[list[int], list[bool]]:
    """The keys in the order that everyone keeps, so that nobody waits in a circle, and whether each is shared."""
    shared = dict.fromkeys(map(lock_key, looked_at), True) | dict.fromkeys(map(lock_key, ids), False)
    keys = sorted(shared)
    return keys, [shared[key] for key in keys]


class SqlRead:
    """One snapshot of a database."""

    def __init__(self, snapshot: Snapshot, engine: Engine, sealing: Sealing) -> None:
        self._snapshot = snapshot
        self._engine = engine
        self._sealing = sealing

    async def centre(self) -> CentreState:
        return _centre(await self._snapshot.fetch(*CENTRE))

    async def restored_at(self) -> int | None:
        sql = "SELECT since FROM epochs WHERE epoch = (SELECT epoch FROM centre) AND reason <> 'founded'"
        row = await self._snapshot.fetch_one(sql)
        return int(row[0]) if row is not None else None

    async def had_epoch(self, epoch: str) -> bool:
        return await self._snapshot.fetch_one("SELECT 1 FROM epochs WHERE epoch = ?", (epoch,)) is not None

    async def device_key(self, device: str) -> DeviceKey | None:
        row = await self._snapshot.fetch_one("SELECT account, public_key FROM devices WHERE id = ?", (device,))
        return DeviceKey(account=row[0], public_key=bytes(row[1])) if row is not None else None

    async def entitlement(self, account: str, device: str, chain_epoch: int) -> Entitlement:
        chain_query = (
            "SELECT last_seq, hash, durable_upto FROM chains WHERE device = ? AND chain_epoch = ?",
            (device, chain_epoch),
        )
        centre, chains, buckets = await self._snapshot.fetch_each([CENTRE, chain_query, heads.entitled_query(account)])
        chain = ChainState(chain_epoch, chains[0][0], bytes(chains[0][1])) if chains else None
        return Entitlement(
            centre=_centre(centre),
            chain=chain,
            durable_upto=chains[0][2] if chains else 0,
            buckets=tuple(EntitledBucket(row[0], row[1], heads.head_or_empty(row[2:])) for row in buckets),
        )

    async def rows(self, bucket: str, after: tuple[int, str], upto: int, limit: int) -> list[FeedRow]:
        return await records.read_rows(self._snapshot, bucket, after, upto, limit, self._sealing)

    async def restored_heads(self, buckets: Collection[str]) -> dict[str, int]:
        sql = "SELECT id, restored_head FROM buckets WHERE id IN (?*)"
        found: dict[str, int] = dict.fromkeys(buckets, 0)
        found.update((row[0], row[1]) for row in await self._snapshot.fetch(sql, (sorted(buckets),)))
        return found

    async def file_states(self, ids: Sequence[str], account: str) -> Mapping[str, FileState]:
        return await file_states(self._snapshot, ids, account)

    async def grants_given(self) -> Mapping[str, int]:
        return dict(
            await self._snapshot.fetch("SELECT account, CAST(sum(generation) AS BIGINT) FROM grants GROUP BY account")
        )

    async def waited_for(self, accounts: Collection[str] | None) -> list[str]:
        found = await self._snapshot.fetch_each(change_log.waited_for_queries(accounts))
        return sorted({row[0] for rows in found for row in rows})

    async def load(self, wants: Wants, known: Known) -> None:
        await known_loader.load(self._snapshot, wants, known, self._sealing, self._engine)


class SqlWrite(SqlRead):
    """One transaction of a database."""

    def __init__(self, tx: Transaction, engine: Engine, sealing: Sealing, leases: NumberLeases | None) -> None:
        super().__init__(tx, engine, sealing)
        self._tx = tx
        self._leases = leases
        self._next: dict[str, int] = {}
        self._leased: dict[str, range] = {}

    async def lock(self, devices: Collection[str], ids: Collection[str], looked_at: Collection[str] = ()) -> None:
        if self._engine is Engine.SQLITE:
            return
        await self._tx.fetch("SELECT id FROM devices WHERE id IN (?*) ORDER BY id FOR UPDATE", (sorted(devices),))
        await self._tx.fetch(_LOCK, _in_order(ids, looked_at))

    async def try_lock(self, ids: Collection[str], looked_at: Collection[str] = ()) -> bool:
        if self._engine is Engine.SQLITE or not (ids or looked_at):
            return True
        rows = await self._tx.fetch(_TRY, _in_order(ids, looked_at))
        return bool(rows[0][0])

    async def open(self, parts: Sequence[ChainPart]) -> tuple[CentreState, list[Standing]]:
        devices = sorted({part.device for part in parts})
        chains_query: Query = (
            "SELECT device, chain_epoch, last_seq, hash FROM chains WHERE device IN (?*)",
            (devices,),
        )
        queries = [CENTRE, chains_query, *known_loader.author_queries(devices)]
        overlapping = [part for part in parts if part.last_seq >= part.first_seq]
        queries += [change_log.stored_query(*part) for part in overlapping]
        centre, chain_rows, author_rows, grant_rows, *stored_rows = await self._tx.fetch_each(queries)
        authors = known_loader.authors_from((author_rows, grant_rows))
        chains = {(row[0], row[1]): ChainState(row[1], row[2], bytes(row[3])) for row in chain_rows}
        newest = {device: max((e for d, e in chains if d == device), default=0) for device in devices}
        stored = dict(zip(overlapping, stored_rows, strict=True))
        return _centre(centre), [
            Standing(
                author=authors.get(part.device),
                chain=chains.get((part.device, part.chain_epoch)),
                newest_chain_epoch=newest[part.device],
                stored=self._by_seq(stored.get(part, [])),
            )
            for part in parts
        ]

    def _by_seq(self, rows: Sequence[Row]) -> dict[int, KnownChange]:
        return {row[4]: change_log.known_of(row, self._sealing) for row in rows}

    async def reserve(self, series: Collection[str], count: int, known: Known) -> None:
        if self._leases is None:
            self._next.update(await read_next(self._tx, series))
            known.numbers.update((one, range(self._next[one], self._next[one] + count)) for one in series)
            return
        for one in sorted(series):
            self._leased[one] = known.numbers[one] = await self._leases.take(one, count)

    async def lock_heads(self, buckets: Collection[str]) -> dict[str, Head]:
        query = heads.heads_query(sorted(buckets), self._engine, lock=True)
        found = {row[0]: heads.head_of(row[1:]) for row in await self._tx.fetch(*query)}
        missing = sorted(set(buckets) - found.keys())
        if missing and self._engine is Engine.POSTGRES:
            # A row that is not there cannot be locked, and two transactions would both begin it at nothing.
            empty = heads.head_statements(dict.fromkeys(missing, EMPTY_HEAD))
            await self._tx.batch([(sql.partition("DO UPDATE")[0] + "DO NOTHING", rows) for sql, rows in empty])
            again = heads.heads_query(missing, self._engine, lock=True)
            found.update((row[0], heads.head_of(row[1:])) for row in await self._tx.fetch(*again))
        return found

    async def save(self, deposit: Deposit) -> None:
        self._sealing = self._sealing.for_many(len(deposit.save.records) + len(deposit.save.log))
        created, updates = self._record_rows(deposit)
        inserts = self._inserts(deposit, created)
        statements = self._statements(deposit, created, updates)
        if self._engine is Engine.SQLITE:
            await self._tx.batch([(_insert_sql(table, columns), rows) for table, columns, rows in inserts] + statements)
        else:
            for table, columns, rows in inserts:
                await self._tx.insert_many(table, columns, rows)
            await self._tx.batch(statements)
            self._give_back(deposit.numbers)
        for device in deposit.forked:
            await note_fork(self._tx, device, deposit.now)

    def _give_back(self, used: Mapping[str, int]) -> None:
        assert self._leases is not None, "PostgreSQL's numbers are leased"
        for series, numbers in self._leased.items():
            self._leases.give_back(series, numbers, used.get(series, 0))

    def _record_rows(self, deposit: Deposit) -> tuple[dict[str, list[Row]], dict[str, list[Row]]]:
        """Kind → rows of records that are new, and of those that were there."""
        created: dict[str, list[Row]] = {}
        updated: dict[str, list[Row]] = {}
        for record in deposit.save.records:
            into = created if (record.kind, record.id) in deposit.created else updated
            into.setdefault(record.kind, []).append(self._record_row(record, deposit))
        return created, updated

    def _inserts(
        self, deposit: Deposit, created: Mapping[str, list[Row]]
    ) -> list[tuple[str, Sequence[str], list[Row]]]:
        found: list[tuple[str, Sequence[str], list[Row]]] = [
            (KIND_TABLES[kind].table, records.columns_of(KIND_TABLES[kind]), rows) for kind, rows in created.items()
        ]
        log = [
            change_log.entry_row(one, self._sealing, plain=one.entry.change.kind in deposit.plain_kinds)
            for one in deposit.save.log
        ]
        if log:
            found.append(("changes", change_log.INSERT_COLUMNS, log))
        past = change_log.history_rows(deposit.save.past, self._sealing, deposit.plain_kinds)
        if past:
            found.append(("history", ("at", "hash", "body"), past))
        return found

    def _record_row(self, record: Any, deposit: Deposit) -> Row:
        derived = deposit.columns[record.kind, record.id]
        return records.row_of(record, derived, self._sealing, plain=record.kind in deposit.plain_kinds)

    def _statements(
        self, deposit: Deposit, created: Mapping[str, list[Row]], updates: Mapping[str, list[Row]]
    ) -> list[Statement]:
        save = deposit.save
        left = {one.record for one in save.exits}
        came = [(record.bucket, record.id) for record in save.records if record.id in left]
        parked = ((one.entry.change.id, one.entry.waits) for one in save.log)
        used = {} if self._leases is not None else deposit.numbers
        return [
            *_taken(updates, save.released, self._engine),
            *(
                (records.update_sql(KIND_TABLES[kind]), [(*row, row[0]) for row in rows])
                for kind, rows in updates.items()
            ),
            *_added(created, updates, save),
            *records.exit_statements(save.exits, came),
            *change_log.waiting_statements(parked, save.rewaits),
            *change_log.key_statements(save.keys),
            *change_log.outcome_statements(save.released, self._sealing),
            *heads.chain_statements(deposit.chains),
            *used_statements(self._next, used),
            *heads.head_statements(save.heads),
        ]

    async def keep_evidence(self, device: str, epoch: str, now: int, rows: Sequence[EvidenceRow]) -> None:
        kept = [
            (
                row.id,
                epoch,
                device,
                row.kind,
                row.record,
                row.bucket,
                row.version,
                now,
                self._sealing.seal(f"evidence/{row.id}", row.body),
            )
            for row in rows
        ]
        sql = """INSERT INTO evidence (id, epoch, device, kind, record, bucket, version, received_at, body)
                 VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING"""
        await self._tx.execute_many(sql, kept)

    async def change_epoch(self, expected: str, epoch: str, reason: str, now: int) -> bool:
        changed = await self._tx.execute(
            "UPDATE centre SET epoch = ?, epoch_block = (epoch_block + 1) % 10, since = ? WHERE id = 1 AND epoch = ?",
            (epoch, now, expected),
        )
        if not changed:
            return False
        await self._tx.execute(
            """INSERT INTO epochs (epoch, epoch_block, since, reason)
               SELECT epoch, epoch_block, since, CAST(? AS TEXT) FROM centre""",
            (reason,),
        )
        await self._tx.execute("UPDATE buckets SET restored_head = head")
        return True

    async def note_elsewhere(self, epoch: str, now: int) -> None:
        await note_elsewhere(self._tx, epoch, now)

    async def note_contact(self, device: str, at: int, waiting: int, waiting_since: int | None) -> None:
        await note_contact(self._tx, device, at_ms=at, unsent=waiting, unsent_since=waiting_since)

    async def note_wiped(self, device: str, at: int) -> None:
        await note_wiped(self._tx, device, at)


class SqlStore:
    """A store on an open database."""

    def __init__(self, database: Database, sealing: Sealing) -> None:
        self._database = database
        self._sealing = sealing
        self.jobs_share_a_transaction = database.engine is Engine.SQLITE
        self._leases = NumberLeases(database) if database.engine is Engine.POSTGRES else None

    @asynccontextmanager
    async def write(self) -> AsyncIterator[SqlWrite]:
        async with self._database.write() as tx:
            yield SqlWrite(tx, self._database.engine, self._sealing, self._leases)

    @asynccontextmanager
    async def read(self) -> AsyncIterator[SqlRead]:
        async with self._database.read() as snapshot:
            yield SqlRead(snapshot, self._database.engine, self._sealing)


async def found_centre(database: Database, epoch: str, now_ms: int) -> None:
    """Begins the centre's first history, unless it has one. Every later one is `change_epoch`'s."""
    async with database.write() as tx:
        begun = "INSERT INTO centre (id, epoch, epoch_block, since) VALUES (1, ?, 0, ?) ON CONFLICT (id) DO NOTHING"
        if await tx.execute(begun, (epoch, now_ms)):
            await tx.execute(
                "INSERT INTO epochs (epoch, epoch_block, since, reason) VALUES (?, 0, ?, 'founded')", (epoch, now_ms)
            )


def _taken(updates: Mapping[str, list[Row]], released: Sequence[KnownChange], engine: Engine) -> list[Statement]:
    """What counts no longer as it stood; changes in the order of their devices, as everyone takes them."""
    ids = [one.id for one in sorted(released, key=lambda one: (one.device, one.id))]
    found = counts.taken_statements("changes", ids, engine)
    for kind, rows in updates.items():
        found += counts.taken_statements(KIND_TABLES[kind].table, [row[0] for row in rows], engine)
    return found


def _added(created: Mapping[str, list[Row]], updates: Mapping[str, list[Row]], save: Save) -> list[Statement]:
    """What counts from now on."""
    logged = [one.entry.change for one in save.log if not one.entry.reused]
    codes = [(one.device, one.code.value) for one in (*logged, *save.released)]
    found = counts.added_statements("changes", ("device", "code"), codes)
    for kind in {**created, **updates}:
        shape = KIND_TABLES[kind]
        rows = [*created.get(kind, ()), *updates.get(kind, ())]
        found += counts.added_statements(shape.table, records.columns_of(shape), rows)
    return found


def _centre(rows: Sequence[Row]) -> CentreState:
    assert rows, "the centre was founded before it serves"
    return CentreState(*rows[0])


def _insert_sql(table: str, columns: Sequence[str]) -> str:
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"  # noqa: S608
