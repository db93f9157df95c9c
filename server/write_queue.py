"""One writer for all jobs, as SQLite has one: what waits while one group commits goes together into the next.

Laws:
- A job is answered after the commit that holds it. Whoever goes away meanwhile cancels nothing.
- When a row is refused the group's jobs are written singly, so that one bad job fails alone.
- When a commit fails everyone is told to ask again. When the disk fails the process is ended: nothing that the page
  cache holds is to be trusted any more.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from contextvars import Context

from server.storage.errors import ConstraintViolation, DiskFailure, StorageError, StorageFull, Superseded
from server.write import Job, Result, WriteContext, WriteFailed, Written, write_jobs

JOBS_MAX = 64
LINES_MAX = 2_000


class WriteQueue:
    """`raised` hears which buckets have news after each commit; `end_process` is called once when the disk failed."""

    def __init__(
        self,
        context: WriteContext,
        *,
        raised: Callable[[frozenset[str]], None],
        end_process: Callable[[StorageError], None],
        jobs_max: int = JOBS_MAX,
        lines_max: int = LINES_MAX,
    ) -> None:
        self._context = context
        self._raised = raised
        self._end_process = end_process
        self._jobs_max = jobs_max
        self._lines_max = lines_max
        self._waiting: deque[tuple[Job, asyncio.Future[Written]]] = deque()
        self._writer: asyncio.Task[None] | None = None

    async def write(self, job: Job) -> Written:
        """What became of the job once it is committed. Raises WriteFailed, StorageFull, Superseded or what it did."""
        done: asyncio.Future[Written] = asyncio.get_running_loop().create_future()
        self._waiting.append((job, done))
        if self._writer is None or self._writer.done():
            # An empty context: the writer must not inherit a unit of work from whoever happens to be first.
            self._writer = asyncio.get_running_loop().create_task(self._drain(), context=Context())
        return await done

    async def close(self) -> None:
        """Waits until every job that was given is written."""
        if self._writer is not None:
            await asyncio.wait((self._writer,))

    async def _drain(self) -> None:
        while self._waiting:
            group = self._next_group()
            results = await self._write([job for job, _ in group])
            news = frozenset[str]().union(*(one.raised for one in results if isinstance(one, Written)))
            if news:
                self._raised(news)
            for (_, done), result in zip(group, results, strict=True):
                if done.done():
                    continue
                if isinstance(result, Written):
                    done.set_result(result)
                else:
                    done.set_exception(result)

    def _next_group(self) -> list[tuple[Job, asyncio.Future[Written]]]:
        """Jobs in the order they came, one a device; a device's second one waits, and so keeps its place."""
        group: list[tuple[Job, asyncio.Future[Written]]] = []
        later: list[tuple[Job, asyncio.Future[Written]]] = []
        devices: set[str] = set()
        lines = 0
        while self._waiting and len(group) < self._jobs_max and (not group or lines < self._lines_max):
            one = self._waiting.popleft()
            if one[0].device in devices:
                later.append(one)
                continue
            group.append(one)
            devices.add(one[0].device)
            lines += len(one[0].lines)
        self._waiting.extendleft(reversed(later))
        return group

    async def _write(self, jobs: Sequence[Job]) -> list[Result]:
        try:
            return await write_jobs(self._context, jobs)
        except DiskFailure as error:
            self._end_process(error)
            return [WriteFailed("the disk failed") for _ in jobs]
        except (StorageFull, Superseded) as error:
            return [type(error)(*error.args) for _ in jobs]
        except ConstraintViolation as error:
            if len(jobs) == 1:
                return [error]
            return [result for job in jobs for result in await self._write([job])]
        except StorageError as error:
            return [WriteFailed(str(error)) for _ in jobs]
        except Exception as error:
            return [error] if len(jobs) == 1 else [one for job in jobs for one in await self._write([job])]
