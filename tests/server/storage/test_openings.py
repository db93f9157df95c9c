"""The rows of who has a record open: one an account and record, swept by when they were last seen."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from server.domain.people.roles import Role
from server.storage.migrate import migrate
from server.storage.open import open_database
from server.storage.openings import end_opening, note_opening, other_openings, sweep_openings
from server.storage.unit_of_work import Database
from tests.people import account_of, put_accounts

CLERK, OTHER = account_of(Role.DESK_CLERK), account_of(Role.AUDITOR)
CASE = "c" * 32


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    url = f"sqlite:///{tmp_path}/centre.db"
    await migrate(url, now_ms=0)
    database = await open_database(url, read_connections=1)
    await put_accounts(database, CLERK, OTHER)
    yield database
    await database.close()


async def test_an_opening_is_one_row_that_is_seen_again(database: Database) -> None:
    async with database.write() as tx:
        await note_opening(tx, CASE, CLERK.id, 10, 0)
        await note_opening(tx, CASE, CLERK.id, 20, 10)
    async with database.read() as snapshot:
        assert [row[2:] for row in await other_openings(snapshot, CASE, OTHER.id, 0)] == [(10, 20)]
        assert await other_openings(snapshot, CASE, CLERK.id, 0) == []
        assert await other_openings(snapshot, "d" * 32, OTHER.id, 0) == []


async def test_it_ends_when_its_last_page_does_and_is_swept_when_it_is_old(database: Database) -> None:
    async with database.write() as tx:
        await note_opening(tx, CASE, CLERK.id, 20, 0)
        assert not await end_opening(tx, CASE, CLERK.id, 19)
        assert await end_opening(tx, CASE, CLERK.id, 20)
        await note_opening(tx, CASE, OTHER.id, 30, 0)
        assert [await sweep_openings(tx, before) for before in (30, 31)] == [0, 1]
