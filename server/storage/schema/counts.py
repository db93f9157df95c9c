"""The tables of counts: how many records of a kind there are of each sort, so that nobody counts a whole table.

A count follows from the rows it counts and can be made again from them at any time (server/storage/counts.py). Its
key begins with what lies in one bucket, so whoever writes one holds the lock of the bucket's head already.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CountTable:
    """Counts the rows of `counted` by the columns `by`, an empty one as ''. `sums` are text columns of whole numbers
    that are added up. `where` leaves rows out.
    """

    table: str
    counted: str
    by: tuple[str, ...]
    sums: tuple[str, ...] = ()
    indexes: tuple[tuple[str, ...], ...] = ()
    where: str = ""

    @property
    def numbers(self) -> tuple[str, ...]:
        return ("number", *self.sums)


COUNTS: Mapping[str, CountTable] = {
    one.counted: one
    for one in (
        CountTable("case_counts", "cases", ("bucket", "holder", "state"), indexes=(("holder", "state"),)),
        CountTable("claim_counts", "claims", ("campaign", "unit", "state"), sums=("returns",)),
        CountTable("item_counts", "items", ("catalogue", "unit", "status"), indexes=(("unit",),)),
        CountTable("resident_counts", "residents", ("bucket",)),
        # A change is its device's, and a device's row is locked by whoever writes for it.
        CountTable("change_counts", "changes", ("device", "code"), where="reused = 0"),
    )
}
"""Table of what is counted → its count."""


def statements(engine: str) -> list[str]:
    """One statement a step, the same for "sqlite" and "postgres". What is there already is counted."""
    assert engine in ("sqlite", "postgres"), f"there is no engine called {engine}"
    found: list[str] = []
    for count in COUNTS.values():
        columns = [f"{column} TEXT NOT NULL" for column in count.by]
        columns += [f"{column} BIGINT NOT NULL" for column in count.numbers]
        found.append(f"CREATE TABLE {count.table} ({', '.join(columns)}, PRIMARY KEY ({', '.join(count.by)}))")
        found += [
            f"CREATE INDEX {count.table}_{'_'.join(columns)} ON {count.table} ({', '.join(columns)})"
            for columns in count.indexes
        ]
        found.append(counting(count))
    return found


def counting(count: CountTable) -> str:
    """Fills an empty count from the rows it counts."""
    return f"INSERT INTO {count.table} ({', '.join((*count.by, *count.numbers))}) {counted_anew(count)}"


def counted_anew(count: CountTable) -> str:
    """What the rows add up to now: the columns of `by`, then those of `numbers`."""
    by = ", ".join(kept(column) for column in count.by)
    numbers = ["count(*)", *(f"CAST(sum({added(column)}) AS BIGINT)" for column in count.sums)]
    where = f" WHERE {count.where}" if count.where else ""
    return f"SELECT {by}, {', '.join(numbers)} FROM {count.counted}{where} GROUP BY {by}"  # noqa: S608


def kept(column: str) -> str:
    return f"coalesce({column}, '')"


def added(column: str) -> str:
    return f"CAST(coalesce(nullif({column}, ''), '0') AS BIGINT)"
