"""Tells how this process of the server stands, so that one page shows all of them, whichever answers it.

Laws: it is written now and then, and by this process alone. One that ends well takes its row along; one that was
killed is shown as silent for a while, and then its row is swept by the others.
"""

from __future__ import annotations

import os
import resource
import socket
from collections.abc import Callable
from contextlib import suppress
from typing import NamedTuple

from server.storage.errors import StorageError
from server.storage.processes import ProcessRow, drop_process, keep_process, sweep_processes
from server.storage.unit_of_work import Database

TELL_EVERY_S = 30.0
SILENT_AFTER_MS = 100_000
"""Three times running it did not tell."""
SWEPT_AFTER_MS = 24 * 3_600_000


class Standing(NamedTuple):
    """The numbers that others in this process hold, as ProcessRow names them."""

    pages: int = 0
    sockets: int = 0
    slowed: int = 0
    refused: int = 0
    put_off: int = 0


class ThisProcess:
    """One a process. `measure` is asked whenever it tells; `now` in ms."""

    def __init__(self, ident: str, measure: Callable[[], Standing], now: Callable[[], int]) -> None:
        self.id = ident
        self._measure = measure
        self._now = now
        self._started_at = now()

    def row(self) -> ProcessRow:
        """As it stands now."""
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
        host = socket.gethostname()[:80]
        return ProcessRow(self.id, host, os.getpid(), self._started_at, self._now(), memory, *self._measure())

    async def tell(self, database: Database) -> None:
        row = self.row()
        async with database.write() as tx:
            await keep_process(tx, row)
            await sweep_processes(tx, row.seen_at - SWEPT_AFTER_MS)

    async def leave(self, database: Database) -> None:
        # A database that is gone already keeps the row; then it is swept.
        with suppress(StorageError):
            async with database.write() as tx:
                await drop_process(tx, self.id)
