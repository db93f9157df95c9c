"""Keeps counts in step with the records and changes they count, in the same transaction, and makes them again.

Laws: a row that is replaced is taken away as it stands in the table, so nothing but its id need be known; what is new
is added up before it is written, so that a group of filings costs a row of a count for each of its buckets. Rows are
written in the order of their keys. A count that reached nought stays as a row of nought.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache

from server.storage.schema.counts import COUNTS, CountTable, added, counted_anew, counting, kept
from server.storage.unit_of_work import Engine, Row, Snapshot, Statement, Transaction

Sorts = dict[tuple[str, ...], list[int]]
"""Values of a count's `by` → its numbers."""


def taken_statements(counted: str, ids: Sequence[str]) -> list[Statement]:
    """Takes these rows away, in this order, as long as they still stand as they were."""
    count = COUNTS.get(counted)
    return [(_taking_sql(count), [(one,) for one in ids])] if count is not None and ids else []


def added_statements(counted: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> list[Statement]:
    """Adds rows of these columns."""
    count = COUNTS.get(counted)
    if count is None:
        return []
    found = sorts_of(count, columns, rows)
    return [(_adding_sql(count), [(*key, *found[key]) for key in sorted(found)])] if found else []


def sorts_of(count: CountTable, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> Sorts:
    """What these rows add up to."""
    by = [columns.index(column) for column in count.by]
    sums = [columns.index(column) for column in count.sums]
    found: Sorts = {}
    for row in rows:
        key = tuple([str(row[at] or "") for at in by])
        held = found.get(key)
        if held is None:
            held = found[key] = [0] * (1 + len(sums))
        held[0] += 1
        for place, at in enumerate(sums, 1):
            held[place] += int(str(row[at] or 0))
    return found


@cache
def _taking_sql(count: CountTable) -> str:
    by = ", ".join(kept(column) for column in count.by)
    less = ", ".join(["-1", *(f"-{added(column)}" for column in count.sums)])
    where = f" AND {count.where}" if count.where else ""
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


async def read_anew(snapshot: Snapshot, count: CountTable) -> Sorts:
    """What the rows themselves add up to."""
    return _sorts(count, await snapshot.fetch(counted_anew(count)))


def _sorts(count: CountTable, rows: Iterable[Row]) -> Sorts:
    keys = len(count.by)
    found = {tuple(row[:keys]): [int(one) for one in row[keys:]] for row in rows}
    return {key: numbers for key, numbers in found.items() if any(numbers)}


async def count_again(tx: Transaction, engine: Engine) -> dict[str, int]:
    """Makes every count anew from what it counts; table → how many sorts it has. On PostgreSQL other processes wait."""
    if engine is Engine.POSTGRES:
        names = ", ".join(count.table for count in COUNTS.values())
        await tx.execute(f"LOCK TABLE {names} IN EXCLUSIVE MODE")
    found = {}
    for count in COUNTS.values():
        await tx.execute(f"DELETE FROM {count.table}")  # noqa: S608
        found[count.table] = await tx.execute(counting(count))
    return found
