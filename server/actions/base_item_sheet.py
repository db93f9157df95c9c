"""Reads the base catalogue (基本目录) as the province exports it, xlsx or csv, and says of every bad row what to do.

Columns by Chinese title or by the export's own name (COLUMNS below): 基本编码 basic_code, 事项名称 task_name and
行使层级 exe_level; type, basis, state, days, departments, main item and more may be missing. Several levels stand in
one cell, apart by commas: each is a base item of its own.

Law: a row is good or told with its cell; nothing is guessed, and no row is dropped in silence.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from server.actions.account_sheet import FILE_BYTES_MAX, RowFault, SheetUnreadable, rows_by_column, sheet_rows
from server.domain.catalogue.base_items import check_base_item
from server.domain.catalogue.dictionaries import DICTIONARIES
from server.domain.catalogue.item_life import ItemState
from server.domain.check_context import CheckContext
from server.domain.record_fields import parse_date

COLUMNS: Mapping[str, str] = {
    "基本编码": "code",
    "basic_code": "code",
    "事项名称": "name",
    "task_name": "name",
    "行使层级": "level",
    "exe_level": "level",
    "事项类型": "type",
    "task_type": "type",
    "设定依据": "basis",
    "by_law": "basis",
    "目录状态": "status",
    "flag": "status",
    "生效日期": "valid_from",
    "valid_date": "valid_from",
    "失效日期": "valid_until",
    "invalid_date": "valid_until",
    "中央业务指导部门": "central_dept",
    "业务部门": "dept",
    "有子项": "has_child",
    "可办理": "handled",
    "is_handle": "handled",
    "主项编码": "parent",
    "parent_code": "parent",
    "状态说明": "status_reason",
    "reason": "status_reason",
}
OPTIONAL = frozenset(COLUMNS.values()) - {"code", "name", "level"}
_LEVELS: Mapping[str, str] = {
    **{"国家级": "1", "省级": "2", "市级": "3", "设区的市级": "3", "县级": "4", "县（区）级": "4", "乡镇级": "5"},
    **{"乡镇（街道）级": "5", "村级": "6", "村（社区）级": "6", **{str(level): str(level) for level in range(1, 7)}},
}
_STATES: Mapping[str, ItemState] = {
    **dict.fromkeys(("", "1", "在用", "正常", "有效", "active"), ItemState.ACTIVE),
    **dict.fromkeys(("2", "暂停", "挂起", "suspended"), ItemState.SUSPENDED),
    **dict.fromkeys(("0", "3", "取消", "作废", "废止", "cancelled"), ItemState.CANCELLED),
}
_TRUE, _FALSE = frozenset({"1", "是", "true", "y"}), frozenset({"0", "否", "false", "n"})
_SEPARATOR = re.compile(r"[\s,，;；、/]+")
_DAYS, _FLAGS = ("valid_from", "valid_until"), ("has_child", "handled")
_HERE = frozenset("3456")
"""Levels at which anybody in a city implements items; what the state and the province do themselves is left out."""


@dataclass(frozen=True, slots=True)
class BaseItemEntry:
    """One base item of one level as the file has it. `fields` are those that the file says something of."""

    row: int
    level: str
    state: ItemState
    fields: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class BaseItemRows:
    """`elsewhere`: rows that are only for the state or the province."""

    rows: int
    entries: tuple[BaseItemEntry, ...]
    faults: tuple[RowFault, ...]
    elsewhere: int


def read_base_item_file(content: bytes, on: date) -> BaseItemRows:
    """Raises SheetUnreadable. An xlsx file is told by its first bytes; all else is csv, in UTF-8 or GB 18030."""
    lines = sheet_rows(content, COLUMNS, optional=OPTIONAL) if content[:2] == b"PK" else _csv_rows(content)
    entries: list[BaseItemEntry] = []
    faults: list[RowFault] = []
    seen: dict[tuple[str, str], int] = {}
    count = elsewhere = 0
    for row, cells in lines:
        count += 1
        found, wrong, here = _read_row(row, cells, on)
        elsewhere += not wrong and not here
        for entry in found:
            first = seen.setdefault((entry.level, str(entry.fields["code"])), row)
            if first != row:
                zh, en = f"与第{first}行是同一事项同一层级", f"the same item and level as in row {first}"
                wrong.append(RowFault(row, "code", zh, en))
        entries += [] if wrong else found
        faults += wrong
    return BaseItemRows(count, tuple(entries), tuple(faults), elsewhere)


def _csv_rows(content: bytes) -> Iterator[tuple[int, dict[str, str]]]:
    if len(content) > FILE_BYTES_MAX:
        raise SheetUnreadable("文件大于10兆字节", "the file is larger than 10 MB")
    try:
        said = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            said = content.decode("gb18030")
        except UnicodeDecodeError:
            raise SheetUnreadable("不是xlsx，也不是UTF-8或GB18030的csv", "neither xlsx nor csv") from None
    try:
        yield from rows_by_column(csv.reader(io.StringIO(said, newline=""), strict=True), COLUMNS, OPTIONAL)
    except csv.Error:
        raise SheetUnreadable("csv文件已损坏", "the csv file is damaged") from None


def _read_row(row: int, cells: Mapping[str, str], on: date) -> tuple[list[BaseItemEntry], list[RowFault], bool]:
    """(base items, faults, whether any of its levels is the city's or below)"""
    wrong = [
        RowFault(row, key, f"缺少“{zh}”，请补上", f"{key} is missing: add it")
        for zh, key in COLUMNS.items()
        if key not in OPTIONAL and not cells.get(key) and not zh.isascii()
    ]
    levels = [_LEVELS.get(one, "") for one in _SEPARATOR.split(cells.get("level", "")) if one]
    if not all(levels):
        wrong.append(RowFault(row, "level", "行使层级应为1至6或“村级”等", "a level is 1 to 6"))
    state = _STATES.get(cells.get("status", "").lower())
    if state is None:
        wrong.append(
            RowFault(row, "status", "目录状态应为在用、暂停或取消", "a state is active, suspended or cancelled")
        )
    fields, misread = _fields(row, cells)
    wrong += misread
    if wrong or state is None:
        return [], wrong, bool(_HERE.intersection(levels))
    entries = []
    for level in sorted(_HERE.intersection(levels)):
        entry = BaseItemEntry(row, level, state, {**fields, "level": level})
        whole = {**entry.fields, "status": state.value, "version": 1, "catalogue": "village:000000"}
        found = check_base_item(whole, CheckContext(on=on))
        wrong += [RowFault(row, one.field, one.zh, one.en) for one in found]
        entries.append(entry)
    return entries, wrong, bool(entries)


def _fields(row: int, cells: Mapping[str, str]) -> tuple[dict[str, object], list[RowFault]]:
    """The file's cells as values; an empty cell says nothing."""
    fields: dict[str, object] = {}
    wrong = []
    for key, said in cells.items():
        if not said or key in ("level", "status"):
            continue
        if key in _DAYS:
            day = said[:10].replace("/", "-").replace(".", "-")
            fields[key] = day
            if parse_date(day) is None:
                wrong.append(RowFault(row, key, "日期不对，请写2026-01-31", "not a day: write 2026-01-31"))
        elif key in _FLAGS:
            fields[key] = said.lower() in _TRUE
            if said.lower() not in _TRUE | _FALSE:
                wrong.append(RowFault(row, key, "应为“是”或“否”", "yes or no, as 1 or 0"))
        elif key == "type":
            fields[key] = _type(said)
        else:
            fields[key] = said
    return fields, wrong


def _type(said: str) -> str:
    """Its code, where the file says the word."""
    return next((code for code, word in DICTIONARIES["item_type"].items() if said == word), said)
