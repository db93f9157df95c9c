"""PostgreSQL under Tortoise, through asyncpg's pool.

Laws:
- Writes are READ COMMITTED and order themselves by lock_keys; reads are REPEATABLE READ, READ ONLY.
- fsync, full_page_writes and synchronous_commit are asserted at start.
- A connection goes back to the pool only when it is surely outside a transaction; in doubt it is cut. Giving it
  back runs to its end however often the task is cancelled, so that the pool never runs empty.
- A connection lost during COMMIT is CommitUnknown, lost at any other time Unreachable. An aborted transaction's
  COMMIT is answered with ROLLBACK and no error: the answer is read.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import asyncpg
from tortoise.backends.asyncpg.client import AsyncpgDBClient
from tortoise.backends.base.client import (
    ConnectionWrapper,
    NestedTransactionContext,
    TransactionalDBClient,
    TransactionContext,
)
from tortoise.backends.sqlite.client import _gen_savepoint_name
from tortoise.connection import ConnectionToken, get_connections
from tortoise.context import TortoiseContext
from tortoise.exceptions import DBConnectionError

from server.storage.errors import (
    BadStatement,
    Busy,
    CommitUnknown,
    ConstraintViolation,
    DiskFailure,
    SerializationRetry,
    StorageError,
    StorageFull,
    UniqueViolation,
    UnitOfWorkEnded,
    Unreachable,
    UnsafeStorage,
)
from server.storage.placeholders import for_postgres
from server.storage.unit_of_work import Database, Engine, Query, Row, Statement, Transaction, settle

T = TypeVar("T")
Connection = Any  # asyncpg has no types

ALIAS = "postgres"  # Tortoise caches SQL by alias, not by engine: each engine has an alias of its own
READ_COMMITTED = "BEGIN ISOLATION LEVEL READ COMMITTED"
SNAPSHOT = "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY"
CONNECTION_WAIT_S = 10.0
ROLLBACK_WAIT_S = 5.0
COPY_FROM_ROWS = 50  # below this, executemany in one round trip costs less than COPY's extra ones
SERVER_SETTINGS = {
    "application_name": "bangban",
    "synchronous_commit": "on",
    "lock_timeout": "10000",
    # A process that froze in a transaction must not hold its locks for ever.
    "idle_in_transaction_session_timeout": "60000",
    "jit": "off",
}

_BUSY = {"55P03", "53300", "53200", "57014"}
_RETRY = {"40001", "40P01"}
_DISK = {"58030", "XX001", "XX002"}
_KEY_COLUMNS = re.compile(r"\((.*?)\)=\(")  # of "Key (a, b)=(1, 2) already exists.", in any language


_GONE = ("closed", "released back", "cannot switch to state")
"""What the driver says of a connection that was lost; the last while the server's farewell is still being read."""


def translate(error: BaseException) -> StorageError:
    """A driver's error as one of ours. Only the constraint's name survives, never a row's values."""
    if not isinstance(error, asyncpg.PostgresError):
        if isinstance(error, (OSError, TimeoutError)) or any(word in str(error) for word in _GONE):
            return Unreachable("the database server is gone")
        return BadStatement(f"{type(error).__name__}: parameters or statement refused by the driver")
    state = error.sqlstate or ""
    match state:
        case _ if state in _BUSY:
            return Busy("the database server had no lock or connection free in time")
        case _ if state in _RETRY:
            return SerializationRetry("the database chose this transaction to be tried again")
        case "23505":
            key = _KEY_COLUMNS.search(error.detail or "")
            name = f"{error.table_name}({key[1]})" if key else error.constraint_name
            return UniqueViolation(str(name).replace('"', ""))
        case _ if state.startswith("23"):
            name = error.constraint_name or error.column_name
            return ConstraintViolation(f"{type(error).__name__}: {error.table_name}, {name}")
        case "53100":
            return StorageFull("no space left for the database")
        case _ if state in _DISK:
            return DiskFailure(f"the disk failed under the database: {state}")
        case _ if state.startswith(("08", "57P")):
            return Unreachable("the database server is gone or going")
        case _:
            return BadStatement(f"{type(error).__name__} {state}: {error.args[0] if error.args else ''}")


_DRIVER_ERRORS = (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, OSError, TimeoutError)


async def _translated(call: Callable[..., Awaitable[T]], *arguments: Any) -> T:
    try:
        return await call(*arguments)  # a connection that was lost refuses already the call
    except _DRIVER_ERRORS as error:
        raise translate(error) from error


class CancelSafePostgresClient(AsyncpgDBClient):
    """The pool. Outside a transaction each call is a transaction of its own."""

    async def _translate_exceptions(self, func: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        return await _translated(lambda: func(self, *args, **kwargs))

    async def create_connection(self, with_db: bool) -> None:
        self.extra.setdefault("reset", _check_reset)
        self.server_settings = {**SERVER_SETTINGS, **self.server_settings}
        try:
            await super().create_connection(with_db)
        except DBConnectionError as error:
            raise Unreachable(str(error)) from error
        except _DRIVER_ERRORS as error:
            raise translate(error) from error

    def unit(self, begin_sql: str = READ_COMMITTED) -> "PostgresUnit":
        return PostgresUnit(self, begin_sql)

    def _in_transaction(self) -> TransactionContext:
        return PostgresUnitContext(self.unit(), self)

    async def execute_many(self, query: str, values: list[Any]) -> None:
        async with self.acquire_connection() as connection:
            await _translated(connection.executemany, query, values)  # asyncpg makes it all or nothing

    async def execute_script(self, query: str) -> None:
        raise BadStatement("a script would commit the transaction it runs in; schema changes are migrations")

    async def take(self) -> Connection:
        try:
            return await self._required_pool().acquire(timeout=CONNECTION_WAIT_S)
        except TimeoutError as error:
            raise Busy("every database connection is in use") from error
        except _DRIVER_ERRORS as error:
            raise translate(error) from error

    async def give_back(self, connection: Connection, *, surely_idle: bool) -> None:
        """Gives a connection back to the pool, or cuts it when it may still be inside a transaction."""
        if not surely_idle and not _is_gone(connection):
            try:
                # asyncpg first waits until the statement that was cancelled is really over.
                await asyncio.wait_for(connection.execute("ROLLBACK"), ROLLBACK_WAIT_S)
            except (*_DRIVER_ERRORS, asyncio.CancelledError):
                if not _is_gone(connection):
                    connection.terminate()
        try:
            await self._required_pool().release(connection)
        except _DRIVER_ERRORS:
            # A server that dies at this very moment makes the pool take the connection back before release does.
            if not _is_gone(connection):
                raise

    def _required_pool(self) -> Any:
        assert self._pool is not None, "the database is closed"
        return self._pool


def _is_gone(connection: Connection) -> bool:
    """Was the connection lost? The pool has taken it back then, and every call on it is refused."""
    try:
        return bool(connection.is_closed())
    except asyncpg.InterfaceError:
        return True


async def _check_reset(connection: Connection) -> None:
    # Units of work leave no session state behind: settings are the pool's, locks are the transaction's.
    assert not connection.is_in_transaction(), "a connection came back inside a transaction"


client_class = CancelSafePostgresClient  # where Tortoise looks for an engine's client


class PostgresUnit(CancelSafePostgresClient, TransactionalDBClient):
    """One transaction on one connection, as Tortoise sees it."""

    def __init__(self, parent: CancelSafePostgresClient, begin_sql: str, within: "PostgresUnit | None" = None) -> None:
        self.log = parent.log
        self.connection_name = parent.connection_name
        self.fetch_inserted = parent.fetch_inserted
        self._bound_loop = parent._bound_loop
        self._parent: CancelSafePostgresClient = parent
        self._begin_sql = begin_sql
        self._within = within
        self._connection: Connection = within._connection if within else None
        self._lock: asyncio.Lock = within._lock if within else asyncio.Lock()
        self._finalized = False
        self._doomed: BaseException | None = None
        self._savepoint: str | None = None

    def _in_transaction(self) -> TransactionContext:
        return NestedTransactionContext(PostgresUnit(self._parent, self._begin_sql, within=self))

    def acquire_connection(self) -> "_UsableConnection":
        return _UsableConnection(self)

    def check_usable(self) -> None:
        if self._finalized or (self._within is not None and self._within._finalized):
            raise UnitOfWorkEnded("this unit of work has ended; its tasks must not outlive it")
        doomed = self._doomed or (self._within._doomed if self._within is not None else None)
        if doomed is not None:
            raise UnitOfWorkEnded("a statement failed in this unit of work: it can only be rolled back") from doomed

    async def run(self, work: Callable[[Connection], Awaitable[T]]) -> T:
        async with self.acquire_connection() as connection:
            return await _translated(work, connection)

    async def begin(self) -> None:
        await _translated(self._connection.execute, self._begin_sql)

    async def commit(self) -> None:
        self.check_usable()
        self._finalized = True
        await settle(self._commit())

    async def _commit(self) -> None:
        try:
            answer = await self._connection.execute("COMMIT")
        except _DRIVER_ERRORS as error:
            ours = translate(error)
            if isinstance(ours, Unreachable):
                raise CommitUnknown("the connection broke during COMMIT") from error
            raise ours from error
        if answer != "COMMIT":
            raise UnitOfWorkEnded("the database has rolled this transaction back")

    async def rollback(self) -> None:
        self._finalized = True  # the context gives the connection back, and rolls back first

    async def savepoint(self) -> None:
        self._savepoint = _gen_savepoint_name()
        await self.run(lambda connection: connection.execute(f"SAVEPOINT {self._savepoint}"))

    async def release_savepoint(self) -> None:
        await self.run(lambda connection: connection.execute(f"RELEASE {self._savepoint}"))
        self._finalized = True

    async def savepoint_rollback(self) -> None:
        self._finalized = True
        try:
            await _translated(self._connection.execute, f"ROLLBACK TO {self._savepoint}")
        except BaseException as error:
            assert self._within is not None, "a savepoint is always inside a transaction"
            self._within._doomed = error
            raise


class _UsableConnection(ConnectionWrapper[Any]):
    """A transaction's connection for one statement: one at a time, and any failure dooms the transaction."""

    def __init__(self, unit: PostgresUnit) -> None:
        self._unit = unit

    async def __aenter__(self) -> Connection:
        await self._unit._lock.acquire()
        try:
            self._unit.check_usable()
        except BaseException:
            self._unit._lock.release()
            raise
        return self._unit._connection

    async def __aexit__(self, exc_type: Any, exc_val: Any, exc_tb: Any) -> None:
        if exc_val is not None:
            self._unit._doomed = exc_val
        self._unit._lock.release()


class PostgresUnitContext(TransactionContext):
    """Holds a connection and Tortoise's alias from before BEGIN until after COMMIT."""

    def __init__(self, unit: PostgresUnit, client: CancelSafePostgresClient) -> None:
        self.unit = unit
        self._client = client
        self._token: ConnectionToken | None = None

    async def __aenter__(self) -> PostgresUnit:
        self.unit._connection = await self._client.take()
        try:
            await self.unit.begin()
            self._token = get_connections().set(self._client.connection_name, self.unit)
        except BaseException:
            self.unit._finalized = True
            await settle(self._client.give_back(self.unit._connection, surely_idle=False))
            raise
        return self.unit

    async def __aexit__(self, exc_type: Any, exc_val: Any, exc_tb: Any) -> None:
        surely_idle = False
        try:
            if exc_type is None and not self.unit._finalized:
                await self.unit.commit()
                surely_idle = True
        finally:
            self.unit._finalized = True
            get_connections().reset(self._token)
            await settle(self._client.give_back(self.unit._connection, surely_idle=surely_idle))


class PostgresTransaction(Transaction):
    def __init__(self, unit: PostgresUnit) -> None:
        self._unit = unit

    async def fetch(self, sql: str, params: Sequence[Any] = ()) -> list[Row]:
        found = await self._unit.run(lambda connection: connection.fetch(for_postgres(sql), *params))
        return [tuple(record) for record in found]

    async def fetch_each(self, queries: Sequence[Query]) -> list[list[Row]]:
        return [await self.fetch(sql, params) for sql, params in queries]

    async def execute(self, sql: str, params: Sequence[Any] = ()) -> int:
        answer = await self._unit.run(lambda connection: connection.execute(for_postgres(sql), *params))
        count = answer.rpartition(" ")[2]  # "INSERT 0 3", "UPDATE 3", "CREATE TABLE"
        return int(count) if count.isdigit() else 0

    async def batch(self, statements: Sequence[Statement]) -> None:
        for sql, rows in statements:
            if len(rows) == 1:
                await self.execute(sql, rows[0])
            elif rows:
                await self._run_many(for_postgres(sql), rows)

    async def _run_many(self, sql: str, rows: Sequence[Sequence[Any]]) -> None:
        await self._unit.run(lambda connection: connection.executemany(sql, rows))

    async def insert_many(self, table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
        if len(rows) < COPY_FROM_ROWS:
            sql = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"  # noqa: S608
            await self.batch([(sql, rows)])
            return
        await self._unit.run(
            lambda connection: connection.copy_records_to_table(table, columns=list(columns), records=rows)
        )

    async def lock_keys(self, keys: Sequence[int]) -> None:
        # Everyone takes them in the same order, so that two batches cannot wait for each other.
        in_order = sorted(set(keys))
        await self.fetch("SELECT pg_advisory_xact_lock(k) FROM unnest(CAST(? AS bigint[])) AS k", (in_order,))


class PostgresDatabase(Database):
    """A pool on one database."""

    engine = Engine.POSTGRES

    def __init__(self, context: TortoiseContext, client: CancelSafePostgresClient) -> None:
        super().__init__(context)
        self._client = client

    async def close(self) -> None:
        await settle(self._client.close())

    @asynccontextmanager
    async def _open_write(self) -> AsyncIterator[PostgresTransaction]:
        async with PostgresUnitContext(self._client.unit(READ_COMMITTED), self._client) as unit:
            yield PostgresTransaction(unit)

    @asynccontextmanager
    async def _open_read(self) -> AsyncIterator[PostgresTransaction]:
        async with PostgresUnitContext(self._client.unit(SNAPSHOT), self._client) as unit:
            yield PostgresTransaction(unit)


async def assert_durable(client: CancelSafePostgresClient) -> None:
    """Refuses a server that would lose acknowledged work."""
    connection = await client.take()
    try:
        for setting in ("fsync", "full_page_writes", "synchronous_commit"):
            found = await connection.fetchval("SELECT current_setting($1)", setting)
            if found in ("off", "local"):
                raise UnsafeStorage(f"the database server has {setting}={found}: it would lose acknowledged work")
    finally:
        await settle(client.give_back(connection, surely_idle=True))
