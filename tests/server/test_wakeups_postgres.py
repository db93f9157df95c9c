"""Wakes cross processes, and what a lost connection swallowed is found."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import pytest

from server.storage.open import open_database
from server.storage.unit_of_work import Database
from server.wakeups import Wakes
from server.wakeups_postgres import PAYLOAD_BYTES_MAX, PostgresWakes, payloads

WAIT_S = 60.0


@pytest.fixture
async def database(postgres_url: str) -> AsyncIterator[Database]:
    opened = await open_database(postgres_url, read_connections=2)
    yield opened
    await opened.close()


@asynccontextmanager
async def process(database: Database, url: str) -> AsyncIterator[tuple[Wakes, PostgresWakes]]:
    hub = Wakes()
    wakes = PostgresWakes(hub, database, url, poll_every_s=3600)
    running = asyncio.create_task(wakes.run())
    await asyncio.wait_for(wakes.listening.wait(), WAIT_S)
    try:
        yield hub, wakes
    finally:
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running


async def test_what_one_process_raises_all_hear(database: Database, postgres_url: str) -> None:
    async with process(database, postgres_url) as (own, wakes), process(database, postgres_url) as (other, _):
        heard = asyncio.Event()
        near = own.listen(["place:1"], lambda: None)
        far = other.listen(["place:1", "place:2"], heard.set)
        wakes.raised({"place:1", "place:3"})
        assert near.hear() == ["place:1"]
        await asyncio.wait_for(heard.wait(), WAIT_S)
        assert far.hear() == ["place:1"]


async def test_a_connection_that_was_cut_is_made_again(database: Database, postgres_url: str) -> None:
    async with process(database, postgres_url) as (hub, wakes):
        async with database.read() as snapshot:
            found = await snapshot.fetch("SELECT pid FROM pg_stat_activity WHERE query LIKE 'LISTEN%'")
        wakes.listening = again = asyncio.Event()
        async with database.write() as tx:
            for (pid,) in found:
                await tx.fetch("SELECT pg_terminate_backend(?)", (pid,))
        await asyncio.wait_for(again.wait(), WAIT_S)
        heard = asyncio.Event()
        hub.listen(["place:1"], heard.set)
        async with process(database, postgres_url) as (_, other):
            other.raised({"place:1"})
            await asyncio.wait_for(heard.wait(), WAIT_S)


async def test_a_head_that_rose_unheard_is_found_by_looking(database: Database, postgres_url: str) -> None:
    hub = Wakes()
    wakes = PostgresWakes(hub, database, postgres_url)
    listener = hub.listen(["place:1", "place:2"], lambda: None)
    await wakes.catch_up()
    assert listener.hear() == []
    async with database.write() as tx:
        columns = ("id", "head", "sum", "row_count", "log_hash", "log_length")
        await tx.insert_many("buckets", columns, [("place:1", 1, bytes(16), 1, bytes(32), 1)])
    await wakes.catch_up()
    assert listener.hear() == ["place:1"]
    await wakes.catch_up()
    assert listener.hear() == []


def test_names_go_in_as_few_notifications_as_they_fit_into() -> None:
    names = {f"place:{number:012d}" for number in range(2_000)}
    found = list(payloads(names))
    assert {name for payload in found for name in payload.split("\n")} == names
    assert all(len(payload.encode()) <= PAYLOAD_BYTES_MAX for payload in found)
    assert len(found) == 6
    assert list(payloads([])) == []
