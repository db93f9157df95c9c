"""SQLite under Tortoise: SQLCipher's build of it, driven through aiosqlite's one thread per connection.

Laws, the first three asserted on every connection before it is used:
- WAL with synchronous=FULL. NORMAL loses acknowledged rows in a power cut.
- foreign_keys=ON; readers have query_only=ON.
- More than one connection needs SQLite 3.51.3: older ones can corrupt a WAL that two connections reset.
- A write transaction begins IMMEDIATE, so that it never reads what it may not write.
- What the thread is given runs in order. To abandon a transaction is therefore to queue its rollback, which needs
  no await and so cannot be cancelled: whatever was queued before it is undone, whatever comes after starts clean.
- A disk failure on the writer is final: nothing is written any more until the process has started anew.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import partial
from typing import Any, TypeVar

import aiosqlite
from sqlcipher3 import dbapi2
from tortoise.backends.base.client import NestedTransactionContext, TransactionalDBClient, TransactionContext
from tortoise.backends.sqlite.client import SqliteClient, _gen_savepoint_name
from tortoise.connection import ConnectionToken, get_connections
from tortoise.context import TortoiseContext

from server.storage.errors import (
    BadStatement,
    Busy,
    DiskFailure,
    UnitOfWorkEnded,
)
from server.storage.placeholders import for_sqlite
from server.storage.sqlite_connection import Key, Raw, open_raw, translate
from server.storage.unit_of_work import Database, Engine, Query, Row, Statement, Transaction, settle

T = TypeVar("T")
Work = Callable[[Raw], T]

ALIAS = "sqlite"  # Tortoise caches SQL by alias, not by engine: each engine has an alias of its own
READER_WAIT_S = 10.0


def _insert(query: str, values: Sequence[Any], raw: Raw) -> int:
    return int(raw.execute(query, values).lastrowid)


def _query(query: str, values: Sequence[Any] | None, raw: Raw) -> tuple[int, list[Any]]:
    before = raw.total_changes
    cursor = raw.cursor()
    cursor.row_factory = dbapi2.Row
    rows = cursor.execute(query, values or ()).fetchall()
    return (raw.total_changes - before) or len(rows), rows


def _many(query: str, values: Iterable[Sequence[Any]], raw: Raw) -> None:
    raw.executemany(query, values)


def _fetch_each(queries: Sequence[Query], raw: Raw) -> list[list[Row]]:
    return [raw.execute(*for_sqlite(sql, params)).fetchall() for sql, params in queries]


def _execute(sql: str, params: Sequence[Any], raw: Raw) -> int:
    cursor = raw.execute(*for_sqlite(sql, params))
    cursor.fetchall()  # a RETURNING clause takes effect row by row
    return max(int(cursor.rowcount), 0)


def run_script_many(statements: Sequence[Statement], raw: Raw) -> None:
    """Every statement for every one of its rows, in one hop to the thread."""
    for sql, rows in statements:
        if "?*" in sql:
            for row in rows:
                raw.execute(*for_sqlite(sql, row))
        else:
            raw.executemany(sql, rows)


def _begin(how: str, raw: Raw) -> None:
    raw.execute(how)


def _commit(raw: Raw) -> None:
    if not raw.in_transaction:
        raise UnitOfWorkEnded("SQLite has rolled this transaction back")
    try:
        raw.execute("COMMIT")
    except BaseException:
        _undo(raw)  # a COMMIT that was busy or found the disk full leaves its transaction open
        raise


def _undo(raw: Raw) -> None:
    if raw.in_transaction:
        raw.execute("ROLLBACK")


def _in_own_transaction(work: Work[T], raw: Raw) -> T:
    _begin("BEGIN IMMEDIATE", raw)
    try:
        result = work(raw)
    except BaseException:
        _undo(raw)
        raise
    _commit(raw)
    return result


class CancelSafeSqliteClient(SqliteClient):
    """One connection. Outside a transaction each call is a transaction of its own."""

    disk_failure: DiskFailure | None = None

    def __init__(
        self, file_path: str, *, key: Key | None = None, query_only: bool = False, several: bool = True, **rest: Any
    ) -> None:
        super().__init__(file_path, **rest)
        self._open = partial(open_raw, file_path, key, query_only=query_only, several=several)
        self.query_only = query_only
        self._begin_sql = "BEGIN" if query_only else "BEGIN IMMEDIATE"

    async def create_connection(self, with_db: bool) -> None:
        if self._connection is None:
            await settle(self._connect())

    async def _connect(self) -> None:
        connection = aiosqlite.Connection(self._open, iter_chunk_size=64)
        connection._thread.daemon = True  # a program that ends in an error must not hang on an open database
        try:
            self._connection = await connection
        except BaseException:
            connection._thread.join()  # it has been told to stop and must not outlive the event loop
            raise
        await self._post_connect()

    async def close(self) -> None:
        if self._connection is not None:
            connection, self._connection = self._connection, None
            await settle(connection.close())
            connection._thread.join()  # it has run its last work; nothing of this database is left behind

    def unit(self) -> "SqliteUnit":
        return SqliteUnit(self)

    def _in_transaction(self) -> TransactionContext:
        return SqliteUnitContext(self.unit(), self)

    async def hop(self, work: Work[T]) -> T:
        """Runs work in the connection's thread. A cancelled caller does not stop work that is queued."""
        assert self._connection is not None, "the database is closed"
        execute: Any = self._connection._execute
        result: T = await execute(self._guarded, work, self._connection._conn)
        return result

    def post(self, work: Work[None]) -> None:
        """Queues work in the connection's thread and does not wait."""
        if self._connection is not None and self._connection._running:
            self._connection._tx.put_nowait((None, partial(self._guarded, work, self._connection._conn)))

    def _guarded(self, work: Work[T], raw: Raw) -> T:
        if self.disk_failure is not None:
            raise self.disk_failure
        try:
            return work(raw)
        except (dbapi2.Error, dbapi2.Warning, OverflowError) as error:
            ours = translate(error)
            if isinstance(ours, DiskFailure) and not self.query_only:
                self.disk_failure = ours
            raise ours from error

    async def _run(self, work: Work[T]) -> T:
        async with self._lock:
            await self.create_connection(with_db=True)
            return await self.hop(partial(_in_own_transaction, work))

    async def execute_insert(self, query: str, values: list[Any]) -> int:
        return await self._run(partial(_insert, query, values))

    async def execute_many(self, query: str, values: list[list[Any]]) -> None:
        await self._run(partial(_many, query, values))

    async def execute_query(self, query: str, values: list[Any] | None = None) -> tuple[int, Sequence[dict[Any, Any]]]:
        return await self._run(partial(_query, query.replace("\x00", "'||CHAR(0)||'"), values))

    async def execute_query_dict(self, query: str, values: list[Any] | None = None) -> list[dict[Any, Any]]:
        return [dict(row) for row in (await self.execute_query(query, values))[1]]

    async def execute_script(self, query: str) -> None:
        raise BadStatement("a script would commit the transaction it runs in; schema changes are migrations")


client_class = CancelSafeSqliteClient  # where Tortoise looks for an engine's client


class SqliteUnit(CancelSafeSqliteClient, TransactionalDBClient):
    """One transaction on a connection, as Tortoise sees it."""

    def __init__(self, parent: CancelSafeSqliteClient, within: "SqliteUnit | None" = None) -> None:
        self.capabilities = parent.capabilities
        self.connection_name = parent.connection_name
        self.log = parent.log
        self.fetch_inserted = parent.fetch_inserted
        self._bound_loop = parent._bound_loop
        self._parent: CancelSafeSqliteClient = parent
        self._within = within
        self._finalized = False
        self._doomed: BaseException | None = None
        self._savepoint: str | None = None
        self._begun = True

    def _in_transaction(self) -> TransactionContext:
        return NestedTransactionContext(SqliteUnit(self._parent, within=self))

    async def _run(self, work: Work[T]) -> T:
        self.check_usable()
        inside, outermost = partial(_inside_transaction, work), self._within or self
        if not outermost._begun:
            outermost._begun = True
            inside = partial(_begin_with, self._parent._begin_sql, work)
        try:
            return await self._parent.hop(inside)
        except BaseException as error:
            self._doomed = error
            raise

    def check_usable(self) -> None:
        if self._finalized or (self._within is not None and self._within._finalized):
            raise UnitOfWorkEnded("this unit of work has ended; its tasks must not outlive it")
        doomed = self._doomed or (self._within._doomed if self._within is not None else None)
        if doomed is not None:
            raise UnitOfWorkEnded("a statement failed in this unit of work: it can only be rolled back") from doomed

    async def begin(self) -> None:
        if self._parent.query_only:
            self._begun = False  # a snapshot begins with its first query, in the same hop
            return
        await self._parent.hop(partial(_begin, self._parent._begin_sql))

    async def commit(self) -> None:
        self.check_usable()
        if self._parent.query_only:
            self.abandon()  # there is nothing to keep, and whoever has this connection next comes after it
            return
        self._finalized = True
        await settle(self._parent.hop(_commit))

    async def rollback(self) -> None:
        self.abandon()

    def abandon(self) -> None:
        """Ends the transaction without writing. Needs no await: see the module's laws."""
        if not self._finalized:
            self._finalized = True
            if self._begun:
                self._parent.post(_undo)

    async def savepoint(self) -> None:
        self._savepoint = _gen_savepoint_name()
        await self._run(lambda raw: raw.execute(f"SAVEPOINT {self._savepoint}"))

    async def release_savepoint(self) -> None:
        await self._run(lambda raw: raw.execute(f"RELEASE {self._savepoint}"))
        self._finalized = True

    async def savepoint_rollback(self) -> None:
        self._finalized = True
        self._parent.post(lambda raw: _undo_to(self._savepoint, raw))


def _inside_transaction(work: Work[T], raw: Raw) -> T:
    # SQLite rolls back by itself on some errors. What came next would be written at once, outside any transaction.
    if not raw.in_transaction:
        raise UnitOfWorkEnded("SQLite has rolled this transaction back")
    return work(raw)


def _begin_with(begin: str, work: Work[T], raw: Raw) -> T:
    raw.execute(begin)
    return work(raw)


def _undo_to(savepoint: str | None, raw: Raw) -> None:
    if raw.in_transaction:
        raw.execute(f"ROLLBACK TO {savepoint}")
        raw.execute(f"RELEASE {savepoint}")


class SqliteUnitContext(TransactionContext):
    """Holds the connection's lock and Tortoise's alias from before BEGIN until after COMMIT."""

    def __init__(self, unit: SqliteUnit, client: CancelSafeSqliteClient) -> None:
        self.unit = unit
        self.client_lock = client._lock
        self._client = client
        self._token: ConnectionToken | None = None

    async def __aenter__(self) -> SqliteUnit:
        await self.client_lock.acquire()
        try:
            await self._client.create_connection(with_db=True)
            await self.unit.begin()
            self._token = get_connections().set(self._client.connection_name, self.unit)
        except BaseException:
            self.unit.abandon()
            self.client_lock.release()
            raise
        return self.unit

    async def __aexit__(self, exc_type: Any, exc_val: Any, exc_tb: Any) -> None:
        try:
            if exc_type is None and not self.unit._finalized:
                await self.unit.commit()
        finally:
            get_connections().reset(self._token)
            self.unit.abandon()
            self.client_lock.release()


class SqliteTransaction(Transaction):
    def __init__(self, unit: SqliteUnit) -> None:
        self._unit = unit

    async def fetch(self, sql: str, params: Sequence[Any] = ()) -> list[Row]:
        return (await self._unit._run(partial(_fetch_each, [(sql, params)])))[0]

    async def fetch_each(self, queries: Sequence[Query]) -> list[list[Row]]:
        return await self._unit._run(partial(_fetch_each, queries))

    async def execute(self, sql: str, params: Sequence[Any] = ()) -> int:
        return await self._unit._run(partial(_execute, sql, params))

    async def batch(self, statements: Sequence[Statement]) -> None:
        await self._unit._run(partial(run_script_many, statements))

    async def insert_many(self, table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
        sql = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"  # noqa: S608
        await self.batch([(sql, rows)])

    async def lock_keys(self, keys: Sequence[int]) -> None:
        self._unit.check_usable()


class SqliteDatabase(Database):
    """One writer and some readers on one file."""

    engine = Engine.SQLITE

    def __init__(
        self, context: TortoiseContext, writer: CancelSafeSqliteClient, readers: Sequence[CancelSafeSqliteClient]
    ) -> None:
        super().__init__(context)
        self._writer = writer
        self._readers = readers
        self._free: asyncio.LifoQueue[CancelSafeSqliteClient] = asyncio.LifoQueue()
        for reader in readers:
            self._free.put_nowait(reader)

    @property
    def disk_failure(self) -> DiskFailure | None:  # type: ignore[override]
        return self._writer.disk_failure

    async def close(self) -> None:
        for client in (*self._readers, self._writer):  # the last to close, the writer, cleans up the WAL
            await client.close()

    def _open_write(self) -> AbstractAsyncContextManager[SqliteTransaction]:
        return self._unit_on(self._writer)

    @asynccontextmanager
    async def _open_read(self) -> AsyncIterator[SqliteTransaction]:
        try:
            async with asyncio.timeout(READER_WAIT_S):
                reader = await self._free.get()
        except TimeoutError as error:
            raise Busy("every reading connection is in use") from error
        try:
            async with self._unit_on(reader) as snapshot:
                yield snapshot
        finally:
            self._free.put_nowait(reader)

    @asynccontextmanager
    async def _unit_on(self, client: CancelSafeSqliteClient) -> AsyncIterator[SqliteTransaction]:
        async with SqliteUnitContext(client.unit(), client) as unit:
            yield SqliteTransaction(unit)
