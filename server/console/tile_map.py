"""Owns the map of places: a block of tiles for each place right below, as SVG made from the division tree.

Laws: no script, no style of its own and nothing fetched from elsewhere. A tile is a link, and says in words what its
colour says. Tiles stand in the order of codes: a map shows where, and ranks nobody. Blocks are drawn in their own size
and flow beside each other, as many as a page is wide, so that no tile shrinks below what can be read and hit. Pictures
are for eyes and pointers: whoever hears the page or has a keyboard goes by the list beside it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from markupsafe import Markup

STEPS = 4
PER_ROW = 3
SPLIT = 4
"""A map of one place alone is split into so many blocks, that it may lie beside itself."""
DENSE_FROM = 120
"""From so many tiles on, a tile is one line: a county of two hundred villages stays a picture and is no scroll."""
_HEAD, _TILE, _GAP = 24, 78, 4
_HIGH, _LOW = 38, 22
_WIDTH = PER_ROW * (_TILE + _GAP) - _GAP
_SIGNS_MAX = 6
"""So many signs of a name fit on a tile; the whole of it is in the tile's words."""
_SIGN, _DIGIT = 11, 7
"""How wide a sign of a name and one of a value are on a low tile."""


@dataclass(frozen=True)
class Tile:
    """`value` is what is written large, `amount` what the colour follows; `mark` is written beside it when it is not
    empty; `words` say all of it.
    """

    name: str
    address: str
    value: str
    amount: int
    words: str
    mark: str = ""


@dataclass(frozen=True)
class Band:
    """`address` leads to the place of the whole band; "" for the one that the page is of, which needs no head."""

    name: str
    address: str
    tiles: Sequence[Tile]


def is_dense(bands: Sequence[Band]) -> bool:
    return sum(len(band.tiles) for band in bands) >= DENSE_FROM


def draw(bands: Sequence[Band], *, full: int = 0) -> Markup:
    """`full`: the amount of the darkest tile, the fullest one's when there is no such bound."""
    most = full or max((tile.amount for band in bands for tile in band.tiles), default=0)
    dense = is_dense(bands)
    return Markup("").join(_block(band, most, dense) for band in _split(bands))


def step_of(amount: int, most: int) -> int:
    """How dark a tile is, 0 to 4: by its share of the fullest."""
    return 0 if amount <= 0 or most <= 0 else min(STEPS, 1 + (STEPS - 1) * amount // most)


def _split(bands: Sequence[Band]) -> Iterator[Band]:
    if len(bands) > 1:
        yield from bands
        return
    for band in bands:
        rows = -(-len(band.tiles) // PER_ROW)
        many = PER_ROW * -(-rows // SPLIT)
        for first in range(0, len(band.tiles), many):
            yield Band(band.name, band.address if not first else "", band.tiles[first : first + many])


def _block(band: Band, most: int, dense: bool) -> Markup:
    top, high = _HEAD if band.address else 0, _LOW if dense else _HIGH
    drawn = [_head(band)] if band.address else []
    for place, tile in enumerate(band.tiles):
        x, y = place % PER_ROW * (_TILE + _GAP), top + place // PER_ROW * (high + _GAP)
        box = Markup('<rect class="step{}" x="{}" y="{}" width="{}" height="{}" rx="4"/>').format(
            step_of(tile.amount, most), x, y, _TILE, high
        )
        start = Markup('<a href="{}" tabindex="-1"><title>{}</title>').format(tile.address, tile.words)
        drawn.append(start + box + (_low if dense else _two_lines)(tile, x, y) + Markup("</a>"))
    rows = -(-len(band.tiles) // PER_ROW)
    head = Markup('<svg class="map{}" aria-hidden="true" viewBox="-1 -1 {} {}">')
    size = (_WIDTH + 2, top + rows * (high + _GAP) - _GAP + 2)
    return head.format(" dense" if dense else "", *size) + Markup("").join(drawn) + Markup("</svg>")


def _head(band: Band) -> Markup:
    # Out of the keyboard's way: the list beside the map has the same links, and words.
    drawn = Markup('<a href="{}" tabindex="-1"><title>{}</title><text class="band" x="0" y="16">{}</text></a>')
    return drawn.format(band.address, band.name, band.name)


def _two_lines(tile: Tile, x: int, y: int) -> Markup:
    drawn = Markup('<text class="name" x="{}" y="{}">{}</text>').format(x + 5, y + 15, _fitting(tile.name, _SIGNS_MAX))
    drawn += Markup('<text class="value" x="{}" y="{}">{}</text>').format(x + 5, y + 32, tile.value)
    if tile.mark:
        drawn += Markup('<text class="mark" x="{}" y="{}">{}</text>').format(x + _TILE - 4, y + 32, tile.mark)
    return drawn


def _low(tile: Tile, x: int, y: int) -> Markup:
    """One line: what is marked has an edge, and its words say how many."""
    room = (_TILE - 14 - _DIGIT * len(tile.value)) // _SIGN
    drawn = Markup('<text class="name" x="{}" y="{}">{}</text>').format(x + 6, y + 15, _fitting(tile.name, room))
    drawn += Markup('<text class="value" x="{}" y="{}">{}</text>').format(x + _TILE - 5, y + 15.5, tile.value)
    if tile.mark:
        drawn += Markup('<rect class="edge" x="{}" y="{}" width="4" height="{}"/>').format(x, y + 1, _LOW - 2)
    return drawn


def _fitting(name: str, signs: int) -> str:
    return name if len(name) <= signs else f"{name[: signs - 1]}…"
