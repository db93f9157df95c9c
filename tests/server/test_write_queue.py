"""One writer for all: jobs share a commit, are answered after it, and fail alone."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any, ClassVar, TypeVar

import pytest

from server.storage.errors import Busy, DiskFailure, StorageFull, UniqueViolation
from server.storage.store import Store, StoreWrite
from server.write import Job, WriteFailed, Written
from server.write_queue import WriteQueue
from server.write_steps import Steps
from sync.core.codec import parse_change_line
from tests.cancel import at_every_await
from tests.centre import VILLAGE, CentreUnderTest, Phone, StoreKind, open_centre, resident

BUCKET = f"place:{VILLAGE}"
T = TypeVar("T")


@pytest.fixture
async def centre(tmp_path: Path) -> AsyncIterator[CentreUnderTest]:
    async with open_centre(StoreKind.SQLITE, tmp_path) as opened:
        yield opened


def job(phone: Phone, *lines: bytes) -> Job:
    """The next changes of a phone, as the exchange would hand them over. The phone's position stays."""
    return Job(
        device=phone.device,
        carrier=phone.device,
        chain_epoch=phone.chain_epoch,
        first_seq=phone.last_seq + 1,
        prev_hash=phone.chain_hash,
        lines=[parse_change_line(line) for line in lines],
    )


async def phones(centre: CentreUnderTest, count: int) -> list[Phone]:
    return [await centre.enrol(f"phone{number}", BUCKET) for number in range(count)]


async def names_in(centre: CentreUnderTest) -> set[str]:
    """What somebody reads who comes to look."""
    reader = await centre.enrol("reader", BUCKET)
    await reader.read_all()
    return {reader.fields(record)["name"] for record in reader.rows}


async def test_jobs_that_wait_together_share_one_version(centre: CentreUnderTest) -> None:
    writing = await phones(centre, 5)
    written = await asyncio.gather(*(centre.writer.write(job(one, resident(one, n))) for n, one in enumerate(writing)))
    assert [one.outcomes[0].version for one in written] == [1] * 5
    assert len(await names_in(centre)) == 5
    assert centre.raised == [frozenset({BUCKET})]


async def test_jobs_of_one_device_are_written_one_after_the_other(centre: CentreUnderTest) -> None:
    [wang] = await phones(centre, 1)
    first = job(wang, resident(wang, 1))
    both = await asyncio.gather(centre.writer.write(first), centre.writer.write(first))
    assert both[0].outcomes == both[1].outcomes
    assert len(centre.raised) == 1


async def test_whoever_goes_away_cancels_nothing(centre: CentreUnderTest) -> None:
    wang, li = await phones(centre, 2)
    gone = asyncio.create_task(centre.writer.write(job(wang, resident(wang, 1))))
    stays = asyncio.create_task(centre.writer.write(job(li, resident(li, 2))))
    await asyncio.sleep(0)
    gone.cancel()
    await stays
    assert await names_in(centre) == {"居民1", "居民2"}


async def test_an_exchange_cancelled_at_any_await_leaves_a_centre_that_goes_on(centre: CentreUnderTest) -> None:
    [wang] = await phones(centre, 1)
    count = 0

    async def send() -> None:
        nonlocal count
        count += 1
        await wang.exchange.answer(wang.request([resident(wang, count)]), wang.caller)

    async for _ in at_every_await(send):
        # The centre may have the change or not; sending the next one as an overlap or a fork must both be answered.
        await asyncio.wait_for(wang.tell([]), 60)
    assert isinstance(centre.writer, WriteQueue)
    await centre.writer.close()
    assert count > 3


class FaultySteps(Steps):
    """Raises what `faults` says, once each, in the order of commits."""

    faults: ClassVar[list[Exception]] = []

    async def commit(self, store: Store, work: Callable[[StoreWrite], Awaitable[T]]) -> T:
        async with store.write() as unit:
            result = await work(unit)
            if self.faults:
                raise self.faults.pop(0)
        return result

    def decide(self, batch: Any, **rest: Any) -> Any:
        if any(line.change is not None and "炸" in str(line.change.set.get("name")) for line in batch.lines):
            raise ZeroDivisionError("a rule that fails")
        return super().decide(batch, **rest)


@pytest.fixture
async def faulty(tmp_path: Path) -> AsyncIterator[CentreUnderTest]:
    FaultySteps.faults = []
    async with open_centre(StoreKind.SQLITE, tmp_path, steps=FaultySteps) as opened:
        yield opened


async def results(centre: CentreUnderTest, jobs: list[Job]) -> list[Written | BaseException]:
    return await asyncio.gather(*(centre.writer.write(one) for one in jobs), return_exceptions=True)


async def test_a_job_that_fails_in_a_rule_takes_nobody_with_it(faulty: CentreUnderTest) -> None:
    wang, li, zhao = await phones(faulty, 3)
    jobs = [job(wang, resident(wang, 1)), job(li, resident(li, 2, name="炸")), job(zhao, resident(zhao, 3))]
    first, second, third = await results(faulty, jobs)
    assert isinstance(first, Written)
    assert isinstance(second, ZeroDivisionError)
    assert isinstance(third, Written)
    assert await names_in(faulty) == {"居民1", "居民3"}


async def test_a_refused_row_makes_the_group_be_written_singly(faulty: CentreUnderTest) -> None:
    wang, li, zhao = await phones(faulty, 3)
    # The group fails, then of the single ones the second.
    FaultySteps.faults = [UniqueViolation("cases(id)")]
    jobs = [job(one, resident(one, number)) for number, one in enumerate((wang, li, zhao))]
    assert all(isinstance(one, Written) for one in await results(faulty, jobs))
    assert len(faulty.raised) == 1
    assert len(await names_in(faulty)) == 3


async def test_a_row_that_is_refused_alone_is_told_to_its_sender(faulty: CentreUnderTest) -> None:
    [wang] = await phones(faulty, 1)
    FaultySteps.faults = [UniqueViolation("cases(id)")]
    [result] = await results(faulty, [job(wang, resident(wang, 1))])
    assert isinstance(result, UniqueViolation)
    assert await names_in(faulty) == set()


async def test_a_commit_that_fails_tells_everyone_to_ask_again(faulty: CentreUnderTest) -> None:
    wang, li = await phones(faulty, 2)
    FaultySteps.faults = [Busy("another process")]
    jobs = [job(wang, resident(wang, 1)), job(li, resident(li, 2))]
    assert [type(one) for one in await results(faulty, jobs)] == [WriteFailed, WriteFailed]
    assert faulty.raised == []
    assert all(isinstance(one, Written) for one in await results(faulty, jobs))


async def test_a_full_disk_is_told_as_such(faulty: CentreUnderTest) -> None:
    [wang] = await phones(faulty, 1)
    FaultySteps.faults = [StorageFull("no space")]
    assert [type(one) for one in await results(faulty, [job(wang, resident(wang, 1))])] == [StorageFull]
    assert faulty.ended == []


async def test_a_failed_disk_ends_the_process_and_acknowledges_nothing(faulty: CentreUnderTest) -> None:
    [wang] = await phones(faulty, 1)
    failure = DiskFailure("fdatasync")
    FaultySteps.faults = [failure]
    assert [type(one) for one in await results(faulty, [job(wang, resident(wang, 1))])] == [WriteFailed]
    assert faulty.ended == [failure]


async def test_a_group_has_a_bound(centre: CentreUnderTest) -> None:
    writing = await phones(centre, 4)
    queue = WriteQueue(centre.context, raised=centre.raised.append, end_process=centre.ended.append, jobs_max=3)
    written = await asyncio.gather(*(queue.write(job(one, resident(one, n))) for n, one in enumerate(writing)))
    await queue.close()
    assert [one.outcomes[0].version for one in written] == [1, 1, 1, 2]
