"""Writes a bulletin out: as a spreadsheet, as a PDF and as one page that needs nothing else.

Laws: all three show the same figures, with the counts behind each and every formula under the table; too few cases show
as “–”, and who has nothing else has no row but in the spreadsheet, which holds every count. Volume is shown as a band,
never in an order. One that somebody takes along is marked with who, when and why.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from server.actions.export_table import FORMULA, Watermark, footer_of
from server.actions.pdf_pages import MARGIN, WIDTH, PdfPages
from server.domain.record_fields import Fields, integer, text, texts
from server.domain.supervision.bulletins import names_of, table_of
from server.domain.supervision.indicators import (
    CODES,
    INDICATORS,
    N_MIN,
    Count,
    Counts,
    Indicator,
    Shape,
    band,
    figure,
    has_figures,
)

_TABLES = (
    ("counties", "县（市、区）", "counties", "best_counties"),
    ("units", "市直单位", "city units", "best_units"),
    ("towns", "乡镇（街道）", "towns", "best_towns"),
    ("villages", "村（社区），只报本乡镇", "villages, for their town alone", ""),
)
_BANDS = {"low": "偏低 low", "middle": "居中 middle", "high": "偏高 high", "": "–"}
_PARTS = {Shape.SHARE: 100, Shape.PER_THOUSAND: 10, Shape.MEAN: 10, Shape.COUNT: 1}
"""What a figure is divided by to be read."""
_PDF_SIZE, _PDF_NAMES, _PDF_COLUMNS = 8, 92.0, 7
"""So that a share and two counts of five digits stand in a column whole: a number cut off would be a wrong one."""
NOTE = (
    f"不足{N_MIN}件不列比率、不参与比较；先进按威尔逊区间下限排列。"
    f"No share below {N_MIN} cases; the best are ordered by the lower end of the Wilson interval."
)


@dataclass(frozen=True)
class Sheet:
    """One table as it is shown: a title, who is named best, the head, and the rows of texts. `left_out` says how many
    areas had too few cases for any figure and have no row, "" for none.
    """

    title: str
    best: str
    head: list[str]
    rows: list[list[str]]
    left_out: str = ""


def title_of(bulletin: Fields) -> str:
    kind = "日报 daily brief" if text(bulletin, "span") == "daily" else "月度通报 monthly bulletin"
    edition = integer(bulletin, "edition")
    state = {"draft": "（草稿 draft）", "corrected": "（已更正 corrected）"}.get(text(bulletin, "state"), "")
    return f"帮办{kind} {text(bulletin, 'period')} 第{edition}版{state}"


def sheets_of(bulletin: Fields) -> list[Sheet]:
    """The tables that this bulletin holds."""
    names = names_of(bulletin)
    found = []
    for name, zh, en, best_name in _TABLES:
        table = table_of(bulletin, name)
        if not table:
            continue
        best = "、".join(names.get(area, area) for area in texts(bulletin, best_name)) if best_name else ""
        volumes = [counts.pairs[CODES.index("volume")] for counts in table.values()]
        told = {area: counts for area, counts in table.items() if has_figures(counts)}
        rows = [[names.get(area, area), *_cells(counts, volumes)] for area, counts in told.items()]
        head = ["", *(f"{one.zh} {one.en}" for one in INDICATORS)]
        found.append(Sheet(f"{zh} {en}", best, head, rows, _left_out(len(table) - len(rows), bool(rows))))
    return found


def _left_out(count: int, others: bool) -> str:
    if not count:
        return ""
    more = ("另有", " more") if others else ("有", "")
    return (
        f"{more[0]} {count} 处不列：没有办结和发布，或各项不足 {N_MIN} 件；计数都在表格文件中。"
        f" {count}{more[1]} finished and published nothing, or too little for a figure: see the spreadsheet."
    )


def _cells(counts: Counts, volumes: Sequence[Count]) -> list[str]:
    pairs = zip(INDICATORS, counts.pairs, strict=True)
    return [_BANDS[band(pair, volumes)] if one.code == "volume" else shown(one, pair) for one, pair in pairs]


def shown(indicator: Indicator, pair: Count) -> str:
    """A figure with the counts behind it."""
    value = figure(indicator, pair)
    if value is None:
        return "–"
    behind = f" ({pair[0]}/{pair[1]})"
    if indicator.shape is Shape.COUNT:
        return str(value)
    if indicator.shape is Shape.SHARE:
        return f"{value // 100}.{value % 100:02}%{behind}"
    return f"{value // 10}.{value % 10}{behind}"


def formulas() -> list[str]:
    return [f"{one.zh}：{one.formula}" for one in INDICATORS]


def write_html(bulletin: Fields, path: Path, mark: Watermark | None = None) -> None:
    """One file without scripts, fonts or pictures from anywhere."""
    parts = [
        '<!doctype html><html lang="zh-CN"><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width,initial-scale=1">',
        f"<title>{escape(title_of(bulletin))}</title>",
        "<style>body{font:16px/1.6 sans-serif;margin:2rem;color:#111;background:#fff}table{border-collapse:collapse;"
        "margin:1rem 0}th,td{border:1px solid #888;padding:.3rem .5rem;text-align:left}th{background:#eee}"
        ".wide{overflow-x:auto}.mark{position:fixed;top:45%;left:0;right:0;text-align:center;font-size:1.6rem;color:#bbb;"
        "transform:rotate(-15deg);z-index:-1}</style>",
        f"<h1>{escape(title_of(bulletin))}</h1>",
    ]
    if mark is not None:
        # Fixed, so that it stands on every printed page.
        parts += [f"<p>{escape(mark.line)}</p>", f'<p class="mark" aria-hidden="true">{escape(mark.line)}</p>']
    if text(bulletin, "why"):
        parts.append(f"<p>更正说明 correction: {escape(text(bulletin, 'why'))}</p>")
    for sheet in sheets_of(bulletin):
        parts.append(f"<h2>{escape(sheet.title)}</h2>")
        if sheet.best:
            parts.append(f"<p>先进 best: {escape(sheet.best)}</p>")
        head = "".join(f'<th scope="col">{escape(cell)}</th>' for cell in sheet.head)
        body = "".join(_html_row(row) for row in sheet.rows)
        if body:
            parts.append(f'<div class="wide"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>')
        if sheet.left_out:
            parts.append(f"<p>{escape(sheet.left_out)}</p>")
    parts += [f"<p>{escape(line)}</p>" for line in (*formulas(), NOTE, _proof(bulletin))]
    path.write_text("\n".join(parts) + "</html>\n", encoding="utf-8")


def _html_row(row: Sequence[str]) -> str:
    cells = "".join(f"<td>{escape(cell)}</td>" for cell in row[1:])
    return f'<tr><th scope="row">{escape(row[0])}</th>{cells}</tr>'


def write_xlsx(bulletin: Fields, path: Path, mark: Watermark | None = None) -> None:
    """A sheet a table, numbers as numbers: each figure beside its two counts. The mark stands above each."""
    book = xlsxwriter.Workbook(str(path), {"strings_to_formulas": False, "strings_to_urls": False})
    bold = book.add_format({"bold": True, "text_wrap": True})
    plain, quoted = book.add_format(), book.add_format()
    quoted.set_quote_prefix()

    def write(sheet: Worksheet, line: int, column: int, said: str) -> None:
        sheet.write_string(line, column, said, quoted if said.startswith(FORMULA) else plain)

    names, first = names_of(bulletin), 0 if mark is None else 1
    if mark is not None:
        book.set_properties({"title": title_of(bulletin), "comments": mark.line})
    for name, zh, _, _ in _TABLES:
        table = table_of(bulletin, name)
        if not table:
            continue
        sheet = book.add_worksheet(zh.partition("，")[0][:31])
        head = ["区划 area", "名称 name", *(f"{one.zh} {word}" for one in INDICATORS for word in ("", "分子", "分母"))]
        if mark is not None:
            write(sheet, 0, 0, mark.line)
            sheet.set_footer(footer_of(mark))
        for column, cell in enumerate(head):
            sheet.write_string(first, column, cell, bold)
        for line, (area, counts) in enumerate(table.items(), first + 1):
            sheet.write_string(line, 0, area)
            write(sheet, line, 1, names.get(area, area))
            for place, (one, pair) in enumerate(zip(INDICATORS, counts.pairs, strict=True)):
                value = figure(one, pair)
                if value is not None and one.code != "volume":
                    sheet.write_number(line, 2 + 3 * place, value / _PARTS[one.shape])
                sheet.write_number(line, 3 + 3 * place, pair[0])
                sheet.write_number(line, 4 + 3 * place, pair[1])
        sheet.freeze_panes(first + 1, 2)
    notes = book.add_worksheet("说明 notes")
    told = [title_of(bulletin), text(bulletin, "why"), *formulas(), NOTE, _proof(bulletin)]
    for line, said in enumerate([*told, *([mark.line] if mark is not None else [])]):
        write(notes, line, 0, said)
    book.close()


def write_pdf(bulletin: Fields, path: Path, mark: Watermark | None = None) -> None:
    pages = PdfPages() if mark is None else PdfPages(mark=mark.line)
    pages.line(title_of(bulletin), 15)
    if text(bulletin, "why"):
        pages.line(f"更正说明 correction: {text(bulletin, 'why')}")
    for sheet in sheets_of(bulletin):
        pages.gap()
        pages.line(sheet.title, 12)
        if sheet.best:
            pages.line(f"先进 best: {sheet.best}")
        for first in range(0, len(INDICATORS) if sheet.rows else 0, _PDF_COLUMNS):
            _pdf_block(pages, sheet, first)
        if sheet.left_out:
            pages.line(sheet.left_out, _PDF_SIZE)
    pages.gap()
    for line in (*formulas(), NOTE, _proof(bulletin)):
        pages.line(line, 8)
    path.write_bytes(pages.document(title_of(bulletin)))


def _pdf_block(pages: PdfPages, sheet: Sheet, first: int) -> None:
    """Some columns of a table: all of them side by side would have to be printed too small to read."""
    shown_here = slice(first, first + _PDF_COLUMNS)
    width = (WIDTH - 2 * MARGIN - _PDF_NAMES) / _PDF_COLUMNS
    heads = [one.zh for one in INDICATORS[shown_here]]
    at = [0.0, *(_PDF_NAMES + width * number for number in range(len(heads)))]
    pages.row(["", *heads], at, _PDF_SIZE)
    for row in sheet.rows:
        pages.row([row[0], *row[1:][shown_here]], at, _PDF_SIZE)
    pages.gap()


def _proof(bulletin: Fields) -> str:
    return f"数据指纹 data hash: {text(bulletin, 'data_hash')}"


WRITERS = {".xlsx": write_xlsx, ".pdf": write_pdf, ".html": write_html}
