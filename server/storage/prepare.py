"""Tells whether a database holds nothing yet, or no centre yet, so that an old one is never taken for new."""

from __future__ import annotations

import asyncio
from pathlib import Path

import asyncpg

from server.storage import postgres_engine, sqlite_connection
from server.storage.address import sqlite_path
from server.storage.sqlite_connection import Key
from server.storage.unit_of_work import Database

_TABLES_SQLITE = "SELECT count(*) FROM sqlite_master"
_TABLES_POSTGRES = "SELECT count(*) FROM pg_tables WHERE schemaname = current_schema()"


async def is_empty(url: str, *, sqlite_key: bytes | None = None) -> bool:
    """No file, or a database without a single table. Raises StorageError when it cannot be looked into."""
    path = sqlite_path(url)
    if path is None:
        return await _postgres_is_empty(url)
    return await asyncio.to_thread(_sqlite_is_empty, path, Key(sqlite_key) if sqlite_key is not None else None)


async def is_founded(database: Database) -> bool:
    """Whether a centre began in it. Tables alone are none."""
    async with database.read() as snapshot:
        return bool(await snapshot.fetch("SELECT 1 FROM centre"))


def _sqlite_is_empty(path: str, key: Key | None) -> bool:
    if not Path(path).exists():
        return True
    raw = sqlite_connection.open_raw(path, key)
    try:
        return bool(raw.execute(_TABLES_SQLITE).fetchone()[0] == 0)
    finally:
        raw.close()


async def _postgres_is_empty(url: str) -> bool:
    try:
        connection = await asyncpg.connect(url)
        try:
            return bool(await connection.fetchval(_TABLES_POSTGRES) == 0)
        finally:
            await connection.close()
    except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError) as error:
        raise postgres_engine.translate(error) from error
