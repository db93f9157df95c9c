"""Every bad row is named with its cell; a file that is not what it seems is refused whole."""

import io
import zipfile
from collections.abc import Sequence

import pytest
import xlsxwriter

from server.actions.account_sheet import ROLE_NAMES, SheetUnreadable, read_account_sheet
from server.domain.people.roles import Role, Scope
from tests.people import COUNTY, DIRECTORY, HALL, TOWN, TOWN_UNIT, VILLAGE, VILLAGE_UNIT

TITLES = ["登录名", "姓名", "角色", "区划", "单位", "站点"]
GOOD = ["h1", "王小梅", "帮办员", VILLAGE, VILLAGE_UNIT, ""]


def sheet(*rows: Sequence[object], titles: list[str] = TITLES) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False}) as book:
        page = book.add_worksheet()
        lines: list[Sequence[object]] = [titles, *rows]
        for number, row in enumerate(lines):
            for column, value in enumerate(row):
                page.write(number, column, value)
    return out.getvalue()


def test_good_rows_become_entries() -> None:
    read = read_account_sheet(sheet(GOOD, ["T1", "李", "town_lead", TOWN, f"{TOWN_UNIT}", COUNTY]), DIRECTORY)
    assert read.faults == ()
    first, second = read.entries
    assert (first.login, first.role, first.scope, first.site) == (
        "h1",
        Role.HELPER,
        Scope(frozenset({VILLAGE}), frozenset({VILLAGE_UNIT})),
        VILLAGE,
    )
    assert (second.row, second.login, second.role, second.site) == (3, "t1", Role.TOWN_LEAD, COUNTY)


def test_a_code_that_became_a_number_is_still_a_code() -> None:
    (entry,) = read_account_sheet(sheet(["h1", "王", "帮办员", int(VILLAGE), "", ""]), DIRECTORY).entries
    assert entry.scope.places == {VILLAGE}


def test_a_pasted_name_is_read_without_what_nobody_sees() -> None:
    (entry,) = read_account_sheet(sheet(["h1", "\u202d王e\u0301\u202c", "帮办员", VILLAGE, "", ""]), DIRECTORY).entries
    assert entry.name == "王é"


def test_english_titles_in_any_order_and_empty_rows_are_read() -> None:
    content = sheet(["王", "h1", VILLAGE, "helper"], ["", "", "", ""], titles=["name", "Login", "places", "role"])
    assert [entry.login for entry in read_account_sheet(content, DIRECTORY).entries] == ["h1"]


@pytest.mark.parametrize(
    ("column", "value", "named"),
    [
        (0, "", "login"),
        (0, "王小梅", "login"),
        (0, "h" * 41, "login"),
        (0, "Centre", "login"),
        (1, "", "name"),
        (1, "王" * 41, "name"),
        (1, '=HYPERLINK("x")', "name"),
        (1, "@SUM(1)", "name"),
        (2, "村长", "role"),
        (3, "341881999999", "places"),
        (3, TOWN, "places"),
        (4, "nobody", "units"),
        (5, "12", "site"),
    ],
)
def test_a_bad_cell_is_named_by_row_and_column(column: int, value: str, named: str) -> None:
    bad = ["h2", *GOOD[1:]]
    bad[column] = value
    read = read_account_sheet(sheet(GOOD, bad), DIRECTORY)
    assert [entry.login for entry in read.entries] == ["h1"]
    assert [(fault.row, fault.column) for fault in read.faults][:1] == [(3, named)]
    assert all(fault.zh and fault.en for fault in read.faults)


@pytest.mark.parametrize(
    ("role", "places", "units", "named"),
    [
        ("帮办员", "", "", "site"),
        ("乡镇负责人", VILLAGE, "", "places"),
        ("认领填报员", VILLAGE, "", "units"),
        ("县级督查员", TOWN, "", "places"),
    ],
)
def test_a_scope_that_the_role_cannot_have_is_named(role: str, places: str, units: str, named: str) -> None:
    read = read_account_sheet(sheet(["x1", "王", role, places, units, ""]), DIRECTORY)
    assert [fault.column for fault in read.faults] == [named]


def test_a_hall_helper_needs_no_village() -> None:
    (entry,) = read_account_sheet(sheet(["h9", "王", "帮办员", "", HALL, ""]), DIRECTORY).entries
    assert (entry.scope.places, entry.site) == (frozenset(), COUNTY)


def test_the_second_row_with_a_login_is_the_wrong_one() -> None:
    read = read_account_sheet(sheet(GOOD, GOOD), DIRECTORY)
    assert [(fault.row, fault.column) for fault in read.faults] == [(3, "login")]
    assert len(read.entries) == 1


def test_every_role_has_a_chinese_name() -> None:
    assert set(ROLE_NAMES.values()) == set(Role)


def test_missing_columns_are_named() -> None:
    with pytest.raises(SheetUnreadable, match="role"):
        read_account_sheet(sheet(["h1", "王"], titles=["登录名", "姓名"]), DIRECTORY)


def bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", bytes(20_000_000))
    return out.getvalue()


def many_parts() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for number in range(300):
            archive.writestr(f"{number}", b"")
    return out.getvalue()


@pytest.mark.parametrize(
    "content",
    [b"", b"PK\x03\x04", b"login,name\n", bytes(11 * 1024 * 1024), sheet(GOOD)[:-200], bomb(), many_parts()],
    ids=["empty", "torn", "csv", "huge", "cut", "bomb", "parts"],
)
def test_what_is_no_sheet_is_refused_whole(content: bytes) -> None:
    with pytest.raises(SheetUnreadable) as refused:
        read_account_sheet(content, DIRECTORY)
    assert refused.value.zh
    assert refused.value.en
