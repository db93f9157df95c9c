"""`bangban activity`: the same rows on a screen, for a program and in a spreadsheet."""

import json
from pathlib import Path

import openpyxl

from server.actions.report_activity import Activity
from server.cli.activity import COLUMNS, write_xlsx
from tests.command import bangban, finish
from tests.small_centre import HELPER, VILLAGE, load_small, small_centre


def worked(folder: Path) -> None:
    async def work() -> bool:
        await load_small(folder)
        async with small_centre(folder) as small:
            device = await small.enrol(HELPER)
            await small.register(device)
            await small.tamper("UPDATE devices SET last_contact = 1795000000000, unsent = 2 WHERE id = ?", [device])
        return True

    finish(work())


def test_a_screen_a_program_and_a_spreadsheet_say_the_same(tmp_path: Path) -> None:
    worked(tmp_path)
    [row] = json.loads(bangban("activity", "--by", "village", "--json", "--data", tmp_path))
    assert (row["place"], row["received"], row["applied"], row["unsent"]) == (VILLAGE, 1, 1, 2)
    assert row["last_contact"] == "2026-11-18T19:06:40+08:00"
    screen = bangban("activity", "--by", "village", "--data", tmp_path)
    assert VILLAGE in screen
    assert "2026-11-18T19:06" in screen
    bangban("activity", "--by", "village", "--data", tmp_path, "--xlsx", tmp_path / "a.xlsx")
    lines = list(openpyxl.load_workbook(tmp_path / "a.xlsx").active.iter_rows(values_only=True))
    assert len(lines) == 2
    assert lines[1][0] == VILLAGE
    assert dict(zip(lines[0], lines[1], strict=True))["收到 received"] == 1


def test_a_name_that_looks_like_a_formula_is_a_text(tmp_path: Path) -> None:
    write_xlsx([Activity(place="1", name="=1+1", town="@SUM(A1)")], tmp_path / "a.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx").active
    assert [sheet.cell(2, column).data_type for column in (2, 3)] == ["s", "s"]


def test_an_unknown_place_is_told(tmp_path: Path) -> None:
    worked(tmp_path)
    assert "no place 9" in bangban("activity", "--place", "9", "--data", tmp_path, code=1)


def test_every_field_has_a_title_in_both_languages() -> None:
    assert {name for name, _, _ in COLUMNS} == set(Activity.__dataclass_fields__)
