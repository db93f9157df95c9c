"""Owns plain PDF pages of Chinese and Latin lines: headings, and tables in columns. No fonts are embedded.

Law: the text names the font STSong-Light of Adobe's GB1 collection, which readers of PDF bring along or replace by a
Chinese font of the machine; so a page weighs little and needs no font file here. Every Latin sign is half as wide as a
Chinese one, so that columns stand straight whatever font is used in its place.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

WIDTH, HEIGHT = 842, 595  # A4, lying, in points
MARGIN = 36
LINE = 1.45
_HALF_LAST = 0x7E


@dataclass
class PdfPages:
    """Lines from the top of each page downwards; a new page begins by itself. `mark`: what stands across each page,
    pale, behind the lines.
    """

    mark: str = ""
    _pages: list[list[str]] = field(default_factory=list)
    _y: float = 0

    def line(self, text: str, size: int = 9) -> None:
        self.row([text], [0], size)

    def row(self, cells: Sequence[str], at: Sequence[float], size: int = 9) -> None:
        """`at`: where each cell begins, in points from the margin. A cell that would touch the next is cut."""
        if not self._pages or self._y < MARGIN + size * LINE:
            self._pages.append([])
            self._y = HEIGHT - MARGIN
        self._y -= size * LINE
        ends = [*at[1:], WIDTH - 2 * MARGIN]
        for cell, start, end in zip(cells, at, ends, strict=True):
            shown = _fit(cell, (end - start) / size - 0.3)
            self._pages[-1].append(
                f"BT /F1 {size} Tf {MARGIN + start:.1f} {self._y:.1f} Td <{shown.encode('utf-16-be').hex()}> Tj ET"
            )

    def _marks(self) -> list[str]:
        """Twice across the page at a slant, so that no part of it is without."""
        if not self.mark:
            return []
        said = _fit(self.mark, 46).encode("utf-16-be").hex()
        slant = "0.9659 0.2588 -0.2588 0.9659"
        lines = [f"BT /F1 18 Tf {slant} {MARGIN} {y} Tm <{said}> Tj ET" for y in (110, 330)]
        return ["0.85 g", *lines, "0 g"]

    def gap(self, points: float = 8) -> None:
        self._y -= points

    def document(self, title: str) -> bytes:
        """The whole file. The same lines give the same bytes."""
        pages = self._pages or [[]]
        first = 7
        kids = " ".join(f"{first + 2 * number} 0 R" for number in range(len(pages)))
        objects = [
            "<< /Type /Catalog /Pages 2 0 R /Lang (zh-CN) >>",
            f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>",
            "<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UCS2-H "
            "/DescendantFonts [4 0 R] >>",
            "<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /DW 1000 /W [1 95 500 814 939 500] "
            "/CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 4 >> /FontDescriptor 6 0 R >>",
            f"<< /Title <feff{title.encode('utf-16-be').hex()}> /Producer (Bangban) >>",
            "<< /Type /FontDescriptor /FontName /STSong-Light /Flags 6 /FontBBox [-25 -254 1000 880] /ItalicAngle 0 "
            "/Ascent 880 /Descent -120 /CapHeight 880 /StemV 93 >>",
        ]
        for number, lines in enumerate(pages):
            stream = "\n".join([*self._marks(), *lines])
            objects.append(
                f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {WIDTH} {HEIGHT}] /Contents {first + 2 * number + 1} 0 R "
                "/Resources << /Font << /F1 3 0 R >> >> >>"
            )
            objects.append(f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream")
        return _file(objects)


def _file(objects: Sequence[str]) -> bytes:
    made = bytearray(b"%PDF-1.5\n%\xe5\xb8\xae\xe5\x8a\x9e\n")
    places = []
    for number, one in enumerate(objects, 1):
        places.append(len(made))
        made += f"{number} 0 obj\n{one}\nendobj\n".encode("ascii")
    begins = len(made)
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    made += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}".encode("ascii")
    made += f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R /Info 5 0 R >>\nstartxref\n{begins}\n%%EOF\n".encode(
        "ascii"
    )
    return bytes(made)


def _fit(text: str, room: float) -> str:
    """As much as `room` Chinese signs' width takes; signs outside of the first plane are not in the encoding."""
    shown, used = "", 0.0
    for sign in text:
        plain = sign if ord(sign) <= 0xFFFF else "□"
        used += 0.5 if ord(plain) <= _HALF_LAST else 1.0
        if used > room:
            break
        shown += plain
    return shown
