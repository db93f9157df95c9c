"""Owns the citizen id (公民身份号码, GB 11643-1999): is it possible, and what it says of its holder.

Law: of the area code only the province is checked. Districts were renumbered: elderly people of Xuancheng
rightly hold ids that start with 3425, which no list of today contains.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from stdnum.cn import ric

_PROVINCE_RANGES = ((11, 15), (21, 23), (31, 37), (41, 46), (50, 54), (61, 65), (71, 71), (81, 83))
PROVINCES = frozenset(str(code) for first, last in _PROVINCE_RANGES for code in range(first, last + 1))
_EARLIEST_BIRTH = date(1880, 1, 1)


class Sex(StrEnum):
    MALE = "M"
    FEMALE = "F"


@dataclass(frozen=True)
class CitizenId:
    """A possible id. `area` is where it was first issued, not where the person lives."""

    number: str
    birth: date
    sex: Sex

    @property
    def area(self) -> str:
        return self.number[:6]


class CitizenIdInvalid(ValueError):
    """`code` is the problem's code: citizen_id_length, _format, _province, _birth or _check."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def normalise(text: str) -> str:
    """As people write it (spaces, full-width digits, a small x) → as records keep it."""
    if text.isascii() and text.isalnum():
        return text.upper()
    narrow = "".join(chr(ord(c) - 0xFEE0) if "！" <= c <= "～" else c for c in text)
    return "".join(c for c in narrow if not c.isspace() and c not in "-·").upper()


def parse_citizen_id(text: str, today: date) -> CitizenId:
    """The id in `text`, born on or before `today`; raises CitizenIdInvalid with what to look at first.

    The 15-digit ids of the first generation ended in 2013 and are refused: see `upgrade_first_generation`.
    """
    number = normalise(text)
    if len(number) != 18:
        raise CitizenIdInvalid("citizen_id_length")
    if not (number.isascii() and number[:17].isdecimal() and number[17] in "0123456789X"):
        raise CitizenIdInvalid("citizen_id_format")
    if number[:2] not in PROVINCES:
        raise CitizenIdInvalid("citizen_id_province")
    try:
        birth = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        raise CitizenIdInvalid("citizen_id_birth") from None
    if not _EARLIEST_BIRTH <= birth <= today:
        raise CitizenIdInvalid("citizen_id_birth")
    if ric.calc_check_digit(number) != number[17]:
        raise CitizenIdInvalid("citizen_id_check")
    return CitizenId(number, birth, Sex.MALE if int(number[16]) % 2 else Sex.FEMALE)


def is_citizen_id(text: str, today: date) -> bool:
    try:
        parse_citizen_id(text, today)
    except CitizenIdInvalid:
        return False
    return True


def upgrade_first_generation(text: str) -> str:
    """What the 18 digits of a 15-digit id would be: a suggestion to confirm on the new card, never to keep."""
    number = normalise(text)
    if len(number) != 15 or not (number.isascii() and number.isdecimal()):
        raise CitizenIdInvalid("citizen_id_length")
    longer = number[:6] + "19" + number[6:]
    return longer + ric.calc_check_digit(longer + "0")


def age_on(birth: date, day: date) -> int:
    """Full years (周岁) reached on `day`. Who was born on 29 February turns a year older on 28 February
    when the year has no 29th: a period ends with the month's last day if its own day is missing (Civil Code
    202).
    """
    years = day.year - birth.year
    leapling_today = (birth.month, birth.day, day.month, day.day) == (2, 29, 2, 28) and not _is_leap(day.year)
    if (day.month, day.day) < (birth.month, birth.day) and not leapling_today:
        years -= 1
    return years


def _is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
