"""Addresses, and databases that are refused at the door and leave nothing open."""

import threading
from pathlib import Path

import pytest

from server.storage.errors import SchemaBehind
from server.storage.migrate import migrate
from server.storage.open import open_database, sqlite_path


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("sqlite:///var/centre.db", "var/centre.db"),
        ("sqlite:////var/centre.db", "/var/centre.db"),
        ("postgres://a:b@host:5432/name", None),
        ("postgresql://host/name", None),
    ],
)
def test_an_address_names_a_file_or_a_server(url: str, path: str | None) -> None:
    assert sqlite_path(url) == path


@pytest.mark.parametrize("url", ["sqlite://centre.db", "sqlite:///", "mysql://host/name", "centre.db", ""])
def test_any_other_address_is_refused_with_a_sentence(url: str) -> None:
    with pytest.raises(ValueError, match="a database address is"):
        sqlite_path(url)


async def test_a_refused_database_leaves_no_thread_and_no_lock(tmp_path: Path) -> None:
    before = threading.active_count()
    with pytest.raises(SchemaBehind):
        await open_database(f"sqlite:///{tmp_path}/centre.db")
    assert threading.active_count() == before
    await migrate(f"sqlite:///{tmp_path}/centre.db", now_ms=0)
    database = await open_database(f"sqlite:///{tmp_path}/centre.db", read_connections=3)
    assert threading.active_count() >= before + 4
    await database.close()


async def test_two_databases_are_open_beside_each_other(tmp_path: Path) -> None:
    urls = [f"sqlite:///{tmp_path}/{name}.db" for name in "ab"]
    for url in urls:
        await migrate(url, now_ms=0)
    first, second = [await open_database(url) for url in urls]
    async with first.write() as one, second.write() as two:
        await one.execute("CREATE TABLE only_here (id BIGINT PRIMARY KEY)")
        assert await two.fetch("SELECT name FROM sqlite_master WHERE name = 'only_here'") == []
    await first.close()
    await second.close()
