"""The store in memory: a commit is whole or not there, a reader stays in its moment, and the power can be cut."""

import asyncio

import pytest

from server.storage.errors import Unreachable
from server.storage.memory import CentreMemory, MemoryDevice, MemoryStore, end_grant, give_grant
from server.storage.store import CentreState


def store() -> MemoryStore:
    return MemoryStore(CentreMemory(CentreState("epoch", 0)))


async def test_a_reader_stays_in_the_moment_it_began_with() -> None:
    memory = store()
    async with memory.read() as reading:
        async with memory.write() as unit:
            await unit.change_epoch("epoch", "next", "restored", 1)
        assert (await reading.centre()).epoch == "epoch"
    async with memory.read() as reading:
        assert await reading.centre() == CentreState("next", 1)


async def test_what_fails_before_its_commit_leaves_nothing() -> None:
    memory = store()
    with pytest.raises(ZeroDivisionError):
        async with memory.write() as unit:
            await unit.note_contact("d", 1, 0, None)
            raise ZeroDivisionError
    assert memory.state.contacts == {}


@pytest.mark.parametrize(("where", "kept"), [("before commit", False), ("after commit", True)])
async def test_a_power_cut_loses_what_was_not_committed_and_tells_nobody_of_the_rest(where: str, kept: bool) -> None:
    memory = store()

    async def pause(at: str) -> None:
        if at == where:
            memory.cut_power()

    memory.pause = pause
    with pytest.raises(Unreachable):
        async with memory.write() as unit:
            await unit.note_contact("d", 1, 0, None)
    assert bool(memory.state.contacts) is kept


async def test_a_lock_is_waited_for_and_let_go_at_the_end() -> None:
    memory = store()
    order: list[str] = []

    async def work(name: str) -> None:
        async with memory.write() as unit:
            await unit.lock(["d"], ["x"])
            order.append(f"{name} has it")
            await asyncio.sleep(0)
            order.append(f"{name} leaves")

    await asyncio.gather(work("a"), work("b"))
    assert order == ["a has it", "a leaves", "b has it", "b leaves"]


async def test_what_is_looked_at_many_hold_and_whoever_writes_it_holds_it_alone() -> None:
    memory = store()
    async with memory.write() as one:
        async with memory.write() as two:
            await one.lock([], ["a"], ["x"])
            await two.lock([], ["b"], ["x"])
            assert not await one.try_lock(["x"])
            assert not await two.try_lock([], ["a"])
        assert await one.try_lock(["x"])
        async with memory.write() as three:
            assert not await three.try_lock([], ["x"])


async def test_more_is_taken_all_or_not_at_all() -> None:
    memory = store()
    async with memory.write() as one, memory.write() as two:
        assert await one.try_lock(["x"])
        assert not await two.try_lock(["x", "y"])
        assert await one.try_lock(["x", "y"])


async def test_a_backup_put_back_is_the_centre_as_it_was() -> None:
    memory = store()
    backup = memory.copy()
    async with memory.write() as unit:
        await unit.note_contact("d", 1, 0, None)
    assert backup.contacts == {}
    memory.restore(backup)
    async with memory.write() as unit:
        await unit.note_contact("e", 1, 0, None)
    assert (set(memory.state.contacts), backup.contacts) == ({"e"}, {})


async def test_a_grant_given_again_has_another_generation() -> None:
    memory = store()
    memory.state.devices["d"] = MemoryDevice("a", b"")
    generations = []
    for _ in range(2):
        give_grant(memory.state, "a", "place:1")
        async with memory.read() as reading:
            generations += [one.generation for one in (await reading.entitlement("a", "d", 1)).buckets]
        end_grant(memory.state, "a", "place:1", 5)
    async with memory.read() as reading:
        assert (await reading.entitlement("a", "d", 1)).buckets == ()
    assert generations == [1, 2]
