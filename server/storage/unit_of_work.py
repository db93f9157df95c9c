"""The contract of a database: `write()` and `read()`, and what can be done inside them. Both engines keep it.

- `write()` is one transaction: all of it is durable when the block has ended without an error, or none of it is.
- `read()` is one snapshot: everything read in it was true at one moment. It cannot write.
- A cancellation at any await leaves nothing half-written and nothing locked. A commit that has begun runs to its
  end before the cancellation goes on: whoever was cancelled there cannot know, and must ask again.
- A statement that fails, also by being cancelled, dooms its unit of work: the block cannot commit any more, even
  if the error is caught inside. PostgreSQL would otherwise answer such a COMMIT with a silent rollback.
- A task has one unit of work open at a time. A unit of work that has ended refuses every statement, also from a
  task that was started inside it and lived longer.
- Tortoise's models work inside a unit of work, in any task, and nowhere else.

SQL is written once, see placeholders.py. Bytes are bytes (BLOB, BYTEA); truth values are stored as 0 and 1.
"""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Coroutine, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from contextvars import ContextVar
from enum import Enum
from typing import Any, TypeVar

from tortoise.context import TortoiseContext, _current_context

from server.storage.errors import StorageError

T = TypeVar("T")
Row = tuple[Any, ...]
Query = tuple[str, Sequence[Any]]  # a statement and its parameters
Statement = tuple[str, Sequence[Sequence[Any]]]  # a statement and the parameters of each of its runs


class Engine(Enum):
    SQLITE = "sqlite"
    POSTGRES = "postgres"


class Snapshot(ABC):
    """What a unit of work can read."""

    @abstractmethod
    async def fetch(self, sql: str, params: Sequence[Any] = ()) -> list[Row]:
        """The rows of one query."""

    @abstractmethod
    async def fetch_each(self, queries: Sequence[Query]) -> list[list[Row]]:
        """The rows of several queries; on SQLite in one hop to its thread."""

    async def fetch_one(self, sql: str, params: Sequence[Any] = ()) -> Row | None:
        """The only row of a query, or None. More than one is a programmer's mistake."""
        rows = await self.fetch(sql, params)
        assert len(rows) <= 1, "fetch_one was given a query that finds several rows"
        return rows[0] if rows else None


class Transaction(Snapshot):
    """What a unit of work can read and write."""

    @abstractmethod
    async def execute(self, sql: str, params: Sequence[Any] = ()) -> int:
        """Runs one statement; how many rows it inserted, updated or deleted."""

    @abstractmethod
    async def batch(self, statements: Sequence[Statement]) -> None:
        """Runs each statement once for each of its rows, in order; on SQLite in one hop to its thread."""

    @abstractmethod
    async def insert_many(self, table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
        """Inserts rows the fastest way the engine has. Every row must be new."""

    @abstractmethod
    async def lock_keys(self, keys: Sequence[int]) -> None:
        """Takes transaction locks on signed 64-bit keys, in order. SQLite's writer is alone and needs none."""

    async def execute_many(self, sql: str, rows: Sequence[Sequence[Any]]) -> None:
        """Runs one statement once for each row."""
        await self.batch([(sql, rows)])


class Database(ABC):
    """An open database. Made by open.open_database, closed by close()."""

    engine: Engine
    disk_failure: StorageError | None = None

    def __init__(self, context: TortoiseContext) -> None:
        self._context = context

    def write(self) -> AbstractAsyncContextManager[Transaction]:
        """One transaction."""
        return self._bound(self._open_write())

    def read(self) -> AbstractAsyncContextManager[Snapshot]:
        """One snapshot."""
        return self._bound(self._open_read())

    @abstractmethod
    async def close(self) -> None:
        """Closes every connection. Units of work must have ended."""

    @abstractmethod
    def _open_write(self) -> AbstractAsyncContextManager[Transaction]: ...

    @abstractmethod
    def _open_read(self) -> AbstractAsyncContextManager[Snapshot]: ...

    @asynccontextmanager
    async def _bound(self, unit: AbstractAsyncContextManager[T]) -> AsyncIterator[T]:
        """Lets Tortoise's models find this database while the unit of work is open."""
        task = asyncio.current_task()
        opened = _opened.get()
        assert opened != (self, task), "this task has a unit of work open on this database already"
        opened_token = _opened.set((self, task))
        context_token = _current_context.set(self._context)
        try:
            async with unit as inside:
                yield inside
        finally:
            _current_context.reset(context_token)
            _opened.reset(opened_token)


# Tasks started inside a unit of work inherit this; the task in it tells them apart from the one that opened it.
_opened: ContextVar[tuple[Database, "asyncio.Task[Any] | None"] | None] = ContextVar("unit_of_work", default=None)


async def settle(work: Coroutine[Any, Any, T]) -> T:
    """Runs work to its end however often this task is cancelled meanwhile; then lets the cancellation go on."""
    task = asyncio.ensure_future(work)
    cancelled: asyncio.CancelledError | None = None
    while not task.done():
        try:
            await asyncio.wait((task,))
        except asyncio.CancelledError as error:
            cancelled = error
    if cancelled is None:
        return task.result()
    if not task.cancelled():
        task.exception()  # seen here, so that the loop does not report it as never retrieved
    raise cancelled
