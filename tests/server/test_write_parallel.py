"""Many writers at once, in one process and in two: nothing is lost, and what the database gives up is tried again."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, ClassVar, TypeVar

import pytest

from server.storage.errors import CommitUnknown, SerializationRetry
from server.storage.store import Store, StoreWrite
from server.write import WriteFailed
from server.write_parallel import TRIES_MAX, ParallelWriter
from server.write_steps import Steps
from sync.central.known import Known
from sync.core.changes import Captured, Change
from sync.core.codec import encode_change, parse_answer
from tests.cancel import at_every_await
from tests.centre import START, VILLAGE, CentreUnderTest, Phone, StoreKind, ident, open_centre, resident

BUCKET = f"place:{VILLAGE}"
T = TypeVar("T")


async def edit_many_times(phone: Phone, record: str, count: int) -> None:
    """Adds remarks to one record, each built on whatever the phone saw at the start."""
    base = phone.base_of(record)
    for number in range(count):
        phone.made += 1
        line = _remark(phone, record, base, f"{phone.account[:6]} {number}")
        answer = await phone.tell([line])
        assert answer.outcomes[0].code.has_effect, answer.outcomes


def _remark(phone: Phone, record: str, base: Any, text: str) -> bytes:
    return encode_change(
        Change(
            id=ident("change", phone.device, phone.made),
            kind="resident",
            record=record,
            name="resident.edit",
            add={"notes": [text]},
            base=base,
            captured=Captured(START),
        )
    )


@pytest.mark.parametrize("kind", [StoreKind.POSTGRES, StoreKind.MEMORY], ids=lambda kind: kind.value)
async def test_two_processes_writing_one_record_lose_no_remark(
    kind: StoreKind, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    url = str(request.getfixturevalue("postgres_url")) if kind is StoreKind.POSTGRES else ""
    async with open_centre(kind, tmp_path, url) as one, open_centre(kind, tmp_path, url) as two:
        other = two if kind is StoreKind.POSTGRES else one
        team = [await one.enrol(f"phone{n}", BUCKET, exchange=(one, other)[n % 2].exchange) for n in range(4)]
        await team[0].tell([resident(team[0], 0)])
        for phone in team:
            await phone.read_all()
        [record] = team[0].rows
        await asyncio.gather(*(edit_many_times(phone, record, 10) for phone in team))
        for phone in team:
            await phone.read_all()
            assert len(phone.fields(record)["notes"]) == 40


@pytest.mark.parametrize("kind", [StoreKind.POSTGRES, StoreKind.MEMORY], ids=lambda kind: kind.value)
async def test_one_request_pushed_through_two_processes_has_one_effect(
    kind: StoreKind, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    url = str(request.getfixturevalue("postgres_url")) if kind is StoreKind.POSTGRES else ""
    async with open_centre(kind, tmp_path, url) as one, open_centre(kind, tmp_path, url) as two:
        other = two if kind is StoreKind.POSTGRES else one
        wang = await one.enrol("wang", BUCKET)
        message = wang.request([resident(wang, number) for number in range(3)])
        sent = [centre.exchange.answer(message, wang.caller) for centre in (one, other) for _ in range(3)]
        answers = [parse_answer(raw).envelope for raw in await asyncio.gather(*sent)]
        assert all(answer.outcomes == answers[0].outcomes for answer in answers)
        reader = await one.enrol("reader", BUCKET)
        await reader.read_all()
        assert len(reader.rows) == 3


async def test_official_numbers_of_two_processes_are_never_twins(tmp_path: Path, postgres_url: str) -> None:
    async with (
        open_centre(StoreKind.POSTGRES, tmp_path, postgres_url) as one,
        open_centre(StoreKind.POSTGRES, tmp_path, postgres_url) as two,
    ):
        given: list[int] = []

        async def take(centre: CentreUnderTest) -> None:
            known = Known()
            async with centre.store.write() as unit:
                await unit.reserve(["341802:20261118:0"], 30, known)
            given.extend(known.reserved("341802:20261118:0"))

        await asyncio.gather(*(take(centre) for centre in (one, two) * 4))
        assert len(given) == 8 * 30
        assert len(set(given)) == len(given)


class FaultySteps(Steps):
    """Fails a commit as `faults` says; `after` the commit when it is to be unknown."""

    faults: ClassVar[list[Exception]] = []

    async def commit(self, store: Store, work: Callable[[StoreWrite], Awaitable[T]]) -> T:
        if self.faults and isinstance(self.faults[0], CommitUnknown):
            await super().commit(store, work)
            raise self.faults.pop(0)
        if self.faults:
            raise self.faults.pop(0)
        return await super().commit(store, work)


async def test_a_commit_whose_fate_is_unknown_is_settled_by_asking_again(tmp_path: Path) -> None:
    async with open_centre(StoreKind.MEMORY, tmp_path, steps=FaultySteps) as centre:
        wang = await centre.enrol("wang", BUCKET)
        FaultySteps.faults = [SerializationRetry("victim"), CommitUnknown("the line broke")]
        answer = await wang.tell([resident(wang, 1)])
        assert [one.code.value for one in answer.outcomes] == ["applied"]
        await wang.read_all()
        assert len(wang.rows) == 1


async def test_tries_have_a_bound_and_pauses_that_grow(tmp_path: Path) -> None:
    async with open_centre(StoreKind.MEMORY, tmp_path, steps=FaultySteps) as centre:
        wang = await centre.enrol("wang", BUCKET)
        pauses: list[float] = []

        async def pause(seconds: float) -> None:
            pauses.append(seconds)

        writer = ParallelWriter(
            centre.context,
            raised=centre.raised.append,
            end_process=centre.ended.append,
            jitter=lambda: 1.0,
            pause=pause,
        )
        wang.exchange._writer = writer
        FaultySteps.faults = [SerializationRetry("victim")] * TRIES_MAX
        with pytest.raises(WriteFailed):
            await wang.exchange.answer(wang.request([resident(wang, 1)]), wang.caller)
        await writer.close()
        assert pauses == sorted(pauses)
        assert len(pauses) == TRIES_MAX - 1


async def test_whoever_goes_away_cancels_nothing(tmp_path: Path) -> None:
    async with open_centre(StoreKind.MEMORY, tmp_path) as centre:
        wang = await centre.enrol("wang", BUCKET)
        sending = asyncio.create_task(centre.exchange.answer(wang.request([resident(wang, 1)]), wang.caller))
        for _ in range(4):
            await asyncio.sleep(0)
        sending.cancel()
        assert isinstance(centre.writer, ParallelWriter)
        await centre.writer.close()
        reader = await centre.enrol("reader", BUCKET)
        await reader.read_all()
        assert len(reader.rows) == 1


@pytest.mark.parametrize("kind", [StoreKind.POSTGRES, StoreKind.MEMORY], ids=lambda kind: kind.value)
async def test_a_write_cancelled_at_every_await_is_whole_and_the_next_is_answered(
    kind: StoreKind, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    url = str(request.getfixturevalue("postgres_url")) if kind is StoreKind.POSTGRES else ""
    async with open_centre(kind, tmp_path, url) as centre:
        wang = await centre.enrol("wang", BUCKET)
        count = 0

        async def send() -> None:
            nonlocal count
            count += 1
            await wang.exchange.answer(wang.request([resident(wang, count)]), wang.caller)

        async for _ in at_every_await(send):
            # The centre may have the change or not; sending on must be answered, as an overlap or a fork.
            await asyncio.wait_for(wang.tell([]), 60)
        assert isinstance(centre.writer, ParallelWriter)
        await centre.writer.close()
        assert count > 3
