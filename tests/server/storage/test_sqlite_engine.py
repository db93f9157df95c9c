"""What is SQLite's own: its pragmas, its key, its lock, a full or failing disk."""

import asyncio
import resource
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlcipher3 import dbapi2

from server.storage import sqlite_engine
from server.storage.errors import (
    BadStatement,
    Busy,
    DiskFailure,
    StorageFull,
    UniqueViolation,
    UnitOfWorkEnded,
    UnsafeStorage,
    WrongKey,
)
from server.storage.migrate import migrate
from server.storage.open import open_database
from server.storage.sqlite_connection import Key, open_raw
from server.storage.sqlite_engine import SqliteDatabase
from tests.cancel import Moment, cancelled_at

KEY = bytes(range(32))
LOAD = "INSERT INTO load (id, body) VALUES (?, ?)"


@pytest.fixture
async def file(tmp_path: Path) -> Path:
    path = tmp_path / "centre.db"
    await migrate(f"sqlite:///{path}", now_ms=0)
    return path


@pytest.fixture
async def database(file: Path) -> AsyncIterator[SqliteDatabase]:
    database = await open_database(f"sqlite:///{file}", read_connections=1)
    assert isinstance(database, SqliteDatabase)
    async with database.write() as tx:
        await tx.execute("CREATE TABLE load (id INTEGER PRIMARY KEY, body BLOB)")
    yield database
    await database.close()


@contextmanager
def held_elsewhere(file: Path) -> Iterator[Any]:
    """Another process's connection that holds the write lock."""
    other = dbapi2.connect(str(file), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        yield other
    finally:
        if other.in_transaction:
            other.rollback()
        other.close()


async def test_every_connection_is_durable_and_readers_only_read(database: SqliteDatabase) -> None:
    pragmas = ("journal_mode", "synchronous", "foreign_keys", "trusted_schema", "query_only")
    for unit, query_only in ((database.write(), 0), (database.read(), 1)):
        async with unit as inside:
            found = [(await inside.fetch(f"PRAGMA {pragma}"))[0][0] for pragma in pragmas]
        assert found == ["wal", 2, 1, 0, query_only]


def test_a_database_that_will_not_take_wal_is_refused() -> None:
    with pytest.raises(UnsafeStorage, match="journal_mode=memory"):
        open_raw(":memory:", None)


def test_an_old_sqlite_is_refused_beside_other_connections(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dbapi2, "sqlite_version_info", (3, 51, 2))
    with pytest.raises(UnsafeStorage, match=r"3\.51\.3"):
        open_raw(str(tmp_path / "old.db"), None)
    open_raw(str(tmp_path / "old.db"), None, several=False).close()


async def test_a_file_that_cannot_be_opened_is_refused_with_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "centre.db").mkdir()
    with pytest.raises(UnsafeStorage, match="cannot be opened"):
        await open_database(f"sqlite:///{tmp_path}/centre.db")


async def test_a_keyed_file_opens_with_its_key_alone_and_shows_nothing(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    url = f"sqlite:///{tmp_path}/keyed.db"
    await migrate(url, now_ms=0, sqlite_key=KEY)
    database = await open_database(url, sqlite_key=KEY)
    await database.close()
    for wrong in (None, bytes(32)):
        with pytest.raises(WrongKey):
            await open_database(url, sqlite_key=wrong)
    assert b"schema_version" not in (tmp_path / "keyed.db").read_bytes()
    with pytest.raises(sqlite3.DatabaseError):
        sqlite3.connect(tmp_path / "keyed.db").execute("SELECT * FROM sqlite_master")
    assert capfd.readouterr().err == ""


def test_a_key_is_never_printed() -> None:
    assert "0" not in repr(Key(KEY))


async def test_a_lock_held_by_another_process_is_busy_and_passes(
    database: SqliteDatabase, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with database.write() as tx:
        await tx.fetch("PRAGMA busy_timeout = 1")
    with held_elsewhere(file):
        with pytest.raises(Busy):
            async with database.write():
                pass
        async with database.read() as snapshot:
            assert await snapshot.fetch("SELECT count(*) FROM load") == [(0,)]
    async with database.write() as tx:
        await tx.execute(LOAD, (1, b""))


async def test_an_abandoned_unit_holds_no_lock_against_other_processes(database: SqliteDatabase, file: Path) -> None:
    async def write() -> None:
        async with database.write() as tx:
            await tx.execute(LOAD, (1, b""))
            await asyncio.Event().wait()

    cancelled, suspensions = await cancelled_at(write(), 3, Moment.WAITING)
    assert (cancelled, suspensions) == (True, 3)
    await database._writer.hop(lambda raw: None)  # the rollback was queued before this
    with held_elsewhere(file):
        pass


async def test_a_read_unit_waits_for_a_free_connection_only_so_long(
    database: SqliteDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite_engine, "READER_WAIT_S", 0.01)

    async def read() -> None:
        async with database.read() as snapshot:
            await snapshot.fetch("SELECT 1")

    async with database.read():
        with pytest.raises(Busy):
            await asyncio.create_task(read())
    await read()


async def test_a_full_database_refuses_the_unit_and_reads_go_on(database: SqliteDatabase) -> None:
    async with database.write() as tx:
        await tx.execute(LOAD, (1, b""))
        (pages,) = (await tx.fetch("PRAGMA page_count"))[0]
        await tx.fetch(f"PRAGMA max_page_count = {pages + 2}")
    with pytest.raises(UnitOfWorkEnded):
        async with database.write() as tx:
            await tx.execute(LOAD, (2, b""))
            with pytest.raises(StorageFull):
                await tx.execute(LOAD, (3, bytes(1_000_000)))
            # SQLite has ended the transaction by itself: this must not be written outside any.
            with pytest.raises(UnitOfWorkEnded):
                await tx.execute(LOAD, (4, b""))
    async with database.read() as snapshot:
        assert await snapshot.fetch("SELECT id FROM load") == [(1,)]
    async with database.write() as tx:
        await tx.execute(LOAD, (5, b""))


@contextmanager
def failing_disk(file: Path) -> Iterator[None]:
    """Every write past the WAL's present end fails, as on a broken disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (file.with_name(file.name + "-wal").stat().st_size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


async def test_a_disk_that_fails_at_commit_ends_all_writing(database: SqliteDatabase, file: Path) -> None:
    with pytest.raises(DiskFailure), failing_disk(file):
        async with database.write() as tx:
            await tx.execute(LOAD, (1, bytes(20_000)))
    assert isinstance(database.disk_failure, DiskFailure)
    with pytest.raises(DiskFailure):
        async with database.write():
            pass
    async with database.read() as snapshot:
        assert await snapshot.fetch("SELECT count(*) FROM load") == [(0,)]


async def test_a_disk_failure_nobody_waited_for_is_not_forgotten(database: SqliteDatabase, file: Path) -> None:
    async def write() -> None:
        async with database.write() as tx:
            await tx.execute(LOAD, (1, bytes(20_000)))

    with failing_disk(file):
        cancelled, _ = await cancelled_at(write(), 3, Moment.WAITING)
    assert cancelled
    assert isinstance(database.disk_failure, DiskFailure)


async def test_an_index_on_an_expression_is_named_when_it_refuses(database: SqliteDatabase) -> None:
    with pytest.raises(UniqueViolation) as refused:
        async with database.write() as tx:
            await tx.execute("CREATE UNIQUE INDEX only_length ON load (length(body))")
            await tx.execute_many(LOAD, [(1, b"a"), (2, b"b")])
    assert "only_length" in refused.value.constraint


async def test_scripts_are_refused(database: SqliteDatabase) -> None:
    with pytest.raises(BadStatement, match="migrations"):
        await database._writer.execute_script("SELECT 1; SELECT 2")


async def test_calls_outside_a_unit_are_each_a_transaction(database: SqliteDatabase) -> None:
    with pytest.raises(UniqueViolation):
        await database._writer.execute_many(LOAD, [[1, b""], [2, b""], [1, b""]])
    assert await database._writer.execute_query_dict("SELECT * FROM load") == []
