"""Rows are read from a spreadsheet and from both kinds of JSON lines; what is wrong is told by row and column."""

from __future__ import annotations

import io
import json
from datetime import date

import openpyxl
import pytest

from server.actions.account_sheet import SheetUnreadable
from server.actions.case_sheet import COLUMNS, CaseRows, read_case_file
from tests.people import DIRECTORY, VILLAGE

TODAY = date(2026, 11, 22)
GOOD = {
    "number": "A1",
    "item": "99201400600101",
    "name": "王秀英",
    "citizen_id": "110101194912310022",
    "phone": "13812345678",
    "place": VILLAGE,
    "received_on": "2026-11-02",
    "accepted_on": "2026-11-03",
    "address": "12号",
}


def lines(*rows: object) -> bytes:
    return "\n".join(row if isinstance(row, str) else json.dumps(row, ensure_ascii=False) for row in rows).encode()


def read(content: bytes) -> CaseRows:
    return read_case_file(content, DIRECTORY, TODAY)


def valid(row: dict[str, str]) -> dict[str, str]:
    """With a citizen id whose check sign is right."""
    first = row["citizen_id"][:17]
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(int(sign) * weight for sign, weight in zip(first, weights, strict=True))
    return {**row, "citizen_id": first + "10X98765432"[total % 11]}


def test_a_spreadsheet_and_lines_say_the_same() -> None:
    book = openpyxl.Workbook()
    book.active.append(list(COLUMNS))
    row = valid(GOOD)
    book.active.append([date.fromisoformat(row[key]) if key == "received_on" else row[key] for key in COLUMNS.values()])
    content = io.BytesIO()
    book.save(content)
    [from_sheet], [from_line] = read(content.getvalue()).entries, read(lines(row)).entries
    assert (from_sheet.number, from_sheet.received_on, from_sheet.place) == ("A1", date(2026, 11, 2), VILLAGE)
    assert (from_line.number, from_line.received_on, from_line.accepted_on) == (
        "A1",
        date(2026, 11, 2),
        date(2026, 11, 3),
    )


def test_a_message_of_the_province_is_a_row() -> None:
    row = valid(GOOD)
    message = {
        "number": "N7",
        "item_code": row["item"],
        "applicant_name": row["name"],
        "applicant_id": row["citizen_id"],
        "place": VILLAGE,
        "received_at": "2026-11-02T09:00:00+08:00",
        "accepted_at": "",
    }
    [entry] = read(lines({"message": message, "kid": "x", "signature": "y"})).entries
    assert (entry.number, entry.received_on, entry.accepted_on) == ("N7", date(2026, 11, 2), None)


def test_every_fault_names_its_row_and_column_in_both_languages() -> None:
    wrong = {
        **valid(GOOD),
        "citizen_id": "123",
        "place": "999999999999",
        "received_on": "2030-01-01",
        "phone": "12",
        "accepted_on": "",
    }
    rows = read(lines("not json", {**valid(GOOD), "name": ""}, wrong, valid(GOOD), valid(GOOD)))
    assert [(fault.row, fault.column) for fault in rows.faults] == [
        (1, ""),
        (2, "name"),
        (3, "citizen_id"),
        (3, "place"),
        (3, "received_on"),
        (3, "phone"),
        (5, "number"),
    ]
    assert all(fault.zh and fault.en for fault in rows.faults)
    assert [entry.row for entry in rows.entries] == [4]


def test_a_file_that_only_begins_like_a_spreadsheet_is_refused_whole() -> None:
    with pytest.raises(SheetUnreadable):
        read(b"PK but no archive")
