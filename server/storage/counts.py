"""Keeps counts in step with the records and changes they count, in the same transaction, and makes them again.

Laws: a row that is replaced is taken away as it stands in the table, so nothing but its id need be known; what is new
is added up before it is written, so that a group of filings costs a row of a count for each of its buckets. Rows are
written in the order of their keys. A count that reached nought stays as a row of nought.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache, lru_cache

from server.storage.schema.counts import COUNTS, CountTable, Part, counted_anew, counting, counts_of, each_adds, kept
from server.storage.unit_of_work import Engine, Row, Snapshot, Statement, Transaction

TEXTS_MAX = 4_096
Sorts = dict[tuple[str, ...], list[int]]
"""Values of a count's `by` → its numbers."""


def taken_statements(counted: str, ids: Sequence[str], engine: Engine) -> list[Statement]:
    """Takes these rows away, in this order, as long as they still stand as they were."""
    return [(_taking_sql(count, engine), [(one,) for one in ids]) for count in counts_of(counted)] if ids else []


def added_statements(counted: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> list[Statement]:
    """Adds rows of these columns."""
    found = [(count, sorts_of(count, columns, rows)) for count in counts_of(counted)]
    return [(_adding_sql(count), [(*key, *sorts[key]) for key in sorted(sorts)]) for count, sorts in found if sorts]


def sorts_of(count: CountTable, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> Sorts:
    """What these rows add up to."""
    by = [(columns.index(column), 10 if column in count.days else None) for column in count.by]
    sums = [columns.index(column) for column in count.sums]
    needs = columns.index(count.needs) if count.needs else None
    words = columns.index(count.words) if count.words else None
    found: Sorts = {}
    for row in rows:
        if needs is not None and row[needs] is None:
            continue
        key = tuple([str(row[at] or "")[:length] for at, length in by])
        held = found.get(key)
        if held is None:
            held = found[key] = [0] * len(count.numbers)
        held[0] += 1
        for place, at in enumerate(sums, 1):
            held[place] += int(str(row[at] or 0))
        if words is not None:
            for place, number in enumerate(_told(count.parts, str(row[words] or "")), 1 + len(sums)):
                held[place] += number
    return found


@lru_cache(maxsize=TEXTS_MAX)
def _told(parts: tuple[Part, ...], text: str) -> tuple[int, ...]:
    """What a text of words says of each part, as server/storage/schema/counts.py:told asks in the database."""
    words = text.split()
    return tuple(0 if part.unless and part.unless in words else _told_of(part, words) for part in parts)


def _told_of(part: Part, words: Sequence[str]) -> int:
    if not part.word.endswith(":"):
        return int(part.word in words)
    begun = [word.removeprefix(part.word) for word in words if word.startswith(part.word)]
    return int(begun[0]) if begun and part.adds else min(len(begun), 1)


@cache
def _taking_sql(count: CountTable, engine: Engine) -> str:
    by = ", ".join(kept(column, count) for column in count.by)
    less = ", ".join(["-1", *(f"-({one})" for one in each_adds(count, engine.value))])
    where = f" AND {count.condition}" if count.condition else ""
    return f"""INSERT INTO {count.table} ({", ".join((*count.by, *count.numbers))})
               SELECT {by}, {less} FROM {count.counted} WHERE id = ?{where} {_meeting(count)}"""  # noqa: S608


@cache
def _adding_sql(count: CountTable) -> str:
    columns = (*count.by, *count.numbers)
    marks = ", ".join("?" * len(columns))
    return f"INSERT INTO {count.table} ({', '.join(columns)}) VALUES ({marks}) {_meeting(count)}"  # noqa: S608


def _meeting(count: CountTable) -> str:
    raised = ", ".join(f"{column} = {count.table}.{column} + excluded.{column}" for column in count.numbers)
    return f"ON CONFLICT ({', '.join(count.by)}) DO UPDATE SET {raised}"


async def read_count(snapshot: Snapshot, count: CountTable) -> Sorts:
    """What is kept, of every sort of which there is any."""
    columns = ", ".join((*count.by, *count.numbers))
    return _sorts(count, await snapshot.fetch(f"SELECT {columns} FROM {count.table}"))  # noqa: S608


async def read_anew(snapshot: Snapshot, count: CountTable, engine: Engine) -> Sorts:
    """What the rows themselves add up to."""
    return _sorts(count, await snapshot.fetch(counted_anew(count, engine.value)))


def _sorts(count: CountTable, rows: Iterable[Row]) -> Sorts:
    keys = len(count.by)
    found = {tuple(row[:keys]): [int(one) for one in row[keys:]] for row in rows}
    return {key: numbers for key, numbers in found.items() if any(numbers)}


async def count_again(tx: Transaction, engine: Engine) -> dict[str, int]:
    """Makes every count anew from what it counts; table → how many sorts it has. On PostgreSQL other processes wait."""
    if engine is Engine.POSTGRES:
        names = ", ".join(count.table for count in COUNTS)
        await tx.execute(f"LOCK TABLE {names} IN EXCLUSIVE MODE")
    found = {}
    for count in COUNTS:
        await tx.execute(f"DELETE FROM {count.table}")  # noqa: S608
        found[count.table] = await tx.execute(counting(count, engine.value))
    return found
