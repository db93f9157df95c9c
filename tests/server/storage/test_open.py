"""Addresses, and databases that are refused at the door and leave nothing open."""

import asyncio
import os
import threading
from pathlib import Path

import pytest

from server.storage.errors import DatabaseAbsent
from server.storage.migrate import migrate
from server.storage.open import open_database
from server.storage.sqlite_connection import open_raw


async def test_a_refused_database_leaves_no_thread_and_no_lock(tmp_path: Path) -> None:
    await asyncio.to_thread(int)  # the loop's own thread stays
    before = threading.active_count()
    with pytest.raises(DatabaseAbsent):
        await open_database(f"sqlite:///{tmp_path}/centre.db")
    assert os.listdir(tmp_path) == [], "whoever only asks makes no database"
    open_raw(f"{tmp_path}/empty.db", None).close()
    with pytest.raises(DatabaseAbsent):
        await open_database(f"sqlite:///{tmp_path}/empty.db", read_connections=3)
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
