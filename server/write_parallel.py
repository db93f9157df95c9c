"""Many writers at once, as PostgreSQL has them, each with one job; several processes may do the same.

Laws: a job that was begun is brought to its end, whoever goes away meanwhile. What the database gives up for the sake
of others is tried again a bounded number of times, at times that differ; so is a commit whose fate is unknown, since
then the seqs answer.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextvars import Context

from server.storage.errors import (
    CommitUnknown,
    DiskFailure,
    StorageError,
    StorageFull,
    Superseded,
    TryAgain,
    UniqueViolation,
)
from server.write import Job, WriteContext, WriteFailed, Written, write_jobs

TRIES_MAX = 8
FIRST_PAUSE_S = 0.01
_AGAIN = (TryAgain, CommitUnknown, UniqueViolation)


class ParallelWriter:
    """`writers` jobs at once. `jitter` gives numbers from 0 to 1."""

    def __init__(
        self,
        context: WriteContext,
        *,
        raised: Callable[[frozenset[str]], None],
        end_process: Callable[[StorageError], None],
        jitter: Callable[[], float],
        writers: int = 4,
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._context = context
        self._raised = raised
        self._end_process = end_process
        self._jitter = jitter
        self._pause = pause
        self._free = asyncio.Semaphore(writers)
        self._running: set[asyncio.Task[Written]] = set()

    async def write(self, job: Job) -> Written:
        """What became of the job once it is committed. Raises WriteFailed, StorageFull, Superseded or what it did."""
        task = asyncio.get_running_loop().create_task(self._write(job), context=Context())
        self._running.add(task)
        task.add_done_callback(self._forget)
        return await asyncio.shield(task)

    async def close(self) -> None:
        """Waits until every job that was given is written."""
        if self._running:
            await asyncio.wait(tuple(self._running))

    def _forget(self, task: asyncio.Task[Written]) -> None:
        self._running.discard(task)
        if not task.cancelled():
            task.exception()  # seen here, for the case that nobody waits any more

    async def _write(self, job: Job) -> Written:
        async with self._free:
            for tried in range(TRIES_MAX):
                try:
                    [result] = await write_jobs(self._context, [job])
                except _AGAIN as error:
                    if tried == TRIES_MAX - 1:
                        raise WriteFailed(str(error)) from error
                    await self._pause(self._jitter() * FIRST_PAUSE_S * 2**tried)
                    continue
                except (StorageFull, Superseded):
                    raise
                except StorageError as error:
                    if isinstance(error, DiskFailure):
                        self._end_process(error)
                    raise WriteFailed(str(error)) from error
                if isinstance(result, Exception):
                    raise result
                if result.raised:
                    self._raised(result.raised)
                return result
        raise AssertionError("the last try returns or raises")
