"""PDF pages: a file that readers open, with its lines in it and its columns cut, not mixed."""

from __future__ import annotations

import re

from server.actions.pdf_pages import HEIGHT, MARGIN, PdfPages


def lines_of(document: bytes) -> list[str]:
    return [bytes.fromhex(one.decode()).decode("utf-16-be") for one in re.findall(rb"<([0-9a-f]*)> Tj", document)]


def test_lines_are_in_it_and_the_table_of_objects_points_at_each() -> None:
    pages = PdfPages()
    pages.line("帮办月度通报 2026-11", 15)
    pages.row(["宣州区", "98.50%"], [0, 100])
    document = pages.document("通报")
    assert document.startswith(b"%PDF-1.5")
    assert lines_of(document) == ["帮办月度通报 2026-11", "宣州区", "98.50%"]
    begins = int(re.search(rb"startxref\n(\d+)", document)[1])  # type: ignore[index]
    assert document[begins:].startswith(b"xref")
    places = [int(one) for one in re.findall(rb"^(\d{10}) 00000 n", document, re.MULTILINE)]
    for number, place in enumerate(places, 1):
        assert document[place:].startswith(f"{number} 0 obj".encode())


def test_a_page_that_is_full_is_followed_by_another() -> None:
    pages = PdfPages()
    for number in range(HEIGHT - 2 * MARGIN):
        pages.line(str(number))
    document = pages.document("")
    assert document.count(b"/Type /Page ") > 1
    assert lines_of(document) == [str(number) for number in range(HEIGHT - 2 * MARGIN)]


def test_a_cell_is_cut_before_the_next_and_rare_signs_are_replaced() -> None:
    pages = PdfPages()
    pages.row(["很长的单位名称很长的单位名称", "𠮷a"], [0, 50], 10)
    assert lines_of(pages.document("")) == ["很长的单", "□a"]


def test_nothing_is_a_page_as_well_and_the_same_lines_are_the_same_bytes() -> None:
    assert PdfPages().document("x") == PdfPages().document("x")
