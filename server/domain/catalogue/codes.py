"""Owns the catalogue's codes: base 12, implementing 31, handling item 33, material 36; and the unit's
credit code.

    implementing 31 = credit code 18 + exercise level 1 + base 12; handling 33 = 31 + 2; material 36 = 33 +
    3

Law: base codes that start with 99 are never issued; ours for items whose real code is not known start so.
"""

from __future__ import annotations

from dataclasses import dataclass

from stdnum.cn import uscc

SYNTHETIC_PREFIX = "99"
EXERCISE_LEVELS = "123456"


class CodeInvalid(ValueError):
    """`code` is the problem's code: base_item_code, implementing_code or unit_invalid."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class BaseCode:
    """12 digits: origin 2 (00 the state), item type 2, central department 2, main item 3, sub-item 3."""

    code: str

    @property
    def origin(self) -> str:
        return self.code[:2]

    @property
    def item_type(self) -> str:
        return self.code[2:4]

    @property
    def synthetic(self) -> bool:
        return self.origin == SYNTHETIC_PREFIX


@dataclass(frozen=True)
class ImplementingCode:
    """One item of one unit; `handling` is empty or the two digits of a handling item."""

    unit: str
    level: int
    base: BaseCode
    handling: str = ""

    @property
    def code(self) -> str:
        return f"{self.unit}{self.level}{self.base.code}{self.handling}"


def parse_base_code(text: str) -> BaseCode:
    if len(text) != 12 or not _digits(text):
        raise CodeInvalid("base_item_code")
    return BaseCode(text)


def parse_unit(text: str) -> str:
    """A unit's unified social credit code (统一社会信用代码, GB 32100) in its one spelling."""
    code = text.strip().upper()
    if len(code) != 18 or not code.isascii() or not uscc.is_valid(code):
        raise CodeInvalid("unit_invalid")
    return code


def is_unit(text: str) -> bool:
    try:
        parse_unit(text)
    except CodeInvalid:
        return False
    return True


def unit_check_character(first_17: str) -> str:
    """The 18th character for a synthetic credit code."""
    return str(uscc.calc_check_digit(first_17 + "0"))


def parse_implementing_code(text: str) -> ImplementingCode:
    """31 characters, or 33 with the handling item."""
    code = text.strip().upper()
    if len(code) not in (31, 33) or not is_unit(code[:18]) or code[18] not in EXERCISE_LEVELS:
        raise CodeInvalid("implementing_code")
    if not _digits(code[18:]):
        raise CodeInvalid("implementing_code")
    return ImplementingCode(code[:18], int(code[18]), BaseCode(code[19:31]), code[31:])


def implementing_code(unit: str, level: int, base: str, handling: int | None = None) -> str:
    """The code of a unit's item; raises CodeInvalid when a part is wrong."""
    if str(level) not in EXERCISE_LEVELS or (handling is not None and not 0 <= handling <= 99):
        raise CodeInvalid("implementing_code")
    suffix = "" if handling is None else f"{handling:02}"
    return ImplementingCode(parse_unit(unit), level, parse_base_code(base), suffix).code


def material_code(handling_code: str, no: int) -> str:
    """The 36 characters of a handling item's material."""
    if len(handling_code) != 33 or not 1 <= no <= 999:
        raise CodeInvalid("implementing_code")
    return f"{handling_code}{no:03}"


def _digits(text: str) -> bool:
    return text.isascii() and text.isdecimal()
