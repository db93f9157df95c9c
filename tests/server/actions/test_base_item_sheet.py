"""The base catalogue as the province exports it: every row is good, or told with its cell."""

from __future__ import annotations

import io
from datetime import date

import openpyxl
import pytest

from server.actions.account_sheet import SheetUnreadable
from server.actions.base_item_sheet import BaseItemRows, read_base_item_file

TITLES = "基本编码,事项名称,行使层级,事项类型,设定依据,目录状态,生效日期,可办理"
GOOD = '992011001000,老年人优待证申领,"村级,5",公共服务,老年人权益保障法,在用,2026/01/01,是'


def read(*lines: str, titles: str = TITLES, encoding: str = "utf-8-sig") -> BaseItemRows:
    return read_base_item_file("\r\n".join((titles, *lines)).encode(encoding), date(2026, 11, 20))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_row_is_a_base_item_of_each_of_its_levels(encoding: str) -> None:
    found = read(GOOD, encoding=encoding)
    assert (found.faults, found.rows) == ((), 1)
    assert [one.level for one in found.entries] == ["5", "6"]
    assert found.entries[1].fields == {
        **{"code": "992011001000", "name": "老年人优待证申领", "level": "6", "type": "20"},
        **{"basis": "老年人权益保障法", "valid_from": "2026-01-01", "handled": True},
    }


def test_the_exports_own_names_and_an_xlsx_file_are_read_as_well() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["basic_code", "task_name", "exe_level", "flag"])
    sheet.append(["002014006009", "城乡居民养老保险注销登记", 4, 1])
    file = io.BytesIO()
    book.save(file)
    [entry] = read_base_item_file(file.getvalue(), date(2026, 11, 20)).entries
    assert (entry.row, entry.level, entry.state.value, entry.fields["code"]) == (2, "4", "active", "002014006009")


@pytest.mark.parametrize(
    ("line", "column"),
    [
        (GOOD.replace("992011001000", "9920110010"), "code"),
        (GOOD.replace("老年人优待证申领", ""), "name"),
        (GOOD.replace('"村级,5"', "七级"), "level"),
        (GOOD.replace("公共服务", "行政奇迹"), "type"),
        (GOOD.replace("在用", "也许"), "status"),
        (GOOD.replace("2026/01/01", "元旦"), "valid_from"),
        (GOOD.replace("是", "可能"), "handled"),
        (GOOD.replace("992011001000", "002014006009").replace("公共服务", "行政许可"), "type"),
    ],
)
def test_each_wrong_cell_is_told_and_the_row_is_not_taken(line: str, column: str) -> None:
    found = read(line)
    assert found.entries == ()
    assert {fault.column for fault in found.faults} == {column}
    assert {fault.row for fault in found.faults} == {2}
    assert all(fault.zh and fault.en for fault in found.faults)


def test_the_same_item_and_level_twice_is_told_and_what_is_the_provinces_own_is_counted() -> None:
    found = read(GOOD, GOOD.replace('"村级,5"', "6"), GOOD.replace('"村级,5"', '"1,2"'))
    assert [(fault.row, fault.column) for fault in found.faults] == [(3, "code")]
    assert (len(found.entries), found.elsewhere) == (2, 1)


@pytest.mark.parametrize("content", [b"\xff\xfe\xff", b"PK\x03\x04nothing", "名称,编码\r\nx,y".encode()])
def test_what_is_no_such_file_is_refused_as_a_whole(content: bytes) -> None:
    with pytest.raises(SheetUnreadable):
        read_base_item_file(content, date(2026, 11, 20))
