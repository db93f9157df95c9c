"""Brings a database's schema to this version, and says what a schema is.

Laws:
- Each migration is one transaction together with its row in schema_version: a kill at any moment leaves the schema
  before it or after it, never between.
- Before the first one an existing SQLite file is copied, synced and checked beside the database (or in the folder
  given). PostgreSQL's backup is the operator's, see docs/operations.md.
- SQLite migrates with foreign keys off, because rebuilding a table with them on deletes the rows that point to it.
- Nothing commits before foreign_key_check, integrity_check and the comparison with a schema made afresh.
- A database from a newer version, or one whose migrations are not ours, is refused untouched.
"""

import asyncio
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg
from sqlcipher3 import dbapi2

from server.storage import postgres_engine, sqlite_connection
from server.storage.address import sqlite_path
from server.storage.errors import DatabaseAbsent, SchemaBehind, SchemaDiffers, SchemaTooNew, StorageError
from server.storage.migrations import MIGRATIONS, Migration
from server.storage.placeholders import for_postgres
from server.storage.schema_facts import describe_postgres, describe_sqlite
from server.storage.sqlite_connection import Key, Raw
from server.storage.unit_of_work import Engine, Snapshot, settle

History = dict[int, str]  # version → digest of what was run
OnStep = Callable[[str], None]

RECORD = "INSERT INTO schema_version (version, name, digest, applied_at) VALUES (?, ?, ?, ?)"
HISTORY = "SELECT version, digest FROM schema_version"
MIGRATION_LOCK = 0x62616E6762616E  # any fixed number: "bangban"
FRESH = "bangban_fresh"  # the PostgreSQL schema that a fresh copy is made in; never committed


@dataclass(frozen=True, slots=True)
class MigrationReport:
    applied: tuple[str, ...]  # names, in order; empty when nothing was waiting
    version: int
    backup: Path | None


def _say_nothing(step: str) -> None:
    pass


async def migrate(
    url: str,
    *,
    now_ms: int,
    sqlite_key: bytes | None = None,
    backup_folder: Path | None = None,
    migrations: Sequence[Migration] = MIGRATIONS,
    on_step: OnStep = _say_nothing,
) -> MigrationReport:
    """Runs what is waiting. `on_step` hears the start of every step. Raises SchemaTooNew or SchemaDiffers."""
    if (file := sqlite_path(url)) is not None:
        path, key = Path(file), Key(sqlite_key) if sqlite_key is not None else None
        run = _SqliteRun(path, key, backup_folder or path.parent, migrations, now_ms, on_step)
        return await settle(asyncio.to_thread(run.all))
    return await settle(_PostgresRun(url, migrations, now_ms, on_step).all())


async def check_schema(snapshot: Snapshot, engine: Engine, migrations: Sequence[Migration] = MIGRATIONS) -> None:
    """Refuses a database that this version cannot work with."""
    exists = {
        Engine.SQLITE: "SELECT 1 FROM sqlite_master WHERE name = 'schema_version'",
        Engine.POSTGRES: "SELECT 1 WHERE to_regclass('schema_version') IS NOT NULL",
    }
    history: History = {}
    if await snapshot.fetch(exists[engine]):
        history = {int(row[0]): str(row[1]) for row in await snapshot.fetch(HISTORY)}
    waiting = _waiting(history, migrations, engine)
    if not history:
        raise DatabaseAbsent("there is no centre in this database")
    if waiting:
        raise SchemaBehind(f"{len(waiting)} migrations are waiting, the first is {waiting[0].name}: run them first")


def _waiting(history: History, migrations: Sequence[Migration], engine: Engine) -> list[Migration]:
    """What has not been run yet. The order of `migrations` is the order of versions, from 1 on."""
    assert [m.version for m in migrations] == list(range(1, len(migrations) + 1)), "versions count from 1"
    newest = max(history, default=0)
    if newest > len(migrations):
        raise SchemaTooNew(
            f"the database has schema version {newest}, this program knows {len(migrations)}: "
            "start the newer program, or restore the backup made before its migration"
        )
    for migration in migrations[:newest]:
        if history.get(migration.version) != migration.digest(engine):
            raise SchemaDiffers(f"migration {migration.version} of this database is not {migration.name} as we know it")
    return list(migrations[newest:])


def _compare(found: frozenset[str], fresh: frozenset[str]) -> None:
    if found != fresh:
        missing, extra = sorted(fresh - found), sorted(found - fresh)
        raise SchemaDiffers(f"the migrated schema is not the fresh one: missing {missing}, extra {extra}")


@dataclass(frozen=True, slots=True)
class _SqliteRun:
    path: Path
    key: Key | None
    backup_folder: Path
    migrations: Sequence[Migration]
    now_ms: int
    on_step: OnStep

    def all(self) -> MigrationReport:
        raw = sqlite_connection.open_raw(str(self.path), self.key)
        try:
            return self._run(raw)
        except dbapi2.Error as error:
            raise sqlite_connection.translate(error) from error
        finally:
            raw.close()

    def _run(self, raw: Raw) -> MigrationReport:
        history = self._history(raw)
        waiting = _waiting(history, self.migrations, Engine.SQLITE)
        backup = self._back_up(raw, max(history), waiting[-1].version) if waiting and history else None
        raw.execute("PRAGMA foreign_keys = OFF")
        for migration in waiting:
            self._apply(raw, migration)
        return MigrationReport(tuple(m.name for m in waiting), len(self.migrations), backup)

    def _history(self, raw: Raw) -> History:
        tables = {name for (name,) in raw.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        if not tables:
            return {}
        if "schema_version" not in tables:
            raise SchemaDiffers("the file holds tables that are not ours")
        return dict(raw.execute(HISTORY).fetchall())

    def _back_up(self, raw: Raw, version_from: int, version_to: int) -> Path:
        backup = self.backup_folder / f"{self.path.name}.before-{version_from}-to-{version_to}"
        unfinished = backup.with_name(backup.name + ".unfinished")
        unfinished.unlink(missing_ok=True)
        self.on_step("backup")
        copy = dbapi2.connect(str(unfinished), isolation_level=None)
        try:
            if self.key is not None:
                copy.execute(f"PRAGMA key = \"x'{self.key.raw.hex()}'\"")
            raw.backup(copy)
            _check_integrity(copy)
        finally:
            copy.close()
        _sync(unfinished)
        unfinished.replace(backup)  # an older backup of the same name is replaced only by a whole one
        _sync(backup.parent)
        return backup

    def _apply(self, raw: Raw, migration: Migration) -> None:
        raw.execute("BEGIN IMMEDIATE")
        try:
            # Another process may have been first: then there is nothing left to do.
            if migration in _waiting(self._history(raw), self.migrations, Engine.SQLITE):
                self._steps(raw, migration)
            raw.execute("COMMIT")
        except BaseException:
            if raw.in_transaction:
                raw.execute("ROLLBACK")
            raise

    def _steps(self, raw: Raw, migration: Migration) -> None:
        for number, step in enumerate(migration.steps(Engine.SQLITE)):
            self.on_step(f"{migration.name} {number}")
            raw.execute(step)
        digest = migration.digest(Engine.SQLITE)
        raw.execute(RECORD, (migration.version, migration.name, digest, self.now_ms))
        self.on_step(f"{migration.name} checks")
        _check_integrity(raw)
        _compare(describe_sqlite(raw), self._fresh(migration.version))
        self.on_step(f"{migration.name} commit")

    def _fresh(self, version: int) -> frozenset[str]:
        fresh = dbapi2.connect(":memory:", isolation_level=None)
        try:
            for migration in self.migrations[:version]:
                for step in migration.steps(Engine.SQLITE):
                    fresh.execute(step)
            return describe_sqlite(fresh)
        finally:
            fresh.close()


def _check_integrity(raw: Raw) -> None:
    orphans = {(table, parent) for table, _, parent, _ in raw.execute("PRAGMA foreign_key_check")}
    if orphans:
        raise SchemaDiffers(f"rows point to rows that are not there: {sorted(orphans)}")
    verdict = raw.execute("PRAGMA integrity_check").fetchall()
    if verdict != [("ok",)]:
        raise SchemaDiffers(f"the database file is damaged: {verdict[0][0]}")


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@dataclass(frozen=True, slots=True)
class _PostgresRun:
    url: str
    migrations: Sequence[Migration]
    now_ms: int
    on_step: OnStep

    async def all(self) -> MigrationReport:
        try:
            connection = await asyncpg.connect(self.url, server_settings={"synchronous_commit": "on"})
            try:
                # Several processes may start at once: one migrates, the others wait and find nothing to do.
                await connection.execute("SELECT pg_advisory_lock($1)", MIGRATION_LOCK)
                waiting = _waiting(await self._history(connection), self.migrations, Engine.POSTGRES)
                for migration in waiting:
                    async with connection.transaction():
                        await self._apply(connection, migration)
            finally:
                await connection.close()
        except StorageError:
            raise
        except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError) as error:
            raise postgres_engine.translate(error) from error
        return MigrationReport(tuple(m.name for m in waiting), len(self.migrations), None)

    async def _history(self, connection: Any) -> History:
        if await connection.fetchval("SELECT to_regclass('schema_version')") is not None:
            return dict(await connection.fetch(HISTORY))
        if await connection.fetchval("SELECT count(*) FROM pg_tables WHERE schemaname = current_schema()"):
            raise SchemaDiffers("the database holds tables that are not ours")
        return {}

    async def _apply(self, connection: Any, migration: Migration) -> None:
        for number, step in enumerate(migration.steps(Engine.POSTGRES)):
            self.on_step(f"{migration.name} {number}")
            await connection.execute(step)
        digest = migration.digest(Engine.POSTGRES)
        values = (migration.version, migration.name, digest, self.now_ms)
        await connection.execute(for_postgres(RECORD), *values)
        self.on_step(f"{migration.name} checks")
        own = await connection.fetchval("SELECT current_schema()")
        _compare(await describe_postgres(connection, own), await self._fresh(connection, migration.version))
        self.on_step(f"{migration.name} commit")

    async def _fresh(self, connection: Any, version: int) -> frozenset[str]:
        before = await connection.fetchval("SELECT current_setting('search_path')")
        await connection.execute(f"CREATE SCHEMA {FRESH}")
        await connection.execute(f"SET LOCAL search_path TO {FRESH}")
        for migration in self.migrations[:version]:
            for step in migration.steps(Engine.POSTGRES):
                await connection.execute(step)
        fresh = await describe_postgres(connection, FRESH)
        await connection.execute("SELECT set_config('search_path', $1, true)", before)
        await connection.execute(f"DROP SCHEMA {FRESH} CASCADE")
        return fresh
