"""Tells what holders and the catalogue's items are called, which holders could hold what lies at a place, and the cases
that evidence names.

Laws: a holder that is no longer listed is told by its own key, so that nothing vanishes from a page. Of a case only
what names no person is told, and of one that the scope does not reach nothing but that there is one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from server.actions.platform import Platform
from server.domain.people.entitlement import NotListed
from server.domain.people.reach import place_holder, reaches, unit_holder
from server.domain.record_fields import text
from server.storage.people import AccountRow
from server.storage.records import record_of, records_query

_NAMES: Mapping[str, str] = {
    "place": "SELECT code, name FROM places WHERE code IN (?*)",
    "unit": "SELECT id, name FROM units WHERE id IN (?*)",
    "account": "SELECT id, name FROM accounts WHERE id IN (?*)",
}
_ITEMS = "SELECT code, name FROM base_items WHERE level IN (?*) AND code IN (?*)"
_LEVELS = ["1", "2", "3", "4", "5", "6"]
_RECORDS: Mapping[str, str] = {
    "case": "SELECT id, coalesce(nullif(number, ''), receipt, '') FROM cases WHERE id IN (?*)",
    "claim": "SELECT id, base_item FROM claims WHERE id IN (?*)",
}
_CASES = """SELECT c.id, c.bucket, c.holder, c.number, c.receipt, c.state, c.received_at, i.name
            FROM cases c LEFT JOIN items i ON i.id = c.item WHERE c.id IN (?*) ORDER BY c.id"""


@dataclass(frozen=True, slots=True)
class CaseLine:
    """A case as evidence tells it: its number, never its person."""

    id: str
    number: str
    item_name: str
    state: str
    received_at: str


async def names_of(platform: Platform, holders: Iterable[str]) -> dict[str, str]:
    """Holder (`unit:`, `place:`, `account:`) → what people call it."""
    wanted: dict[str, set[str]] = defaultdict(set)
    asked = {holder for holder in holders if holder}
    for holder in asked:
        family, _, name = holder.partition(":")
        wanted[family].add(name)
    found: dict[str, str] = {}
    async with platform.database.read() as snapshot:
        for family, sql in _NAMES.items():
            if wanted[family]:
                rows = await snapshot.fetch(sql, [sorted(wanted[family])])
                found.update({f"{family}:{key}": name for key, name in rows})
    return {holder: found.get(holder, holder) for holder in asked}


async def item_names(platform: Platform, codes: Iterable[str]) -> dict[str, str]:
    """Code of a base item → its name; a code that no catalogue knows stands for itself."""
    asked = sorted({code for code in codes if code})
    async with platform.database.read() as snapshot:
        rows = await snapshot.fetch(_ITEMS, [_LEVELS, asked]) if asked else []
    found: dict[str, str] = dict(rows)
    return {code: found.get(code, code) for code in asked}


async def record_names(platform: Platform, records: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Id of a record, given with its kind → what it is called without naming a person: a case by its number, a claim
    and a look-back by their item. Others are not told.
    """
    wanted: dict[str, list[str]] = defaultdict(list)
    for kind, record in records:
        wanted[kind].append(record)
    found: dict[str, str] = {}
    async with platform.database.read() as snapshot:
        for kind, sql in _RECORDS.items():
            if wanted[kind]:
                found.update(dict(await snapshot.fetch(sql, [wanted[kind]])))
        if wanted["look_back"]:
            rows = await snapshot.fetch(*records_query("look_back", wanted["look_back"]))
            held = [record_of("look_back", row, platform.sealing) for row in rows]
            found.update({one.id: text(one.fields, "base_item") for one in held})
    of_items = (*wanted["claim"], *wanted["look_back"])
    items = await item_names(platform, [found[one] for one in of_items if one in found])
    return {record: items.get(name, name) for record, name in found.items() if name}


async def holders_around(platform: Platform, place: str) -> dict[str, str]:
    """Who could hold what lies here, with names: the desks of the place and of those above, and the units there."""
    directory = await platform.directory()
    found: list[str] = []
    try:
        while True:
            found += [place_holder(place), *(unit_holder(unit) for unit in directory.units_at(place))]
            above = directory.place(place).parent
            if not above or above == place:
                break
            place = above
    except NotListed:
        pass
    names = await names_of(platform, found)
    return {holder: names[holder] for holder in found}


async def case_lines(platform: Platform, account: AccountRow, cases: Sequence[str]) -> list[CaseLine]:
    """Those of the cases that the account's scope reaches."""
    if not cases:
        return []
    directory = await platform.directory()
    async with platform.database.read() as snapshot:
        rows = await snapshot.fetch(_CASES, [list(cases)])
    return [
        CaseLine(case, number or receipt or "", name or "", state, received_at or "")
        for case, bucket, holder, number, receipt, state, received_at, name in rows
        if reaches(account.id, account.scope, bucket, {"holder": holder or ""}, directory)
    ]
