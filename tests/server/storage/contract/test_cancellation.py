"""A cancellation at any await leaves nothing half-written, nothing locked, and every connection usable."""

import asyncio
import random

import pytest

from server.storage.tables import SchemaVersion
from server.storage.unit_of_work import Database
from tests.cancel import at_every_await

PAIR = "INSERT INTO probe (id, name, body) VALUES (?, ?, ?)"


async def write_pair(database: Database, number: int) -> None:
    """Two rows that belong together, in several statements."""
    async with database.write() as tx:
        await tx.lock_keys([number])
        await tx.execute(PAIR, (2 * number, f"left {number}", b""))
        await SchemaVersion.create(version=1000 + number, name="middle", digest="", applied_at=0)
        await tx.batch([(PAIR, [(2 * number + 1, f"right {number}", b"")])])
        await tx.fetch("SELECT count(*) FROM probe")


async def check_whole(database: Database) -> int:
    """How many pairs there are; each is whole."""
    async with asyncio.timeout(60), database.read() as snapshot:
        ids = {row[0] for row in await snapshot.fetch("SELECT id FROM probe")}
        middles = await snapshot.fetch("SELECT version FROM schema_version WHERE version >= 1000")
    pairs = {number // 2 for number in ids}
    assert ids == {2 * pair + side for pair in pairs for side in (0, 1)}
    assert {row[0] - 1000 for row in middles} == pairs
    return len(pairs)


async def test_a_write_cancelled_at_every_await_is_whole_or_absent(database: Database) -> None:
    started = 0

    def start() -> object:
        nonlocal started
        started += 1
        return write_pair(database, started)

    attempts = 0
    async for attempt in at_every_await(start):  # type: ignore[arg-type]
        attempts += 1
        pairs = await check_whole(database)
        async with asyncio.timeout(60):
            await asyncio.create_task(write_pair(database, 100_000 + attempts))
        assert await check_whole(database) == pairs + 1, attempt
    assert attempts > 20


async def test_a_read_cancelled_at_every_await_gives_its_connection_back(database: Database) -> None:
    async def read() -> None:
        async with database.read() as snapshot:
            await snapshot.fetch("SELECT count(*) FROM probe")
            await SchemaVersion.all().count()

    attempts = 0
    async for _ in at_every_await(read):
        attempts += 1
        async with asyncio.timeout(60):
            await asyncio.gather(*(check_whole(database) for _ in range(4)))
    assert attempts > 4


@pytest.mark.parametrize("seed", [1, 2])
async def test_three_hundred_cancels_at_random_moments_leave_the_database_usable(database: Database, seed: int) -> None:
    chance = random.Random(seed)
    for start in range(0, 300, 6):
        tasks = [asyncio.create_task(write_pair(database, number)) for number in range(start, start + 6)]
        for task in tasks:
            for _ in range(chance.randrange(4)):
                await asyncio.sleep(0)
            if chance.random() < 0.3:
                await asyncio.sleep(chance.random() / 300)
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    before = await check_whole(database)
    async with asyncio.timeout(60):
        await write_pair(database, 5000)
    assert await check_whole(database) == before + 1


async def test_a_write_that_waits_for_another_can_be_cancelled(database: Database) -> None:
    async with database.write() as tx:
        await tx.lock_keys([7])
        await tx.execute(PAIR, (1, "one", b""))
        waiting = asyncio.create_task(write_pair(database, 7))
        while not waiting.done():
            await asyncio.sleep(0.01)
            waiting.cancel()
    assert waiting.cancelled()
    async with asyncio.timeout(60):
        await write_pair(database, 8)


async def test_a_deadline_inside_a_unit_rolls_it_back(database: Database) -> None:
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.01), database.write() as tx:
            await tx.execute(PAIR, (1, "one", b""))
            await asyncio.Event().wait()
    assert await check_whole(database) == 0
