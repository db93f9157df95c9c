"""A backup that was made before an upgrade is checked and restored after it; one from a newer program is refused."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from server.actions.backup_as_now import database_as_now
from server.actions.backup_set import (
    DATABASE,
    BackupUnusable,
    hash_file,
    read_manifest,
    write_manifest,
)
from server.actions.restore import restore
from server.actions.verify import verify
from server.centre import open_centre, restore_target
from server.credentials import Secrets
from server.settings import Settings
from server.storage.blobs import open_blobs
from server.storage.master_secret import read_secret
from server.storage.migrate import migrate
from server.storage.migrations import MIGRATIONS
from tests.server.actions.test_restore import NOW, backed_up, new_place

_TABLES = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' AND name <> 'schema_version'"


async def as_of_the_first_version(folder: Path, settings: Settings) -> None:
    """What this backup would hold had the first version made it: its tables, its columns, its manifest."""
    old, now = folder / "old.sqlite", folder / DATABASE
    await migrate(f"sqlite:///{old}", now_ms=0, migrations=MIGRATIONS[:1])
    with closing(sqlite3.connect(old)) as raw:
        raw.execute("PRAGMA foreign_keys = OFF")
        raw.execute("ATTACH ? AS now", (str(now),))
        rows = {}
        for (table,) in raw.execute(_TABLES).fetchall():
            columns = ", ".join(column[1] for column in raw.execute(f"PRAGMA main.table_info({table})"))
            done = raw.execute(f"INSERT INTO main.{table} ({columns}) SELECT {columns} FROM now.{table}")
            rows[table] = done.rowcount
        raw.commit()
    old.replace(now)
    secrets = Secrets(read_secret(settings.master_secret_file))
    made = read_manifest(folder, secrets)
    write_manifest(folder, msgspec.structs.replace(made, schema_version=1, rows=rows, database=hash_file(now)), secrets)


async def restored_whole(folder: Path, settings: Settings) -> None:
    before = hash_file(folder / DATABASE)
    await restore(folder, restore_target(settings), now_ms=NOW, randomness=os.urandom)
    async with open_centre(settings) as centre:
        blobs = open_blobs(settings.blobs, centre.sealing)
        report = await verify(centre.database, centre.sealing, centre.policies, blobs=blobs)
        assert report.is_whole, report.findings.found
        async with centre.database.read() as snapshot:
            [[counted]] = await snapshot.fetch("SELECT CAST(sum(number) AS BIGINT) FROM resident_counts")
            [[residents]] = await snapshot.fetch("SELECT count(*) FROM residents")
    assert counted == residents > 1
    assert hash_file(folder / DATABASE) == before, "the backup itself is only read"


async def test_a_backup_from_before_an_upgrade_is_restored_into_this_version(tmp_path: Path) -> None:
    folder = await backed_up(tmp_path)
    settings = new_place(tmp_path)
    await as_of_the_first_version(folder, settings)
    await restored_whole(folder, settings)


@pytest.mark.postgres
async def test_it_is_restored_into_postgres_as_well(tmp_path: Path, postgres_server: object) -> None:
    folder = await backed_up(tmp_path)
    with postgres_server.database(empty=True) as url:  # type: ignore[attr-defined]
        settings = replace(new_place(tmp_path), database=str(url))
        await as_of_the_first_version(folder, settings)
        await restored_whole(folder, settings)


async def test_what_a_newer_program_made_is_refused_untouched(tmp_path: Path) -> None:
    folder = await backed_up(tmp_path)
    with pytest.raises(BackupUnusable, match="newer program"):
        async with database_as_now(folder / DATABASE, len(MIGRATIONS) + 1, None):
            raise AssertionError("it is not opened")


async def test_a_backup_of_this_version_is_read_where_it_lies(tmp_path: Path) -> None:
    folder = await backed_up(tmp_path)
    async with database_as_now(folder / DATABASE, len(MIGRATIONS), None) as file:
        assert file == folder / DATABASE
