"""Owns division codes (区划代码): 12 digits, two each for province, city and county, three each for town
and village.

Law: a place is its code; names repeat and are never keys.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache

_PREFIX_LENGTHS = (2, 4, 6, 9, 12)
_WRITTEN = re.compile(r"[1-9]\d(?:\d{4}|\d{7}|\d{10})")


class Level(IntEnum):
    """Deeper is larger. The catalogue's exercise levels (行使层级) count one more, since the state comes
    first.
    """

    PROVINCE = 1
    CITY = 2
    COUNTY = 3
    TOWN = 4
    VILLAGE = 5


@dataclass(frozen=True, order=True)
class Place:
    """A parsed division. Make it with `parse_place`."""

    code: str
    level: Level

    @property
    def prefix(self) -> str:
        """The digits that every place below shares."""
        return self.code[: _PREFIX_LENGTHS[self.level - 1]]

    @property
    def parent(self) -> Place | None:
        """The place above; a province has none."""
        if self.level is Level.PROVINCE:
            return None
        return parse_place(self.code[: _PREFIX_LENGTHS[self.level - 2]].ljust(12, "0"))

    def above(self, level: Level) -> Place:
        """The place itself or the one above it at `level`, which must not be deeper."""
        assert level <= self.level, "a place lies in larger places only"
        return parse_place(self.code[: _PREFIX_LENGTHS[level - 1]].ljust(12, "0"))

    def lies_in(self, scope: Place) -> bool:
        return self.code.startswith(scope.prefix)


class PlaceInvalid(ValueError):
    """The text is not a division code."""


def parse_place(text: str) -> Place:
    """A place from 12 digits, or from the 6 or 9 digits in which counties and towns are often written.

    Raises PlaceInvalid. A gap (a village without its town) is not a place.
    """
    if not _WRITTEN.fullmatch(text) or not text.isascii():
        raise PlaceInvalid(text)
    code = text.ljust(12, "0")
    parts = [code[start:end] for start, end in zip((0, 2, 4, 6, 9), _PREFIX_LENGTHS, strict=True)]
    filled = [part.strip("0") != "" for part in parts]
    depth = filled.index(False) if False in filled else len(filled)
    if any(filled[depth:]):
        raise PlaceInvalid(text)
    return Place(code, Level(depth))


def is_place(text: object) -> bool:
    """Whether this is a whole 12-digit code, as records keep it."""
    return isinstance(text, str) and len(text) == 12 and _is_written_rightly(text)


# Every record names its place, and there are about a thousand of them.
@lru_cache(maxsize=4096)
def _is_written_rightly(text: str) -> bool:
    try:
        parse_place(text)
    except PlaceInvalid:
        return False
    return True


def level_of(code: str) -> Level:
    return parse_place(code).level


def parent_of(code: str) -> str | None:
    parent = parse_place(code).parent
    return parent.code if parent else None


def is_within(place: str, scope: str) -> bool:
    """Whether `place` is `scope` or lies below it. Raises PlaceInvalid when either is not a code."""
    return parse_place(place).lies_in(parse_place(scope))
