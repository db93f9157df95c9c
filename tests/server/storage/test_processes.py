"""A process has one row: its newest numbers, with the time at which it began."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from server.storage.migrate import migrate
from server.storage.open import open_database
from server.storage.processes import ProcessRow, drop_process, keep_process, processes, sweep_processes
from server.storage.unit_of_work import Database

FIRST = ProcessRow("a" * 32, "one", 11, 1_000, 1_000, 5 << 30, 1, 2, 3, 4, 5)
OTHER = ProcessRow("b" * 32, "two", 12, 500, 2_000, 7, 0, 0, 0, 0, 0)


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    url = f"sqlite:///{tmp_path}/centre.db"
    await migrate(url, now_ms=0)
    database = await open_database(url, read_connections=1)
    yield database
    await database.close()


async def test_the_newest_numbers_stand_and_the_longest_running_comes_first(database: Database) -> None:
    async with database.write() as tx:
        for row in (FIRST, OTHER, FIRST._replace(started_at=9_000, seen_at=3_000, pages=8, put_off=9)):
            await keep_process(tx, row)
    async with database.read() as snapshot:
        assert await processes(snapshot) == [OTHER, FIRST._replace(seen_at=3_000, pages=8, put_off=9)]


async def test_a_row_goes_with_its_process_or_is_swept(database: Database) -> None:
    async with database.write() as tx:
        for row in (FIRST, OTHER):
            await keep_process(tx, row)
        assert await sweep_processes(tx, 1_500) == 1
    async with database.read() as snapshot:
        assert await processes(snapshot) == [OTHER]
    async with database.write() as tx:
        await drop_process(tx, OTHER.id)
    async with database.read() as snapshot:
        assert await processes(snapshot) == []
