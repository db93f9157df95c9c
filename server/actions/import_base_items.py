"""Takes over the base catalogue from the province's export: what is new, what differs, what is gone from it.

Laws: the file is compared with what stands before anything is written; a difference becomes a new version by the steps
of an item's life, in the reviewer's name and on the one write path, now or from a day on. What the export no longer
has is told and never cancelled: an export may be a part. Nothing is taken unless every row is good or the caller says
`partial`; the same file twice takes nothing twice.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from server.actions.account_sheet import RowFault
from server.actions.base_item_sheet import BaseItemEntry, BaseItemRows
from server.actions.build_bulletin import city_of
from server.actions.centre_writes import standing_of
from server.actions.desk_change import DeskEdit, desk_change
from server.actions.platform import Platform
from server.actions.refusals import NotFound
from server.domain.catalogue.base_items import base_item_id
from server.domain.catalogue.item_life import EFFECTIVE, ItemState, effective_item, item_state, pending_from
from server.domain.people.reach import reaches
from server.domain.people.roles import may_change
from server.domain.places import Level
from server.domain.record_fields import Fields, text
from server.storage.people import AccountRow
from sync.core.changes import Base

GROUP_ROWS = 100
TOLD_MAX = 500
_CODES = "SELECT id, code, level, name FROM base_items WHERE status <> 'cancelled' ORDER BY code, level"
_REASON = "省级基本目录已调整 The province's base catalogue says so."


@dataclass(frozen=True, slots=True)
class Difference:
    """One field of one base item: what stands, and what the export says."""

    code: str
    level: str
    field: str
    before: str
    after: str


@dataclass
class BaseImportReport:
    """`gone`: codes with their level that stand here and not in the file. Nothing was written when `refused` or
    `checked_only`.
    """

    rows: int
    elsewhere: int = 0
    new: int = 0
    changed: int = 0
    same: int = 0
    taken: int = 0
    differences: list[Difference] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    faults: list[RowFault] = field(default_factory=list)
    refused: bool = False
    checked_only: bool = False


_Step = tuple[BaseItemEntry, DeskEdit]


async def import_base_items(
    platform: Platform,
    account: AccountRow,
    rows: BaseItemRows,
    *,
    partial: bool = False,
    check_only: bool = False,
    effective_from: date | None = None,
    operator: AccountRow | None = None,
) -> BaseImportReport:
    """`rows` come from `read_base_item_file`; `account` is a reviewer's who reaches the city's catalogue, or NotFound
    is raised. `operator`: who acts on behalf of the account.
    """
    directory = await platform.directory()
    kept_under = city_of(directory)[:6]
    if not may_change(account.role, "base_item.publish") or not reaches(
        account.id, account.scope, f"catalogue:all:{kept_under}", {}, directory
    ):
        raise NotFound("no such catalogue")
    report = BaseImportReport(rows=rows.rows, elsewhere=rows.elsewhere, faults=list(rows.faults))
    steps = await _compare(platform, rows.entries, kept_under, effective_from, report)
    report.faults.sort(key=lambda fault: fault.row)
    report.refused, report.checked_only = bool(report.faults) and not partial and not check_only, check_only
    if report.refused or check_only:
        return report
    for start in range(0, len(steps), GROUP_ROWS):
        await _take(platform, account, steps[start : start + GROUP_ROWS], report, operator)
    return report


async def _compare(
    platform: Platform,
    entries: Sequence[BaseItemEntry],
    kept_under: str,
    effective_from: date | None,
    report: BaseImportReport,
) -> list[_Step]:
    """The step that each entry asks for, as far as it differs."""
    ids = {base_item_id(entry.level, str(entry.fields["code"])): entry for entry in entries}
    steps: list[_Step] = []
    async with platform.database.read() as snapshot:
        stand = await snapshot.fetch(_CODES)
        report.gone = [f"{code}/{level} {name}" for ident, code, level, name in stand if ident not in ids][:TOLD_MAX]
        wanted = list(ids)
        for start in range(0, len(wanted), GROUP_ROWS):
            group = wanted[start : start + GROUP_ROWS]
            standing = await standing_of(snapshot, platform, "base_item", group)
            for ident in group:
                edits = _steps_for(ident, ids[ident], standing.get(ident), kept_under, effective_from, report)
                steps += [(ids[ident], edit) for edit in edits]
    return steps


def _steps_for(
    ident: str,
    entry: BaseItemEntry,
    standing: tuple[Base, Fields] | None,
    kept_under: str,
    effective_from: date | None,
    report: BaseImportReport,
) -> list[DeskEdit]:
    if standing is None:
        report.new += 1
        level = Level(int(entry.level) - 1).name.lower()
        made = {**entry.fields, "catalogue": f"{level}:{kept_under}", "status": ItemState.ACTIVE.value, "version": 1}
        if entry.state is ItemState.ACTIVE:
            return [_edit(ident, "publish", made)]
        report.faults.append(
            RowFault(entry.row, "status", "没有在用过的事项，不必导入", "it never stood here: leave it out")
        )
        return []
    base, kept = standing
    # What is known to come on its day is compared as it will be, or the same file would be taken twice.
    fields = effective_item(kept, pending_from(kept) or date.min)
    differing = {
        name: value
        for name, value in entry.fields.items()
        if name != "status_reason" and _differs(fields.get(name), value)
    }
    is_moved = item_state(fields) is not entry.state
    if is_moved and item_state(fields) is ItemState.CANCELLED:
        zh, en = "本库已取消该事项，不能恢复，请用新编码", "it is cancelled here for good: give it a new code"
        report.faults.append(RowFault(entry.row, "status", zh, en))
        return []
    if item_state(fields) is ItemState.CANCELLED or not (differing or is_moved):
        report.same += 1
        return []
    report.changed += 1
    _tell(report, entry, fields, differing, is_moved)
    return [_life_edit(ident, entry, base, differing, is_moved, effective_from)]


def _life_edit(
    ident: str, entry: BaseItemEntry, base: Base, differing: Fields, is_moved: bool, effective_from: date | None
) -> DeskEdit:
    """What only changes is published; what comes to another state does that first, the rest with the next file."""
    day = {EFFECTIVE: effective_from.isoformat()} if effective_from is not None else {}
    if not is_moved:
        return _edit(ident, "publish", {**differing, **day}, base)
    verb = {ItemState.ACTIVE: "resume", ItemState.SUSPENDED: "suspend", ItemState.CANCELLED: "cancel"}[entry.state]
    said = {} if verb == "resume" else {"status_reason": text(entry.fields, "status_reason") or _REASON}
    return _edit(ident, verb, {**said, **day}, base)


def _edit(ident: str, verb: str, fields: Fields, base: Base | None = None) -> DeskEdit:
    return DeskEdit(kind="base_item", record=ident, name=f"base_item.{verb}", fields=dict(fields), base=base)


def _differs(before: object, after: object) -> bool:
    return (before if before not in (None, "") else None) != (after if after != "" else None)


def _tell(
    report: BaseImportReport, entry: BaseItemEntry, fields: Fields, differing: Mapping[str, object], is_moved: bool
) -> None:
    code = str(entry.fields["code"])
    told = [
        Difference(code, entry.level, name, _said(fields.get(name)), _said(value)) for name, value in differing.items()
    ]
    if is_moved:
        told.append(Difference(code, entry.level, "status", item_state(fields).value, entry.state.value))
    report.differences += told[: max(0, TOLD_MAX - len(report.differences))]


def _said(value: object) -> str:
    return "" if value is None else str(value)


async def _take(
    platform: Platform,
    account: AccountRow,
    steps: Sequence[_Step],
    report: BaseImportReport,
    operator: AccountRow | None,
) -> None:
    """One group in one transaction; what merge refuses all the same is told as a fault of its row."""
    directory = await platform.directory()
    city = city_of(directory)[:6]
    written = await desk_change(
        platform.database,
        platform.writer,
        account,
        [edit for _, edit in steps],
        buckets={f"catalogue:{level}:{city}" for level in ("all", *(one.name.lower() for one in Level))},
        now_ms=platform.clock.wall_ms(),
        randomness=platform.randomness,
        operator=operator,
    )
    for (entry, _), outcome in zip(steps, written.outcomes, strict=True):
        if outcome.code.has_effect:
            report.taken += 1
        else:
            told = outcome.detail.get("problems") or [{"zh": outcome.reason, "en": outcome.reason}]
            report.faults.append(RowFault(entry.row, "", str(told[0]["zh"]), str(told[0]["en"])))
