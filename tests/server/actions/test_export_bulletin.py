"""A bulletin as a spreadsheet, a PDF and a page: the same figures, each with its counts, formulas underneath."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl

from server.actions.export_bulletin import formulas, sheets_of, shown, title_of, write_html, write_pdf, write_xlsx
from server.actions.export_table import FORMULA, Watermark
from server.domain.supervision.bulletins import Figures, public_fields
from server.domain.supervision.indicators import CODES, INDICATORS, N_MIN, Counts
from tests.server.actions.test_pdf_pages import lines_of

COUNTY, UNIT = "341881000000", "1" * 32


def counts(**pairs: tuple[int, int]) -> Counts:
    return Counts(tuple(pairs.get(code, (0, 0)) for code in CODES))


def bulletin() -> dict[str, Any]:
    row = counts(on_time=(39, 40), valid=(40, 40), delivery_days=(95, 38), volume=(40, 1000), tolerance=(1, 1))
    figures = Figures(counties={COUNTY: row}, units={UNIT: row}, towns={}, villages={})
    told = {"span": "monthly", "period": "2026-11", "edition": 2, "state": "frozen", "why": "补录<5>件"}
    return {**told, **public_fields(figures, {COUNTY: "宁国市", UNIT: "市民政局"})}


def test_a_figure_stands_beside_its_counts_and_too_few_cases_have_none() -> None:
    assert shown(INDICATORS[CODES.index("on_time")], (39, 40)) == "97.50% (39/40)"
    assert shown(INDICATORS[CODES.index("delivery_days")], (95, 38)) == "2.5 (95/38)"
    assert shown(INDICATORS[CODES.index("tolerance")], (1, N_MIN - 1)) == "–"
    sheets = sheets_of(bulletin())
    assert [sheet.rows[0][0] for sheet in sheets] == ["宁国市", "市民政局"]
    assert sheets[0].best == "宁国市"
    assert title_of(bulletin()) == "帮办月度通报 monthly bulletin 2026-11 第2版"


def sparse() -> dict[str, Any]:
    """One unit with figures, one with too few cases for any, one with nothing, and one that asked for what is
    forbidden.
    """
    told = counts(on_time=(39, 40))
    few, none, forbidden = (
        counts(on_time=(2, N_MIN - 1), volume=(2, 1000)),
        counts(volume=(0, 900)),
        counts(forbidden=(1, 1)),
    )
    units = {UNIT: told, "2" * 32: few, "3" * 32: none, "4" * 32: forbidden}
    names = {UNIT: "市民政局", "2" * 32: "市档案局", "3" * 32: "市地震局", "4" * 32: "市林业局"}
    figures = Figures(counties={COUNTY: few}, units=units, towns={}, villages={})
    head = {"span": "monthly", "period": "2026-11", "edition": 1, "state": "frozen"}
    return {**head, **public_fields(figures, {COUNTY: "宁国市", **names})}


def test_who_has_too_few_cases_for_any_figure_is_counted_in_a_line_and_has_no_row(tmp_path: Path) -> None:
    counties, units = sheets_of(sparse())
    assert ([row[0] for row in units.rows], counties.rows) == (["市民政局", "市林业局"], [])
    assert units.left_out.startswith("另有 2 处")
    assert counties.left_out.startswith("有 1 处")
    write_html(sparse(), tmp_path / "a.html")
    write_pdf(sparse(), tmp_path / "a.pdf")
    page, lines = (tmp_path / "a.html").read_text(encoding="utf-8"), lines_of((tmp_path / "a.pdf").read_bytes())
    for name, is_told in (("市民政局", True), ("市林业局", True), ("市档案局", False), ("市地震局", False)):
        assert (name in page, name in lines) == (is_told, is_told), name
    assert (page.count("处不列"), sum("处不列" in line for line in lines)) == (2, 2)
    assert page.count("<table>") == 1, "a table without a row is none"
    write_xlsx(sparse(), tmp_path / "a.xlsx")
    units_sheet = openpyxl.load_workbook(tmp_path / "a.xlsx").worksheets[1]
    assert [row[1].value for row in units_sheet.iter_rows(min_row=2)] == [
        "市民政局",
        "市档案局",
        "市地震局",
        "市林业局",
    ]


def test_a_page_needs_nothing_else_and_holds_every_formula(tmp_path: Path) -> None:
    write_html(bulletin(), tmp_path / "a.html")
    page = (tmp_path / "a.html").read_text(encoding="utf-8")
    assert "97.50% (39/40)" in page
    assert "补录&lt;5&gt;件" in page
    for word in ("<script", "src=", "href=", "http"):
        assert word not in page
    assert all(line.partition("÷")[0] in page for line in formulas())


def test_a_spreadsheet_holds_the_numbers_as_numbers(tmp_path: Path) -> None:
    write_xlsx(bulletin(), tmp_path / "a.xlsx")
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    assert len(book.sheetnames) == 3
    head, row = list(book[book.sheetnames[0]].iter_rows(values_only=True))
    on_time = 2 + 3 * CODES.index("on_time")
    assert row[:2] == (COUNTY, "宁国市")
    assert row[on_time : on_time + 3] == (97.5, 39, 40)
    assert row[2 + 3 * CODES.index("tolerance")] is None
    assert len(head) == 2 + 3 * len(CODES)


def test_a_pdf_holds_the_same(tmp_path: Path) -> None:
    write_pdf(bulletin(), tmp_path / "a.pdf")
    lines = lines_of((tmp_path / "a.pdf").read_bytes())
    assert "宁国市" in lines
    assert any(line.startswith("97.50%") for line in lines)
    assert any(bulletin()["data_hash"] in line for line in lines)


MARK = Watermark("孙悦 d3418", "2026年11月29日 10:00", "<上会> & 归档")


def test_one_that_is_taken_along_says_who_when_and_why_on_every_sheet_and_page(tmp_path: Path) -> None:
    write_xlsx(bulletin(), tmp_path / "a.xlsx", MARK)
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    for sheet in book.worksheets[:-1]:
        assert sheet["A1"].value == MARK.line
        assert "孙悦 d3418" in str(sheet.oddFooter.left.text)
        assert sheet["A3"].value in (COUNTY, UNIT)
        assert sheet.freeze_panes == "C3"
    assert MARK.line in [cell.value for cell in book.worksheets[-1]["A"]]
    write_pdf(bulletin(), tmp_path / "a.pdf", MARK)
    content = (tmp_path / "a.pdf").read_bytes()
    assert len([line for line in lines_of(content) if line.startswith("孙悦")]) == 2 * content.count(
        b"/Type /Page /Parent"
    )
    write_html(bulletin(), tmp_path / "a.html", MARK)
    assert (tmp_path / "a.html").read_text(encoding="utf-8").count("&lt;上会&gt; &amp; 归档") == 2


def test_no_text_of_a_spreadsheet_is_a_formula(tmp_path: Path) -> None:
    hostile = {**bulletin(), "why": '=HYPERLINK("http://evil")', "names": None}
    names = {COUNTY: "+1+1", UNIT: "@SUM(A1)"}
    row = counts(on_time=(39, 40))
    hostile |= public_fields(Figures(counties={COUNTY: row}, units={UNIT: row}, towns={}, villages={}), names)
    write_xlsx(hostile, tmp_path / "a.xlsx", Watermark("-2", "x", "y"))
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    found = [cell for sheet in book for line in sheet.iter_rows() for cell in line]
    risky = [cell for cell in found if str(cell.value).startswith(FORMULA)]
    assert {str(cell.value)[0] for cell in risky} == {"=", "+", "@", "-"}
    assert all(cell.data_type == "s" and cell.quotePrefix for cell in risky)
