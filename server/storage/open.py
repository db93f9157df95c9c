"""Opens a database by its address: sqlite:///folder/file.db or postgres://user:password@host:port/name.

Tortoise's context belongs to the Database; units of work enter it, nothing else does. The models are bound to the
engine of the database that was opened last: one process serves one engine.
"""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tortoise.backends.base.config_generator import expand_db_url
from tortoise.context import TortoiseContext, _current_context

from server.storage import postgres_engine, sqlite_connection, sqlite_engine
from server.storage.address import sqlite_path
from server.storage.errors import DatabaseAbsent
from server.storage.migrate import check_schema
from server.storage.unit_of_work import Database

MODELS = ("server.storage.tables",)


async def open_database(
    url: str, *, sqlite_key: bytes | None = None, read_connections: int = 4, models: Sequence[str] = MODELS
) -> Database:
    """An open database whose durability and schema version have been checked.

    `sqlite_key`: the 32 bytes that open an encrypted file. `read_connections`: on SQLite how many readers stand
    beside the writer; on PostgreSQL how many connections the pool has for reading beside as many for writing.
    Raises AddressInvalid, DatabaseAbsent, UnsafeStorage, SchemaBehind or SchemaTooNew.
    """
    assert read_connections >= 1, "a database needs somewhere to read from"
    if sqlite_path(url) is not None:
        database = await _open_sqlite(url, sqlite_key, read_connections, models)
    else:
        database = await _open_postgres(url, read_connections, models)
    try:
        async with database.read() as snapshot:
            await check_schema(snapshot, database.engine)
    except BaseException:
        await database.close()
        raise
    return database


async def _open_sqlite(url: str, key: bytes | None, read_connections: int, models: Sequence[str]) -> Database:
    path = sqlite_path(url)
    assert path is not None, "the address was checked before"
    # SQLite would make the file: whoever mistypes a folder would find an empty centre there.
    if not await asyncio.to_thread(Path(path).exists):
        raise DatabaseAbsent(f"there is no database at {path}")
    credentials: dict[str, Any] = {"file_path": path, "key": sqlite_connection.Key(key) if key is not None else None}
    context = await _start_tortoise(sqlite_engine.ALIAS, sqlite_engine.__name__, credentials, models)
    writer = context.connections.get(sqlite_engine.ALIAS)
    assert isinstance(writer, sqlite_engine.CancelSafeSqliteClient), "Tortoise made the client of our engine"
    readers = [
        sqlite_engine.CancelSafeSqliteClient(connection_name=sqlite_engine.ALIAS, query_only=True, **credentials)
        for _ in range(read_connections)
    ]
    database = sqlite_engine.SqliteDatabase(context, writer, readers)
    try:
        for client in (writer, *readers):
            await client.create_connection(with_db=True)
    except BaseException:
        await database.close()
        raise
    return database


async def _open_postgres(url: str, read_connections: int, models: Sequence[str]) -> Database:
    credentials = {**expand_db_url(url)["credentials"], "minsize": 1, "maxsize": 2 * read_connections}
    context = await _start_tortoise(postgres_engine.ALIAS, postgres_engine.__name__, credentials, models)
    client = context.connections.get(postgres_engine.ALIAS)
    assert isinstance(client, postgres_engine.CancelSafePostgresClient), "Tortoise made the client of our engine"
    database = postgres_engine.PostgresDatabase(context, client)
    try:
        await client.create_connection(with_db=True)
        await postgres_engine.assert_durable(client)
    except BaseException:
        await database.close()
        raise
    return database


async def _start_tortoise(
    alias: str, engine: str, credentials: dict[str, Any], models: Sequence[str]
) -> TortoiseContext:
    context = TortoiseContext()
    token = _current_context.set(context)
    try:
        await context.init(
            config={
                "connections": {alias: {"engine": engine, "credentials": credentials}},
                "apps": {"bangban": {"models": list(models), "default_connection": alias}},
            },
            use_tz=True,
        )
    finally:
        _current_context.reset(token)
    return context
