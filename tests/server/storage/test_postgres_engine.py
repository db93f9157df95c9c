"""What is PostgreSQL's own: a server that dies, a pool that runs out, victims of a deadlock."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import Any

import asyncpg
import pytest
from asyncpg.pool import PoolConnectionHolder

from server.storage import postgres_engine
from server.storage.errors import (
    BadStatement,
    Busy,
    CommitUnknown,
    DiskFailure,
    SerializationRetry,
    StorageFull,
    UnitOfWorkEnded,
    Unreachable,
    UnsafeStorage,
)
from server.storage.open import open_database
from server.storage.postgres_engine import PostgresDatabase, translate
from tests.postgres import TEMPLATE, PostgresServer, running_postgres

INSERT = "INSERT INTO load (id, name) VALUES (?, ?)"


@pytest.fixture
async def database(postgres_url: str) -> AsyncIterator[PostgresDatabase]:
    database = await opened(postgres_url)
    async with database.write() as tx:
        await tx.execute("CREATE TABLE load (id BIGINT PRIMARY KEY, name TEXT)")
    yield database
    await database.close()


async def opened(url: str) -> PostgresDatabase:
    database = await open_database(url, read_connections=1)
    assert isinstance(database, PostgresDatabase)
    return database


async def write(database: PostgresDatabase, number: int) -> None:
    async with database.write() as tx:
        await tx.execute(INSERT, (number, "x"))


async def ids(database: PostgresDatabase) -> list[int]:
    async with database.read() as snapshot:
        return [row[0] for row in await snapshot.fetch("SELECT id FROM load ORDER BY id")]


async def test_writes_are_read_committed_and_durable_and_reads_one_snapshot(database: PostgresDatabase) -> None:
    for unit, expected in ((database.write(), "read committed"), (database.read(), "repeatable read")):
        async with unit as inside:
            assert await inside.fetch("SELECT current_setting('transaction_isolation')") == [(expected,)]
            assert await inside.fetch("SELECT current_setting('synchronous_commit')") == [("on",)]


async def test_a_pool_in_use_makes_others_wait_only_so_long(
    database: PostgresDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    may_end = asyncio.Event()

    async def hold() -> None:
        async with database.write():
            holding.release()
            await may_end.wait()

    holding = asyncio.Semaphore(0)
    holders = [asyncio.create_task(hold()) for _ in range(2)]
    for _ in holders:
        await holding.acquire()
    # Only now: on a busy machine a holder's own connection takes longer than that to be opened.
    monkeypatch.setattr(postgres_engine, "CONNECTION_WAIT_S", 0.02)
    with pytest.raises(Busy):
        await write(database, 1)
    monkeypatch.undo()
    may_end.set()
    await asyncio.gather(*holders)
    await write(database, 2)
    assert await ids(database) == [2]


async def test_a_connection_cut_before_commit_has_written_nothing(
    database: PostgresDatabase, postgres_server: PostgresServer
) -> None:
    with pytest.raises(Unreachable):
        async with database.write() as tx:
            await tx.execute(INSERT, (1, "x"))
            await cut(tx.fetch("SELECT pg_backend_pid()"), postgres_server)
            await tx.execute(INSERT, (2, "x"))
    await write(database, 3)
    assert await ids(database) == [3]


async def cut(pid_query: object, server: PostgresServer) -> None:
    ((pid,),) = await pid_query  # type: ignore[misc]
    await asyncio.to_thread(server.run, f"SELECT pg_terminate_backend({pid}, 5000)")


async def test_a_connection_cut_at_commit_leaves_the_outcome_unknown(
    database: PostgresDatabase, postgres_server: PostgresServer
) -> None:
    with pytest.raises(CommitUnknown):
        async with database.write() as tx:
            await tx.execute(INSERT, (1, "x"))
            await cut(tx.fetch("SELECT pg_backend_pid()"), postgres_server)
    await write(database, 2)
    assert 2 in await ids(database)


async def test_a_deadlock_has_a_victim_that_may_try_again(database: PostgresDatabase) -> None:
    async with database.write() as tx:
        await tx.execute_many(INSERT, [(1, "x"), (2, "x")])
    both = asyncio.Barrier(2)

    async def update(first: int, second: int) -> None:
        async with database.write() as tx:
            await tx.fetch("SELECT set_config('deadlock_timeout', '10ms', true)")
            await tx.execute("UPDATE load SET name = 'y' WHERE id = ?", (first,))
            await both.wait()
            await tx.execute("UPDATE load SET name = 'y' WHERE id = ?", (second,))

    results = await asyncio.gather(update(1, 2), update(2, 1), return_exceptions=True)
    assert [type(result) for result in results if result is not None] == [SerializationRetry]


async def test_sorted_locks_cannot_deadlock(database: PostgresDatabase) -> None:
    async def lock(keys: list[int]) -> None:
        async with database.write() as tx:
            await tx.lock_keys(keys)

    for _ in range(10):
        await asyncio.gather(lock([1, 2, 3]), lock([3, 2, 1]), lock([2, -(2**63), 2**63 - 1]))


async def test_a_lock_that_is_never_freed_is_busy(database: PostgresDatabase) -> None:
    async def lock() -> None:
        async with database.write() as tx:
            await tx.execute("SET LOCAL lock_timeout = '10ms'")
            await tx.lock_keys([9])

    async with database.write() as tx:
        await tx.lock_keys([9])
        with pytest.raises(Busy):
            await asyncio.create_task(lock())


async def test_a_rollback_that_the_server_does_at_commit_is_not_taken_for_success(database: PostgresDatabase) -> None:
    connection = None
    with pytest.raises(UnitOfWorkEnded, match="rolled this transaction back"):
        async with database.write() as tx:
            assert isinstance(tx, postgres_engine.PostgresTransaction)
            connection = tx._unit._connection
            await tx.execute(INSERT, (1, "x"))
            # Past the unit of work, which would have seen the failure.
            with pytest.raises(asyncpg.PostgresError):
                await connection.execute("SELECT nonsense")
    assert await ids(database) == []


async def test_a_script_is_refused(database: PostgresDatabase) -> None:
    with pytest.raises(BadStatement, match="migrations"):
        await database._client.execute_script("SELECT 1; SELECT 2")


@pytest.fixture(scope="module")
def own_server() -> Iterator[PostgresServer]:
    with running_postgres() as server:
        yield server


async def test_a_server_killed_under_writers_loses_nothing_acknowledged(own_server: PostgresServer) -> None:
    with own_server.database() as url:
        database = await opened(url)
        async with database.write() as tx:
            await tx.execute("CREATE TABLE load (id BIGINT PRIMARY KEY, name TEXT)")
        acknowledged: set[int] = set()
        unknown: set[int] = set()
        enough = asyncio.Event()

        async def work(start: int) -> None:
            for number in range(start, start + 100_000):
                try:
                    await write(database, number)
                except CommitUnknown:
                    unknown.add(number)
                    return
                except Unreachable:
                    return
                acknowledged.add(number)
                if len(acknowledged) > 20:
                    enough.set()

        workers = [asyncio.create_task(work(start)) for start in (0, 100_000)]
        await enough.wait()
        await asyncio.to_thread(own_server.kill)
        await asyncio.gather(*workers)
        with pytest.raises(Unreachable):
            await ids(database)
        await asyncio.to_thread(own_server.start)
        kept = set(await ids(database))
        assert acknowledged <= kept <= acknowledged | unknown
        await write(database, -1)
        await database.close()


async def test_a_connection_lost_while_it_is_given_back_hides_no_result(
    database: PostgresDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    release = PoolConnectionHolder.release

    async def lose_and_release(holder: PoolConnectionHolder, *arguments: Any) -> None:
        holder._con.terminate()
        await release(holder, *arguments)

    with monkeypatch.context() as losing:
        losing.setattr(PoolConnectionHolder, "release", lose_and_release)
        await write(database, 1)
        with pytest.raises(ZeroDivisionError):
            async with database.write():
                raise ZeroDivisionError
    await write(database, 2)
    assert await ids(database) == [1, 2]


@pytest.fixture
def unsafe_server() -> Iterator[PostgresServer]:
    with running_postgres(["fsync=off"]) as server:
        yield server


async def test_a_server_that_does_not_sync_is_refused(unsafe_server: PostgresServer) -> None:
    with pytest.raises(UnsafeStorage, match="fsync=off"):
        await opened(unsafe_server.url(TEMPLATE))


async def test_a_server_that_is_not_there_is_unreachable() -> None:
    with pytest.raises(Unreachable):
        await opened("postgres://postgres@127.0.0.1:1/nothing")


@pytest.mark.parametrize(
    ("error", "ours"),
    [
        (asyncpg.DiskFullError, StorageFull),
        (asyncpg.PostgresIOError, DiskFailure),
        (asyncpg.DataCorruptedError, DiskFailure),
        (asyncpg.SerializationError, SerializationRetry),
        (asyncpg.TooManyConnectionsError, Busy),
        (asyncpg.LockNotAvailableError, Busy),
        (asyncpg.AdminShutdownError, Unreachable),
        (asyncpg.CannotConnectNowError, Unreachable),
        (asyncpg.UndefinedTableError, BadStatement),
        (ConnectionResetError, Unreachable),
        (asyncpg.InternalClientError, BadStatement),
    ],
)
def test_drivers_errors_become_ours(error: type[Exception], ours: type[Exception]) -> None:
    assert type(translate(error("text"))) is ours


def test_a_farewell_that_is_still_being_read_is_a_lost_connection() -> None:
    """As asyncpg says it, now and then, where a connection is ended in the moment of the next statement."""
    error = asyncpg.InternalClientError("cannot switch to state 15; another operation (2) is in progress")
    assert type(translate(error)) is Unreachable
