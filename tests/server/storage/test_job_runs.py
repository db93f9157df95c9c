"""How each job last went is kept seldom, counts failures in a row, and goes back to none by one success."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from server.storage.job_runs import RunBook, job_runs
from server.storage.migrate import migrate
from server.storage.open import open_database
from server.storage.unit_of_work import Database


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    url = f"sqlite:///{tmp_path}/centre.db"
    await migrate(url, now_ms=0)
    database = await open_database(url, read_connections=1)
    yield database
    await database.close()


async def kept(database: Database) -> list[tuple[str, int, str, int]]:
    async with database.read() as snapshot:
        return [(one.name, one.started_at, one.failed, one.failures) for one in await job_runs(snapshot)]


async def test_the_newest_run_of_each_job_is_kept_and_nothing_written_twice(database: Database) -> None:
    book = RunBook()
    for at in (1_000, 2_000):
        book.note("parcels", 1, at, 5, None)
    book.note("lights", 60, 1_500, 7, None)
    assert await book.flush(database) == 2
    assert await book.flush(database) == 0
    assert await kept(database) == [("lights", 1_500, "", 0), ("parcels", 2_000, "", 0)]
    async with database.read() as snapshot:
        [lights, _] = await job_runs(snapshot)
    assert (lights.took_ms, lights.every_ms, lights.next_at) == (7, 60_000, 61_500)


async def test_failures_in_a_row_add_up_over_writes_and_one_success_ends_them(database: Database) -> None:
    book = RunBook()
    for at in (1_000, 2_000):
        book.note("parcels", 1, at, 5, TimeoutError("of 13812345678"))
    await book.flush(database)
    book.note("parcels", 1, 3_000, 5, ValueError())
    await book.flush(database)
    assert await kept(database) == [("parcels", 3_000, "ValueError", 3)]
    book.note("parcels", 1, 4_000, 5, None)
    await book.flush(database)
    assert await kept(database) == [("parcels", 4_000, "", 0)]


async def test_another_process_that_is_behind_overwrites_nothing(database: Database) -> None:
    here, there = RunBook(), RunBook()
    here.note("parcels", 1, 2_000, 5, None)
    there.note("parcels", 1, 1_000, 5, None)
    await here.flush(database)
    await there.flush(database)
    assert await kept(database) == [("parcels", 2_000, "", 0)]
