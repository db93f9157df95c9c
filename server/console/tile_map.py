"""Owns the map of places: tiles in bands, one band for each place right below, as SVG made from the division tree.

Laws: no script, no style of its own and nothing fetched from elsewhere. A tile is a link, and says in words what its
colour says. Tiles stand in the order of codes: a map shows where, and ranks nobody.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

STEPS = 4
_LABEL, _TILE, _HIGH, _GAP, _BAND_GAP = 96, 84, 50, 6, 10
_SIGNS_MAX = 6
"""So many signs of a name fit on a tile; the whole of it is in the tile's words."""


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
    """`address` leads to the place of the whole band."""

    name: str
    address: str
    tiles: Sequence[Tile]


def draw(bands: Sequence[Band], label: str, *, per_row: int, kind: str, full: int = 0) -> Markup:
    """`per_row` tiles beside each other; `kind` is the picture's class, by which a style shows one that fits; `full`
    the amount of the darkest tile, the fullest one's when there is no such bound.
    """
    most = full or max((tile.amount for band in bands for tile in band.tiles), default=0)
    drawn, top = [], 0
    for band in bands:
        rows = max(1, -(-len(band.tiles) // per_row))
        drawn.append(_head(band, top))
        for place, tile in enumerate(band.tiles):
            x = _LABEL + (place % per_row) * (_TILE + _GAP)
            drawn.append(_tile(tile, x, top + place // per_row * (_HIGH + _GAP), step_of(tile.amount, most)))
        top += rows * (_HIGH + _GAP) + _BAND_GAP
    width, height = _LABEL + per_row * (_TILE + _GAP), max(top - _GAP - _BAND_GAP, _HIGH)
    head = Markup('<svg class="map {}" role="group" aria-label="{}" viewBox="-2 -2 {} {}">')
    return head.format(kind, label, width + 4, height + 4) + Markup("").join(drawn) + Markup("</svg>")


def step_of(amount: int, most: int) -> int:
    """How dark a tile is, 0 to 4: by its share of the fullest."""
    return 0 if amount <= 0 or most <= 0 else min(STEPS, 1 + (STEPS - 1) * amount // most)


def _head(band: Band, top: int) -> Markup:
    name = Markup('<text class="band" x="0" y="{}">{}</text>').format(top + 30, _fitting(band.name))
    if not band.address:
        return name
    return Markup('<a href="{}"><title>{}</title>{}</a>').format(band.address, band.name, name)


def _tile(tile: Tile, x: int, y: int, step: int) -> Markup:
    parts = [
        Markup('<rect class="step{}" x="{}" y="{}" width="{}" height="{}" rx="5"/>').format(step, x, y, _TILE, _HIGH),
        Markup('<text class="name" x="{}" y="{}">{}</text>').format(x + 7, y + 18, _fitting(tile.name)),
        Markup('<text class="value" x="{}" y="{}">{}</text>').format(x + 7, y + 41, tile.value),
    ]
    if tile.mark:
        parts.append(Markup('<text class="mark" x="{}" y="{}">{}</text>').format(x + _TILE - 6, y + 41, tile.mark))
    inner = Markup("").join(parts)
    return Markup('<a href="{}"><title>{}</title>{}</a>').format(tile.address, escape(tile.words), inner)


def _fitting(name: str) -> str:
    return name if len(name) <= _SIGNS_MAX else f"{name[: _SIGNS_MAX - 1]}…"
