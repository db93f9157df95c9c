"""Kills the process it is put into before its nth statement to the database, counted from the first exchange on.

Law: it reaches the drivers, below everything of ours: each statement of a transaction, its BEGIN and its COMMIT among
them, and each row of one that runs for many, is a point of its own on SQLite; on PostgreSQL each round trip is.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from functools import wraps
from typing import Any

import asyncpg

from agent_api.exchange import Exchange
from server.storage import sqlite_connection
from server.storage.sqlite_connection import Key

CALLS = ("execute", "fetch", "fetchval", "fetchrow", "executemany", "copy_records_to_table")


class Failpoint:
    """Counts statements once it is armed."""

    def __init__(self, at: int) -> None:
        self._left = at
        self._is_armed = False

    def arm(self) -> None:
        self._is_armed = True

    def step(self) -> None:
        if self._is_armed:
            self._left -= 1
            if self._left == 0:
                os.kill(os.getpid(), signal.SIGKILL)


def put_in(at: int) -> None:
    """For the rest of this process's life, which is short."""
    point = Failpoint(at)
    _before(Exchange, "answer", point.arm)
    for name in CALLS:
        _before(asyncpg.connection.Connection, name, point.step)
    prepare = sqlite_connection._prepare

    def traced(raw: Any, key: Key | None, query_only: bool) -> None:
        prepare(raw, key, query_only)
        raw.set_trace_callback(lambda sql: point.step())

    sqlite_connection._prepare = traced


def _before(owner: type, name: str, act: Callable[[], None]) -> None:
    """Acts before each call of a coroutine method."""
    real = getattr(owner, name)

    @wraps(real)
    async def called(self: Any, *rest: Any, **named: Any) -> Any:
        act()
        return await real(self, *rest, **named)

    setattr(owner, name, called)
