"""Owns how official numbers are handed out: reserved here, counted for good when a transaction uses them.

SQLite's one writer reads and raises a series in its own transaction. On PostgreSQL that would make every worker wait
for the others' commits on one hot row, so a process takes a block in a short transaction of its own and hands out from
it. What is left of a block when a process ends is never given: gaps are lawful, twins are not.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping
from contextvars import Context

from server.storage.unit_of_work import Database, Snapshot, Statement

BLOCK = 100
_RAISE = """INSERT INTO number_series (series, next_number) VALUES (?, ?)
            ON CONFLICT (series) DO UPDATE SET next_number = number_series.next_number + ? RETURNING next_number"""


async def read_next(snapshot: Snapshot, series: Collection[str]) -> dict[str, int]:
    """The first number of each series that nobody has; they count from 1."""
    rows = await snapshot.fetch("SELECT series, next_number FROM number_series WHERE series IN (?*)", (sorted(series),))
    found = dict.fromkeys(series, 1)
    found.update((name, number) for name, number in rows)
    return found


def used_statements(next_numbers: Mapping[str, int], used: Mapping[str, int]) -> list[Statement]:
    rows = [(series, next_numbers[series] + count) for series, count in used.items()]
    if not rows:
        return []
    return [
        (
            """INSERT INTO number_series (series, next_number) VALUES (?, ?)
               ON CONFLICT (series) DO UPDATE SET next_number = excluded.next_number""",
            rows,
        )
    ]


class NumberLeases:
    """The blocks of numbers this process holds."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._held: dict[str, range] = {}
        self._leasing = asyncio.Lock()

    async def take(self, series: str, count: int) -> range:
        """Numbers that nobody else will be given. Give back what was not used."""
        held = self._held.get(series, range(0))
        if len(held) < count:
            # A task of its own: the caller has a transaction open, and this one must commit whatever becomes of that.
            work = asyncio.get_running_loop().create_task(self._lease(series, count), context=Context())
            held = await asyncio.shield(work)
        self._held[series] = held[count:]
        return held[:count]

    def give_back(self, series: str, numbers: range, used: int) -> None:
        """Only what nobody took after is worth keeping; the rest is a gap."""
        held = self._held.get(series, range(0))
        if len(numbers) > used and (not held or numbers.stop == held.start):
            self._held[series] = range(numbers.start + used, held.stop if held else numbers.stop)

    async def _lease(self, series: str, count: int) -> range:
        size = max(BLOCK, count)
        async with self._leasing, self._database.write() as tx:
            row = await tx.fetch_one(_RAISE, (series, 1 + size, size))
        assert row is not None, "an upsert returns its row"
        return range(row[0] - size, row[0])
