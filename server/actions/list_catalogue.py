"""The catalogue as a reviewer reads it: base items, items, an item's versions with their differences, who departs.

Law: a catalogue is public; these lists know no scope. Pages go along an index by key, so that the last costs what the
first does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from server.actions.platform import Platform
from server.actions.refusals import NotFound
from server.actions.take_step import read_record
from server.domain.catalogue.item_life import waiting_fields
from server.domain.catalogue.local_items import departures
from server.domain.record_fields import Fields, integer, text
from server.storage import change_log
from server.storage.records import record_of, records_query
from sync.core.codec import read_fields

PAGE_ROWS_MAX = 500
VERSIONS_MAX = 50
_ALWAYS_DIFFER = frozenset({"version"})
_ITEM_COLUMNS = "id, coalesce(base_item, ''), name, status, coalesce(unit, ''), coalesce(next_on, '')"
_LISTS = """SELECT catalogue, CAST(sum(number) AS BIGINT) FROM item_counts WHERE catalogue LIKE '%:%'
            GROUP BY catalogue HAVING sum(number) > 0 ORDER BY catalogue"""
_UNITS = """SELECT k.unit, u.name, CAST(sum(k.number) AS BIGINT) FROM item_counts k JOIN units u ON u.id = k.unit
            GROUP BY k.unit, u.name, u.place HAVING sum(k.number) > 0 ORDER BY u.place, k.unit"""


@dataclass(frozen=True)
class BaseItemRow:
    id: str
    code: str
    level: str
    name: str
    status: str
    next_on: str


@dataclass(frozen=True)
class ItemRow:
    """`next_on`: the day on which what waits takes effect, "" when nothing waits."""

    id: str
    base_item: str
    name: str
    status: str
    unit: str
    next_on: str


@dataclass(frozen=True)
class ListRow:
    """A standard list or a unit, as it is asked for, its name, and how many items it holds."""

    key: str
    name: str
    items: int


@dataclass(frozen=True)
class Difference:
    field: str
    before: Any
    after: Any


@dataclass(frozen=True)
class Version:
    """`differences` are those to the version before; the first has none."""

    version: int
    status: str
    effective_from: str
    differences: tuple[Difference, ...]


@dataclass(frozen=True)
class Versions:
    """The newest first. `waiting`: what takes effect on `waiting_from`."""

    item: str
    name: str
    rows: tuple[Version, ...]
    waiting_from: str
    waiting: tuple[Difference, ...]


@dataclass(frozen=True)
class DepartureRow:
    """`id`: of the site's record, by which the next page is asked for."""

    id: str
    unit: str
    place: str
    field: str
    standard: Any
    local: Any
    reason: str


async def list_base_items(
    platform: Platform, *, level: str, search: str = "", status: str = "", after: str = "", limit: int = PAGE_ROWS_MAX
) -> list[BaseItemRow]:
    """Of one exercise level, by code; `after` is the last code of the page before, `search` part of a name or code."""
    narrower, values = _narrower("code", search, status)
    sql = f"""SELECT id, code, level, name, status, coalesce(next_on, '') FROM base_items
              WHERE level = ? AND code > ?{narrower} ORDER BY code LIMIT ?"""  # noqa: S608 - constants of this module
    async with platform.database.read() as snapshot:
        rows = await snapshot.fetch(sql, [level, after, *values, limit])
    return [BaseItemRow(*row) for row in rows]


async def list_items(
    platform: Platform,
    *,
    unit: str = "",
    catalogue: str = "",
    search: str = "",
    status: str = "",
    after: str = "",
    limit: int = PAGE_ROWS_MAX,
) -> list[ItemRow]:
    """Of one unit, or of one standard list ("village:341800"), by base code; `after` is the last one before, `search`
    part of a name or base code.
    """
    column, value = ("unit", unit) if unit else ("catalogue", catalogue)
    narrower, values = _narrower("base_item", search, status)
    sql = f"""SELECT {_ITEM_COLUMNS} FROM items WHERE {column} = ? AND base_item > ?{narrower}
              ORDER BY base_item LIMIT ?"""  # noqa: S608 - constants of this module
    async with platform.database.read() as snapshot:
        rows = await snapshot.fetch(sql, [value, after, *values, limit])
    return [ItemRow(*row) for row in rows]


def _narrower(code: str, search: str, status: str) -> tuple[str, list[str]]:
    """Conditions on what the index found. What a person types holds no wildcards."""
    words = search.replace("%", "").replace("_", "").strip()
    conditions, values = "", []
    if words:
        conditions, values = f" AND (name LIKE ? OR {code} LIKE ?)", [f"%{words}%", f"{words}%"]
    return (f"{conditions} AND status = ?", [*values, status]) if status else (conditions, values)


async def list_implementations(
    platform: Platform, base_code: str, *, after: str = "", limit: int = PAGE_ROWS_MAX
) -> list[ItemRow]:
    """The items that stand for one base item, by id: standard ones, and those of units."""
    sql = f"SELECT {_ITEM_COLUMNS} FROM items WHERE base_item = ? AND id > ? ORDER BY id LIMIT ?"  # noqa: S608
    async with platform.database.read() as snapshot:
        rows = await snapshot.fetch(sql, [base_code, after, limit])
    return [ItemRow(*row) for row in rows]


async def list_holders(platform: Platform) -> tuple[list[ListRow], list[ListRow]]:
    """The standard lists, and the units that have items of their own, each with how many."""
    async with platform.database.read() as snapshot:
        lists, units = await snapshot.fetch_each([(_LISTS, ()), (_UNITS, ())])
    return [ListRow(key, key, count) for key, count in lists], [ListRow(*row) for row in units]


async def show_versions(platform: Platform, item: str, *, kind: str = "item") -> Versions:
    """At most the newest VERSIONS_MAX. Raises NotFound."""
    standing = await read_record(platform, kind, item)
    if standing is None:
        raise NotFound(f"no {kind} {item}")
    revs = range(max(1, standing.rev - VERSIONS_MAX), standing.rev)
    places = [change_log.history_place(kind, item, rev) for rev in revs]
    async with platform.database.read() as snapshot:
        kept = await snapshot.fetch(*change_log.history_query(places)) if places else []
    bodies = [read_fields(platform.sealing.open(row[0], bytes(row[2]))) for row in kept if row[2] is not None]
    bodies.append(dict(standing.fields))
    bodies.sort(key=lambda fields: integer(fields, "version"))
    rows = [_version(fields, bodies[place - 1] if place else None) for place, fields in enumerate(bodies)]
    waiting = waiting_fields(standing.fields)
    return Versions(
        item=item,
        name=text(standing.fields, "name"),
        rows=tuple(reversed(rows)),
        waiting_from=text(waiting, "effective_from"),
        waiting=_differences(standing.fields, {**standing.fields, **waiting}),
    )


def _version(fields: Fields, before: Fields | None) -> Version:
    return Version(
        integer(fields, "version"),
        text(fields, "status"),
        text(fields, "effective_from"),
        _differences(before, fields) if before is not None else (),
    )


def _differences(before: Fields, after: Fields) -> tuple[Difference, ...]:
    """What is the same but for being absent or empty is the same."""
    names = sorted({*before, *after} - _ALWAYS_DIFFER)
    return tuple(
        Difference(name, before.get(name), after.get(name))
        for name in names
        if (before.get(name) or None) != (after.get(name) or None) and not name.startswith("next.")
    )


async def list_departures(
    platform: Platform, item: str, *, after: str = "", limit: int = PAGE_ROWS_MAX
) -> list[DepartureRow]:
    """Every field in which a site departs from this standard item now. Raises NotFound."""
    standard = await read_record(platform, "item", item)
    if standard is None:
        raise NotFound(f"no item {item}")
    directory = await platform.directory()
    sql = "SELECT id FROM local_items WHERE item = ? AND departs > '' AND id > ? ORDER BY id LIMIT ?"
    async with platform.database.read() as snapshot:
        ids = [row[0] for row in await snapshot.fetch(sql, [item, after, limit])]
        rows = await snapshot.fetch(*records_query("local_item", ids)) if ids else []
    held = sorted((record_of("local_item", row, platform.sealing) for row in rows), key=lambda one: one.id)
    places: Mapping[str, str] = {unit.id: unit.place for unit in directory.units.values()}
    return [
        DepartureRow(
            one.id, text(one.fields, "unit"), places.get(text(one.fields, "unit"), ""),
            away.field, away.standard, away.local, away.reason,
        )
        for one in held
        for away in departures(standard.fields, one.fields)
    ]  # fmt: skip
