"""The cancellation driver cancels where it says, and at every place there is."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from tests.cancel import Moment, at_every_await, cancelled_at


async def three_steps(reached: list[int]) -> None:
    for step in range(3):
        reached.append(step)
        await asyncio.sleep(0)
    reached.append(3)


async def test_every_suspension_is_cancelled_once_for_each_moment() -> None:
    ends: list[list[int]] = []

    def start() -> Coroutine[Any, Any, None]:
        ends.append([])
        return three_steps(ends[-1])

    once = [attempt async for attempt in at_every_await(start) if not attempt.again]
    assert [(a.suspension, a.moment, a.cancelled) for a in once] == [
        (suspension, moment, True) for moment in Moment for suspension in (1, 2, 3)
    ]
    assert ends[:4] == [[0], [0, 1], [0, 1, 2], [0, 1, 2, 3]]


async def waits_for(started: Callable[[], "asyncio.Future[None]"], seen: list[str]) -> None:
    future = started()
    try:
        await future
    except asyncio.CancelledError:
        seen.append("done" if future.done() and not future.cancelled() else "cancelled")
        raise


async def test_the_two_moments_differ_in_what_became_of_the_awaited() -> None:
    def soon() -> "asyncio.Future[None]":
        future = asyncio.get_running_loop().create_future()

        def end() -> None:
            if not future.done():
                future.set_result(None)

        asyncio.get_running_loop().call_later(0.001, end)
        return future

    for moment, expected in ((Moment.WAITING, "cancelled"), (Moment.JUST_DONE, "done")):
        seen: list[str] = []
        assert await cancelled_at(waits_for(soon, seen), 1, moment) == (True, 1)
        assert seen == [expected]


async def test_work_that_swallows_its_cancellation_is_seen_to_end_normally() -> None:
    async def stubborn() -> None:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            await asyncio.sleep(0)

    assert await cancelled_at(stubborn(), 1, Moment.WAITING) == (False, 2)
    assert await cancelled_at(stubborn(), 1, Moment.WAITING, again=True) == (True, 2)
