"""Numbers are given once: what is left over may be a gap, never a twin."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from server.storage.number_leases import BLOCK, NumberLeases, read_next, used_statements
from server.storage.open import open_database
from server.storage.unit_of_work import Database


@pytest.fixture
async def database(postgres_url: str) -> AsyncIterator[Database]:
    opened = await open_database(postgres_url, read_connections=2)
    yield opened
    await opened.close()


async def test_numbers_follow_one_another_and_what_was_not_used_is_given_again(database: Database) -> None:
    leases = NumberLeases(database)
    first = await leases.take("s", 10)
    leases.give_back("s", first, 4)
    assert (first, await leases.take("s", 3)) == (range(1, 11), range(5, 8))


async def test_what_somebody_took_after_is_not_given_back(database: Database) -> None:
    leases = NumberLeases(database)
    first, second = await leases.take("s", 10), await leases.take("s", 10)
    leases.give_back("s", first, 0)
    assert set(await leases.take("s", 10)).isdisjoint({*first, *second})


async def test_blocks_of_several_processes_and_tasks_never_overlap(database: Database) -> None:
    processes = [NumberLeases(database) for _ in range(3)]
    taken = await asyncio.gather(*(leases.take("s", 40) for leases in processes * 4))
    numbers = [number for block in taken for number in block]
    assert len(numbers) == len(set(numbers)) == 12 * 40


async def test_more_than_a_block_is_one_lease(database: Database) -> None:
    assert await NumberLeases(database).take("s", 3 * BLOCK) == range(1, 3 * BLOCK + 1)


async def test_a_lease_outlives_the_transaction_that_asked(database: Database) -> None:
    leases = NumberLeases(database)
    with pytest.raises(ZeroDivisionError):
        async with database.write():
            first = await leases.take("s", 5)
            raise ZeroDivisionError
    assert (await NumberLeases(database).take("s", 5)).start > first.stop


async def test_what_one_writer_used_the_next_transaction_skips(database: Database) -> None:
    async with database.write() as tx:
        found = await read_next(tx, ["a", "b"])
        assert found == {"a": 1, "b": 1}
        await tx.batch(used_statements(found, {"a": 3}))
    async with database.read() as snapshot:
        assert await read_next(snapshot, ["a", "b"]) == {"a": 4, "b": 1}
