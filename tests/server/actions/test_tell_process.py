"""Each process tells of itself; one that ends takes its row along, one that was killed is swept after a day."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from server.actions.tell_process import SWEPT_AFTER_MS, Standing, ThisProcess
from server.storage.errors import Busy
from server.storage.processes import ProcessRow, processes
from server.storage.unit_of_work import Transaction
from tests.people import HandClock
from tests.small_centre import SmallCentre


async def kept(small: SmallCentre) -> list[ProcessRow]:
    async with small.centre.database.read() as snapshot:
        return await processes(snapshot)


async def test_it_tells_what_is_now_and_leaves(either: SmallCentre) -> None:
    clock, pages = HandClock(), 3
    process = ThisProcess("a" * 32, lambda: Standing(pages, 1, 2, 4, 5), clock.wall_ms)
    began = clock.wall_ms()
    await process.tell(either.centre.database)
    clock.advance(30_000)
    pages = 7
    await process.tell(either.centre.database)
    [row] = await kept(either)
    assert (row.pid, row.started_at, row.seen_at) == (os.getpid(), began, began + 30_000)
    assert (row.pages, row.sockets, row.slowed, row.refused, row.put_off) == (7, 1, 2, 4, 5)
    assert row.memory > 10 << 20
    await process.leave(either.centre.database)
    assert await kept(either) == []


async def test_one_that_was_killed_is_swept_by_another(either: SmallCentre) -> None:
    clock = HandClock()
    killed, other = (ThisProcess(one * 32, Standing, clock.wall_ms) for one in "ab")
    await killed.tell(either.centre.database)
    clock.advance(SWEPT_AFTER_MS + 1)
    await other.tell(either.centre.database)
    assert [one.id for one in await kept(either)] == [other.id]


async def test_a_database_that_is_busy_keeps_nobody_from_ending(
    either: SmallCentre, monkeypatch: pytest.MonkeyPatch
) -> None:
    @asynccontextmanager
    async def refuse() -> AsyncIterator[Transaction]:
        raise Busy("for ever")
        yield

    monkeypatch.setattr(either.centre.database, "write", refuse)
    await ThisProcess("a" * 32, Standing, HandClock().wall_ms).leave(either.centre.database)
