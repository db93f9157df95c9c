"""Reads open cases of another system from an xlsx file or from JSON lines, and says of every bad row what to do.

Columns by Chinese or English title: 原办件号 number, 事项编码 item, 姓名 name, 身份证号 citizen_id, 区划 place,
收件日期 received_on; and 电话 phone, 地址 address, 受理日期 accepted_on, which may be missing. A line of JSON has the
same keys, or is a message of the province as docs/adapters.md tells it.

Law: a row is good or told with its cell; nothing is guessed, and no row is dropped in silence.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

import msgspec

from server.actions.account_sheet import ROWS_MAX, RowFault, SheetUnreadable, sheet_rows
from server.domain.people.citizen_id import is_citizen_id, normalise
from server.domain.people.entitlement import Directory
from server.domain.people.phones import parse_phone
from server.domain.record_fields import parse_date

COLUMNS: Mapping[str, str] = {
    "原办件号": "number",
    "事项编码": "item",
    "姓名": "name",
    "身份证号": "citizen_id",
    "电话": "phone",
    "区划": "place",
    "收件日期": "received_on",
    "受理日期": "accepted_on",
    "地址": "address",
}
OPTIONAL = frozenset({"phone", "accepted_on", "address"})
# What the province's messages call the same things.
_PROVINCE = {
    "number": "number",
    "item_code": "item",
    "applicant_name": "name",
    "applicant_id": "citizen_id",
    "place": "place",
    "received_at": "received_on",
    "accepted_at": "accepted_on",
}
LINE_BYTES_MAX = 64 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseEntry:
    """An open case as the other system has it. `item` is a code, still to be found."""

    row: int
    number: str
    item: str
    name: str
    citizen_id: str
    place: str
    received_on: date
    accepted_on: date | None
    phone: str
    address: str


@dataclass(frozen=True, slots=True)
class CaseRows:
    rows: int
    entries: tuple[CaseEntry, ...]
    faults: tuple[RowFault, ...]


def read_case_file(content: bytes, directory: Directory, today: date) -> CaseRows:
    """Raises SheetUnreadable. An xlsx file is told by its first bytes; all else is lines of JSON."""
    lines = sheet_rows(content, COLUMNS, optional=OPTIONAL) if content[:2] == b"PK" else _json_rows(content)
    entries: list[CaseEntry] = []
    faults: list[RowFault] = []
    seen: dict[str, int] = {}
    count = 0
    for row, cells in lines:
        count += 1
        entry, wrong = _read_row(row, cells, directory, today)
        if entry is not None and (first := seen.setdefault(entry.number, row)) != row:
            wrong = [RowFault(row, "number", f"与第{first}行的原办件号重复", f"the same number as in row {first}")]
        if entry is not None and not wrong:
            entries.append(entry)
        faults += wrong
    return CaseRows(count, tuple(entries), tuple(faults))


def _json_rows(content: bytes) -> Iterator[tuple[int, dict[str, str]]]:
    """Lines of JSON objects. A line that cannot be read is a row without cells, so that it is told like the others."""
    lines = content.split(b"\n")
    if len(lines) > ROWS_MAX:
        raise SheetUnreadable(f"多于{ROWS_MAX}行", f"more than {ROWS_MAX} rows")
    for row, line in enumerate(lines, start=1):
        if line.strip():
            yield row, _cells(line)


def _cells(line: bytes) -> dict[str, str]:
    try:
        told = msgspec.json.decode(line[:LINE_BYTES_MAX])
    except (msgspec.DecodeError, ValueError):
        return {}
    if not isinstance(told, dict):
        return {}
    message = told.get("message")
    if isinstance(message, dict):
        told = {ours: message.get(theirs) for theirs, ours in _PROVINCE.items()}
    return {key: value.strip() for key, value in told.items() if isinstance(value, str) and key in COLUMNS.values()}


def _read_row(
    row: int, cells: Mapping[str, str], directory: Directory, today: date
) -> tuple[CaseEntry | None, list[RowFault]]:
    if not cells:
        return None, [
            RowFault(row, "", "这一行无法读取，请按模板填写", "this row cannot be read: keep to the template")
        ]
    wrong = [
        RowFault(row, key, f"缺少“{zh}”，请补上", f"{key} is missing: add it")
        for zh, key in COLUMNS.items()
        if key not in OPTIONAL and not cells.get(key)
    ]
    citizen_id, place = normalise(cells.get("citizen_id", "")), cells.get("place", "")
    received, accepted = (parse_date(cells.get(name, "")[:10]) for name in ("received_on", "accepted_on"))
    if citizen_id and not is_citizen_id(citizen_id, today):
        wrong.append(
            RowFault(row, "citizen_id", "身份证号不对，请核对18位", "not a citizen id: check its 18 characters")
        )
    if place and place not in directory.places:
        wrong.append(RowFault(row, "place", "区划不存在，请用12位代码", "no such place: give its code of 12 digits"))
    for key, day in (("received_on", received), ("accepted_on", accepted)):
        if cells.get(key) and (day is None or day > today):
            wrong.append(RowFault(row, key, "日期不对，请写2026-01-31", "not a day up to today: write 2026-01-31"))
    if received is not None and accepted is not None and accepted < received:
        wrong.append(RowFault(row, "accepted_on", "受理早于收件，请核对", "accepted before received: check both"))
    phone = cells.get("phone", "")
    if phone and parse_phone(phone) is None:
        wrong.append(RowFault(row, "phone", "电话不对，请核对或留空", "not a phone number: check it or leave it out"))
    if wrong or received is None:
        return None, wrong
    return CaseEntry(
        row=row,
        number=cells["number"][:80],
        item=cells["item"],
        name=cells["name"],
        citizen_id=citizen_id,
        place=place,
        received_on=received,
        accepted_on=accepted,
        phone=phone,
        address=cells.get("address", ""),
    ), []
