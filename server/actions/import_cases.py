"""Takes over open cases of another system, as changes of the centre's own desk.

Laws: nothing is taken unless every row is good or the caller says `partial`; what is wrong with a row is found before
anything is written. A case is known by its system and its number there, so that the same file twice takes nothing
twice. A resident whom the village knows by the id number is that resident; another is registered.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from server.actions.account_sheet import RowFault
from server.actions.case_sheet import CaseEntry, CaseRows
from server.actions.desk_change import DeskEdit, desk_change
from server.actions.platform import Platform
from server.actions.take_step import centre_itself
from server.domain.cases.imported import source_of
from server.domain.catalogue.item_life import ItemState, item_state
from server.domain.people.entitlement import place_bucket
from server.domain.record_fields import integer, text
from server.storage.records import place_of
from server.storage.schema.records import KIND_TABLES
from server.storage.unit_of_work import Snapshot
from sync.core.codec import read_fields
from sync.core.ids import derived_id

GROUP_ROWS = 100
_ITEMS = "SELECT id, bucket, body FROM items WHERE id > ? ORDER BY id LIMIT 2000"


@dataclass(frozen=True, slots=True)
class FoundItem:
    id: str
    version: int
    state: ItemState


@dataclass
class CaseImportReport:
    """`present`: taken over before. Nothing was written when `refused`."""

    rows: int
    taken: int = 0
    registered: int = 0
    present: int = 0
    faults: list[RowFault] = field(default_factory=list)
    refused: bool = False


async def import_cases(platform: Platform, rows: CaseRows, *, system: str, partial: bool) -> CaseImportReport:
    """`rows` come from `read_case_file`; `system` names where they come from, the same every time."""
    report = CaseImportReport(rows=rows.rows, faults=list(rows.faults))
    async with platform.database.read() as snapshot:
        items = await _items(snapshot, platform, {entry.item for entry in rows.entries})
        ids = {case_id(system, entry.number): entry for entry in rows.entries}
        present = await _present(snapshot, list(ids))
    good = []
    for ident, entry in ids.items():
        if ident in present:
            report.present += 1
        elif wrong := _fault_of(entry, items.get(entry.item)):
            report.faults.append(wrong)
        else:
            good.append(entry)
    report.faults.sort(key=lambda fault: fault.row)
    if report.faults and not partial:
        report.refused = True
        return report
    for start in range(0, len(good), GROUP_ROWS):
        await _take(platform, system, good[start : start + GROUP_ROWS], items, report)
    return report


def case_id(system: str, number: str) -> str:
    """The record of a case that another system knows by this number."""
    return derived_id("case", "import", system, number)


def _fault_of(entry: CaseEntry, item: FoundItem | None) -> RowFault | None:
    if item is None:
        zh, en = "没有这个事项，请用实施编码或基本编码", "no such item: give its implementing code or its base code"
        return RowFault(entry.row, "item", zh, en)
    if item.state is ItemState.CANCELLED:
        return RowFault(
            entry.row, "item", "事项已取消，请在原系统办结", "the item is cancelled: end the case where it is"
        )
    return None


async def _items(snapshot: Snapshot, platform: Platform, codes: set[str]) -> dict[str, FoundItem]:
    """Code → item. Codes stand in the bodies alone, so all are read once; a unit's own goes before a standard one."""
    found: dict[str, FoundItem] = {}
    after = ""
    while codes and (rows := await snapshot.fetch(_ITEMS, [after])):
        for ident, _, body in rows:
            fields = read_fields(platform.sealing.open(place_of("items", ident), bytes(body)))
            item = FoundItem(ident, integer(fields, "version"), item_state(fields))
            if (code := text(fields, "code")) in codes:
                found[code] = item
            if (base := text(fields, "base_item")) in codes and not text(fields, "unit"):
                found.setdefault(base, item)
            if ident in codes:
                found[ident] = item
        after = rows[-1][0]
    return found


async def _present(snapshot: Snapshot, ids: Sequence[str]) -> frozenset[str]:
    if not ids:
        return frozenset()
    table = KIND_TABLES["case"].table
    rows = await snapshot.fetch(f"SELECT id FROM {table} WHERE id IN (?*)", [list(ids)])  # noqa: S608
    return frozenset(row[0] for row in rows)


async def _take(
    platform: Platform, system: str, entries: Sequence[CaseEntry], items: dict[str, FoundItem], report: CaseImportReport
) -> None:
    """One group of rows in one transaction; what merge refuses all the same is told as a fault of its row."""
    edits: list[DeskEdit] = []
    of_row: list[CaseEntry | None] = []
    known: dict[tuple[str, str], str] = {}
    async with platform.database.read() as snapshot:
        for entry in entries:
            who = (entry.place, entry.citizen_id)
            if who not in known:
                known[who], is_new = await _resident(snapshot, platform, entry)
                if is_new:
                    edits.append(_registration(known[who], entry))
                    of_row.append(None)
            edits.append(_filing(system, entry, known[who], items[entry.item]))
            of_row.append(entry)
    written = await desk_change(
        platform.database,
        platform.writer,
        await centre_itself(platform),
        edits,
        buckets={place_bucket(entry.place) for entry in entries},
        now_ms=platform.clock.wall_ms(),
        randomness=platform.randomness,
    )
    for row_of, outcome in zip(of_row, written.outcomes, strict=True):
        if row_of is None:
            report.registered += outcome.code.has_effect
        elif outcome.code.has_effect:
            report.taken += 1
        else:
            zh, en = (
                f"未能接收（{outcome.reason}），请在窗口重新申请",
                f"not taken ({outcome.reason}): file it at a desk",
            )
            report.faults.append(RowFault(row_of.row, "", zh, en))


async def _resident(snapshot: Snapshot, platform: Platform, entry: CaseEntry) -> tuple[str, bool]:
    """The village's resident of that id number, or a new record's id."""
    rows = await snapshot.fetch(
        "SELECT id FROM residents WHERE person = ? AND bucket = ? ORDER BY id LIMIT 1",
        [platform.sealing.keyed_index(entry.citizen_id), place_bucket(entry.place)],
    )
    return (rows[0][0], False) if rows else (derived_id("resident", "import", entry.place, entry.citizen_id), True)


def _registration(ident: str, entry: CaseEntry) -> DeskEdit:
    fields = {"name": entry.name, "citizen_id": entry.citizen_id, "village": entry.place}
    if entry.phone:
        fields["phone"] = entry.phone
    return DeskEdit(kind="resident", record=ident, name="resident.register", fields=fields)


def _filing(system: str, entry: CaseEntry, resident: str, item: FoundItem) -> DeskEdit:
    fields: dict[str, object] = {
        "resident": resident,
        "item": item.id,
        "item_version": item.version,
        "village": entry.place,
        "source": source_of(system, entry.number, entry.received_on, entry.accepted_on),
    }
    for name, value in (("phone", entry.phone), ("address", entry.address)):
        if value:
            fields[name] = value
    step = "case.import_accepted" if entry.accepted_on is not None else "case.import"
    return DeskEdit(kind="case", record=case_id(system, entry.number), name=step, fields=fields)
