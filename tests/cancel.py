"""Cancels a coroutine at its nth suspension, for every n: the driver for "survives cancellation at any await".

Two moments matter at each suspension, because asyncio treats them differently:
- WAITING: the cancellation arrives while the task waits, and what it waits for is cancelled too;
- JUST_DONE: it arrives after the awaited thing is done and before the task has run on. A lock is then already
  held, a row already written, and the waiter never hears of it.

    async for attempt in at_every_await(lambda: save(database)):
        assert await nothing_is_half_written(database), attempt

A suspension inside a task that the coroutine started is not counted: cancel that task's own coroutine for it.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Generator
from dataclasses import dataclass
from enum import Enum
from functools import partial
from typing import Any


class Moment(Enum):
    WAITING = "waiting"
    JUST_DONE = "just done"


@dataclass(frozen=True, slots=True)
class Attempt:
    """One run: where it was cancelled, and whether it ended by that cancellation or with a result all the same."""

    suspension: int
    moment: Moment
    again: bool  # a second cancellation came at the next suspension, while the first was being handled
    cancelled: bool


class CancelledAt:
    """An awaitable that runs work and cancels the running task at one suspension. `suspensions` counts them."""

    def __init__(self, work: Coroutine[Any, Any, Any], suspension: int, moment: Moment, *, again: bool = False) -> None:
        self._work = work
        self._targets = {suspension, suspension + 1} if again else {suspension}
        self._moment = moment
        self.suspensions = 0

    def __await__(self) -> Generator[Any, Any, Any]:
        steps = self._work.__await__()
        task = asyncio.current_task()
        assert task is not None, "only a task can be cancelled"
        send: Callable[[], Any] = lambda: next(steps)  # noqa: E731
        while True:
            try:
                awaited = send()
            except StopIteration as stop:
                return stop.value
            self.suspensions += 1
            if self.suspensions in self._targets:
                self._cancel(task, awaited)
            try:
                yield awaited
            except BaseException as error:
                send = partial(steps.throw, error)
            else:
                send = partial(next, steps)

    def _cancel(self, task: "asyncio.Task[Any]", awaited: Any) -> None:
        if self._moment is Moment.JUST_DONE and awaited is not None and not awaited.done():
            # This callback stands before the one that wakes the task.
            awaited.add_done_callback(lambda _: task.cancel())
        else:
            task.cancel()


async def cancelled_at(
    work: Coroutine[Any, Any, Any], suspension: int, moment: Moment, *, again: bool = False
) -> tuple[bool, int]:
    """Runs work in a task of its own; was it cancelled, and how many suspensions were there."""
    driver = CancelledAt(work, suspension, moment, again=again)

    async def run() -> None:
        await driver

    try:
        await asyncio.create_task(run())
    except asyncio.CancelledError:
        return True, driver.suspensions
    return False, driver.suspensions


async def at_every_await(start: Callable[[], Coroutine[Any, Any, Any]], *, rounds: int = 1) -> AsyncIterator[Attempt]:
    """Starts the work anew for each suspension and moment until a run is shorter than the suspension asked for."""
    for again in (False, True):
        for moment in Moment:
            for _ in range(rounds):
                suspension = 1
                while True:
                    cancelled, suspensions = await cancelled_at(start(), suspension, moment, again=again)
                    if suspensions < suspension:
                        break
                    yield Attempt(suspension, moment, again, cancelled)
                    suspension += 1
                assert suspension > 1, "the work never waited for anything"


async def run_all(works: list[Awaitable[Any]]) -> None:
    """Waits for tasks that may have been cancelled; any other error is raised."""
    for result in await asyncio.gather(*works, return_exceptions=True):
        if isinstance(result, BaseException) and not isinstance(result, asyncio.CancelledError):
            raise result
