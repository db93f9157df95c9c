"""A list as a file: rows as they come, none of them a formula, cut where it says so, marked with who, when and why."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import openpyxl
import pytest

from server.actions import export_table
from server.actions.export_table import Row, Table, Watermark, write_table
from tests.server.actions.test_pdf_pages import lines_of

MARK = Watermark("孙悦 d3418", "2026年11月29日 10:00", "月度核对 & 归档")
TABLE = Table("办件", ("编号", "事项"), (20, 40))
HOSTILE = ('=HYPERLINK("http://evil")', "+1+1", "-2", "@SUM(A1)", "\t=1", "普通")


async def pages_of(*pages: Sequence[Row]) -> AsyncIterator[Sequence[Row]]:
    for page in pages:
        yield page


async def test_a_spreadsheet_holds_all_rows_as_texts_and_none_as_a_formula(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    rows = [[(str(place), said) for place, said in enumerate(HOSTILE)], [("7", "最后")]]
    assert await write_table(TABLE, pages_of(*rows), MARK, path) == 7
    sheet = openpyxl.load_workbook(path).active
    assert sheet is not None
    said = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=4)]
    assert said[0] == ["编号", "事项"]
    assert [row[1] for row in said[1:]] == [*HOSTILE, "最后"]
    cells = [row[1] for row in sheet.iter_rows(min_row=5)]
    assert {cell.data_type for cell in cells} == {"s"}
    assert [bool(cell.style and cell.quotePrefix) for cell in cells] == [True] * 5 + [False] * 2


async def test_the_watermark_is_above_the_rows_on_each_page_and_in_its_properties(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    await write_table(TABLE, pages_of([("1", "x")]), MARK, path)
    book = openpyxl.load_workbook(path)
    assert book.active is not None
    assert book.active["A2"].value == MARK.line
    assert "孙悦 d3418" in str(book.active.oddFooter.left.text)
    assert book.properties.description == MARK.line


async def test_a_pdf_has_it_across_every_page_and_above_the_rows(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    assert await write_table(TABLE, pages_of([(str(number), "事项") for number in range(100)]), MARK, path) == 100
    document = path.read_bytes()
    sheets = document.count(b"/Type /Page /Parent")
    assert sheets > 1
    marks = [line for line in lines_of(document) if line.startswith("孙悦 d3418")]
    assert len(marks) == 2 * sheets + 1
    assert "99" in lines_of(document)


@pytest.mark.parametrize("suffix", [".xlsx", ".pdf"])
async def test_after_each_page_it_is_told_how_many_rows_are_written(tmp_path: Path, suffix: str) -> None:
    heard: list[int] = []

    async def told(count: int) -> None:
        heard.append(count)

    pages = pages_of([("1", "a"), ("2", "b")], [("3", "c")])
    assert await write_table(TABLE, pages, MARK, tmp_path / f"a{suffix}", told) == 3
    assert heard == [2, 3]


@pytest.mark.parametrize("suffix", [".xlsx", ".pdf"])
async def test_what_is_too_much_is_cut_and_the_file_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, suffix: str
) -> None:
    monkeypatch.setattr(export_table, "XLSX_ROWS_MAX", 3)
    monkeypatch.setattr(export_table, "PDF_ROWS_MAX", 3)
    path = tmp_path / f"a{suffix}"
    assert await write_table(TABLE, pages_of([("1", "a"), ("2", "b")], [("3", "c"), ("4", "d")]), MARK, path) == 3
    if suffix == ".pdf":
        told = lines_of(path.read_bytes())
    else:
        sheet = openpyxl.load_workbook(path).active
        assert sheet is not None
        told = [str(row[0].value) for row in sheet.iter_rows()]
    assert any(line.startswith("……") for line in told)
    assert "4" not in told
