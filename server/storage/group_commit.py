"""Lets many small jobs share a transaction: what waits while one commit runs goes together into the next.

- A job is answered after the commit that holds it.
- Whoever leaves while waiting cancels nothing: the job is done all the same.
- When a group fails each of its jobs is tried alone, so that one bad job fails alone.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from contextvars import Context
from typing import Generic, TypeVar

J = TypeVar("J")
R = TypeVar("R")


class GroupCommit(Generic[J, R]):
    """`run` does a group of jobs in one transaction of its own and returns their results in order."""

    def __init__(self, run: Callable[[Sequence[J]], Awaitable[Sequence[R]]], *, group_max: int = 128) -> None:
        self._run = run
        self._group_max = group_max
        self._waiting: deque[tuple[J, asyncio.Future[R]]] = deque()
        self._worker: asyncio.Task[None] | None = None

    async def submit(self, job: J) -> R:
        """The result of the job once it is committed, or what it raised."""
        result: asyncio.Future[R] = asyncio.get_running_loop().create_future()
        self._waiting.append((job, result))
        if self._worker is None or self._worker.done():
            # An empty context: the worker must not inherit a unit of work from whoever happens to be first.
            self._worker = asyncio.get_running_loop().create_task(self._drain(), context=Context())
        return await result

    async def close(self) -> None:
        """Waits until every job that was submitted is done."""
        if self._worker is not None:
            await asyncio.wait((self._worker,))

    async def _drain(self) -> None:
        while self._waiting:
            group = [self._waiting.popleft() for _ in range(min(len(self._waiting), self._group_max))]
            await self._settle(group)

    async def _settle(self, group: Sequence[tuple[J, asyncio.Future[R]]]) -> None:
        try:
            results = await self._run([job for job, _ in group])
        except Exception as error:
            if len(group) > 1:
                for one in group:
                    await self._settle((one,))
            elif not group[0][1].done():
                group[0][1].set_exception(error)
            return
        for (_, waiter), result in zip(group, results, strict=True):
            if not waiter.done():
                waiter.set_result(result)
