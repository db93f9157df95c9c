"""What is SQLite's own in a migration: its backup, its checks. The rest is in contract/."""

from pathlib import Path

import pytest
from sqlcipher3 import dbapi2

from server.storage.errors import SchemaDiffers
from server.storage.migrate import migrate
from server.storage.migrations import Migration

KEY = bytes(range(32))


def first(engine: object) -> list[str]:
    return [
        "CREATE TABLE schema_version (version BIGINT PRIMARY KEY, name TEXT, digest TEXT, applied_at BIGINT)",
        "CREATE TABLE parent (id BIGINT PRIMARY KEY)",
        "CREATE TABLE child (id BIGINT PRIMARY KEY, parent BIGINT REFERENCES parent (id))",
        "INSERT INTO parent (id) VALUES (1)",
        "INSERT INTO child (id, parent) VALUES (10, 1)",
    ]


ONE = (Migration(1, "first", first),)


def second(*steps: str) -> tuple[Migration, ...]:
    return (*ONE, Migration(2, "second", lambda engine: list(steps)))


def count(path: Path, table: str, key: bytes | None = None) -> int:
    raw = dbapi2.connect(str(path))
    if key is not None:
        raw.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
    try:
        return int(raw.execute(f"SELECT count(*) FROM {table}").fetchone()[0])
    finally:
        raw.close()


@pytest.mark.parametrize("key", [None, KEY], ids=["plain", "keyed"])
async def test_an_existing_file_is_copied_first_under_the_same_key(tmp_path: Path, key: bytes | None) -> None:
    path, folder = tmp_path / "centre.db", tmp_path / "backups"
    folder.mkdir()
    url = f"sqlite:///{path}"
    report = await migrate(url, now_ms=1, sqlite_key=key, backup_folder=folder, migrations=ONE)
    assert report.backup is None  # there was nothing to keep yet
    later = second("DELETE FROM child")
    report = await migrate(url, now_ms=2, sqlite_key=key, backup_folder=folder, migrations=later)
    assert report.backup == folder / "centre.db.before-1-to-2"
    assert count(report.backup, "child", key) == 1
    assert count(path, "child", key) == 0
    assert [file.name for file in folder.iterdir()] == ["centre.db.before-1-to-2"]
    assert b"schema_version" not in report.backup.read_bytes() if key else True


async def test_a_copy_that_was_cut_off_is_made_anew(tmp_path: Path) -> None:
    path = tmp_path / "centre.db"
    await migrate(f"sqlite:///{path}", now_ms=1, migrations=ONE)
    (tmp_path / "centre.db.before-1-to-2.unfinished").write_bytes(b"half a file")
    report = await migrate(f"sqlite:///{path}", now_ms=2, migrations=second("DELETE FROM child"))
    assert report.backup is not None
    assert count(report.backup, "child") == 1
    assert not (tmp_path / "centre.db.before-1-to-2.unfinished").exists()


async def test_rows_left_without_what_they_point_to_stop_the_migration(tmp_path: Path) -> None:
    path = tmp_path / "centre.db"
    await migrate(f"sqlite:///{path}", now_ms=1, migrations=ONE)
    with pytest.raises(SchemaDiffers, match="child"):
        await migrate(f"sqlite:///{path}", now_ms=2, migrations=second("DELETE FROM parent"))
    assert count(path, "parent") == 1


async def test_a_file_that_is_damaged_is_not_migrated(tmp_path: Path) -> None:
    path = tmp_path / "centre.db"
    await migrate(f"sqlite:///{path}", now_ms=1, migrations=ONE)
    raw = dbapi2.connect(str(path), isolation_level=None)
    raw.execute("PRAGMA writable_schema = ON")
    raw.execute(
        """UPDATE sqlite_master SET rootpage = (SELECT rootpage FROM sqlite_master WHERE name = 'parent')
           WHERE name = 'child'"""
    )
    raw.close()
    with pytest.raises(SchemaDiffers, match="damaged"):
        await migrate(f"sqlite:///{path}", now_ms=2, migrations=second("CREATE TABLE more (id BIGINT PRIMARY KEY)"))
