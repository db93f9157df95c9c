"""Which databases count as new."""

import sqlite3
from pathlib import Path

import pytest

from server.storage.errors import StorageError
from server.storage.migrate import migrate
from server.storage.open import open_database
from server.storage.prepare import is_empty, is_founded
from server.storage.sql_store import found_centre


async def test_no_file_and_an_empty_file_are_new(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/a.db"
    assert await is_empty(url)
    assert not (tmp_path / "a.db").exists()
    (tmp_path / "a.db").touch()
    assert await is_empty(url)


async def test_one_table_of_anybody_is_not(tmp_path: Path) -> None:
    raw = sqlite3.connect(tmp_path / "a.db")
    raw.execute("CREATE TABLE theirs (x)")
    raw.close()
    assert not await is_empty(f"sqlite:///{tmp_path}/a.db")


async def test_a_file_that_is_no_database_is_neither(tmp_path: Path) -> None:
    (tmp_path / "a.db").write_bytes(b"not a database" * 100)
    with pytest.raises(StorageError):
        await is_empty(f"sqlite:///{tmp_path}/a.db")


async def test_tables_alone_are_no_centre(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/a.db"
    await migrate(url, now_ms=0)
    database = await open_database(url, read_connections=1)
    try:
        assert not await is_founded(database)
        await found_centre(database, "e" * 32, 0)
        assert await is_founded(database)
    finally:
        await database.close()


@pytest.mark.postgres
async def test_the_same_on_postgres(postgres_url: str, postgres_server: object) -> None:
    assert not await is_empty(postgres_url)
    with postgres_server.database(empty=True) as url:  # type: ignore[attr-defined]
        assert await is_empty(url)
    with pytest.raises(StorageError):
        await is_empty("postgres://postgres@127.0.0.1:1/none")
