"""Copies every table of a database into another one, of either engine: how a PostgreSQL centre is backed up into a
SQLite file, how that file becomes a PostgreSQL centre again, and how a centre moves.

Laws: the source is read in one snapshot, the target is written in one transaction, so a copy is whole or not there.
Which tables there are, and in which order they can be filled, is asked of the schema itself, so that no new table is
ever forgotten.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from functools import cache

from sqlcipher3 import dbapi2

from server.storage.migrations import MIGRATIONS
from server.storage.unit_of_work import Engine, Row, Snapshot, Transaction

GROUP_ROWS = 2_000
_TABLES = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY name"
_COLUMNS = "SELECT name, pk FROM pragma_table_info(?) ORDER BY cid"
_PARENTS = 'SELECT DISTINCT "table" FROM pragma_foreign_key_list(?)'
_RESET_COUNTING = """SELECT setval(pg_get_serial_sequence('changes', 'position'),
                     (SELECT coalesce(max(position), 1) FROM changes), (SELECT count(*) > 0 FROM changes))"""
KEPT_BY_MIGRATIONS = "schema_version"


@dataclass(frozen=True, slots=True)
class TableShape:
    name: str
    columns: tuple[str, ...]
    key: tuple[str, ...]


@cache
def tables() -> tuple[TableShape, ...]:
    """Every table but the migrations' own; what others point to comes first."""
    fresh = dbapi2.connect(":memory:", isolation_level=None)
    try:
        for migration in MIGRATIONS:
            for step in migration.steps(Engine.SQLITE):
                fresh.execute(step)
        names = [name for (name,) in fresh.execute(_TABLES) if name != KEPT_BY_MIGRATIONS]
        parents = {name: {row[0] for row in fresh.execute(_PARENTS, (name,))} - {name} for name in names}
        shapes = {name: _shape(name, fresh.execute(_COLUMNS, (name,)).fetchall()) for name in names}
    finally:
        fresh.close()
    ordered: list[TableShape] = []
    while parents:
        ready = sorted(name for name, above in parents.items() if not above & parents.keys())
        assert ready, "tables point to each other in a circle"
        ordered += [shapes[name] for name in ready]
        for name in ready:
            del parents[name]
    return tuple(ordered)


def _shape(name: str, columns: list[Row]) -> TableShape:
    key = sorted((place, column) for column, place in columns if place)
    assert key, f"{name} has no primary key, so it cannot be read in pieces"
    return TableShape(name, tuple(column for column, _ in columns), tuple(column for _, column in key))


async def rows_of(snapshot: Snapshot, table: TableShape, group: int = GROUP_ROWS) -> AsyncIterator[list[Row]]:
    """All rows in the order of their key, in groups."""
    columns, key = ", ".join(table.columns), ", ".join(table.key)
    places = [table.columns.index(column) for column in table.key]
    after: list[object] = []
    while True:
        where = f"WHERE ({key}) > ({', '.join('?' * len(table.key))})" if after else ""
        rows = await snapshot.fetch(
            f"SELECT {columns} FROM {table.name} {where} ORDER BY {key} LIMIT ?",  # noqa: S608
            [*after, group],
        )
        if rows:
            yield rows
        if len(rows) < group:
            return
        after = [rows[-1][place] for place in places]


async def count_rows(snapshot: Snapshot) -> dict[str, int]:
    """Table → number of rows."""
    queries = [(f"SELECT count(*) FROM {table.name}", ()) for table in tables()]  # noqa: S608
    counts = await snapshot.fetch_each(queries)
    return {table.name: int(rows[0][0]) for table, rows in zip(tables(), counts, strict=True)}


async def copy_tables(
    source: Snapshot, target: Transaction, engine: Engine, copied: Callable[[int], None] = lambda rows: None
) -> dict[str, int]:
    """Copies everything; table → rows. `engine` is the target's; its tables must be empty. `copied` hears progress."""
    counts: dict[str, int] = {}
    total = 0
    for table in tables():
        counts[table.name] = 0
        async for rows in rows_of(source, table):
            await target.insert_many(table.name, table.columns, rows)
            counts[table.name] += len(rows)
            total += len(rows)
            copied(total)
    if engine is Engine.POSTGRES:
        # Rows came with their positions: the next change must not be given one of them again.
        await target.fetch(_RESET_COUNTING)
    return counts
