"""settle: what has begun to commit runs to its end. The contract itself is in contract/."""

import asyncio

import pytest

from server.storage.unit_of_work import settle


async def test_settle_gives_the_result() -> None:
    async def work() -> int:
        await asyncio.sleep(0)
        return 5

    assert await settle(work()) == 5


async def test_settle_raises_what_the_work_raised() -> None:
    async def work() -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await settle(work())


@pytest.mark.parametrize("fails", [False, True])
async def test_however_often_it_is_cancelled_the_work_ends_first(fails: bool) -> None:
    may_end = asyncio.Event()
    ended = False

    async def work() -> None:
        nonlocal ended
        await may_end.wait()
        ended = True
        if fails:
            raise ZeroDivisionError

    task = asyncio.create_task(settle(work()))
    for _ in range(3):
        await asyncio.sleep(0)
        task.cancel()
        await asyncio.sleep(0)
        assert not task.done()
    may_end.set()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert ended
