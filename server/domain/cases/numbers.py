"""Owns a case's two numbers: the receipt a phone can give without a network, and the official one given on
receipt.

    receipt   T{device 4}{yymmdd}{sequence 4}{check 1}             16 characters, T0A3K2611220007R
    official  {county 6}{yyyymmdd}{sequence 6}{check 1}            21 digits

Laws: receipts use the 31 signs of the credit code (no I, O, S, V, Z), so that a number read aloud over the
phone is not mistaken; official numbers are digits. Each epoch of the centre numbers from a block of its
own, so that a restored centre never gives a number that was given before and lost with it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from stdnum.iso7064 import mod_11_10

SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
BLOCK_SIZE = 100_000
BLOCKS = 10
RECEIPTS_PER_DAY_MAX = 9_999
DEVICE_MARKS = len(SIGNS) ** 4
_RECEIPT = re.compile(rf"T([{SIGNS}]{{4}})(\d{{6}})(\d{{4}})([{SIGNS}])")
_OFFICIAL = re.compile(r"(\d{6})(\d{8})(\d{6})\d")
# What people write for signs that the alphabet leaves out because they look alike.
_LOOKALIKES = str.maketrans({"O": "0", "I": "1", "Z": "2", "S": "5", "-": None, " ": None})


class NumberInvalid(ValueError):
    """The text is not such a number; a wrong check sign is the usual reason."""


class NumbersExhausted(Exception):
    """A county's block or a device's day is used up."""


@dataclass(frozen=True)
class Receipt:
    """The temporary number: which device, which day by its clock, which filing of that day."""

    device: str
    day: date
    sequence: int

    def __str__(self) -> str:
        first = f"T{self.device}{self.day:%y%m%d}{self.sequence:04}"
        return first + _check_sign(first)


@dataclass(frozen=True)
class OfficialNumber:
    """The official number: the county of the case, the day of receipt, block and place in the block."""

    county: str
    day: date
    block: int
    place_in_block: int

    def __str__(self) -> str:
        first = f"{_begun(self.county, self.day)}{self.block * BLOCK_SIZE + self.place_in_block:06}"
        return first + str(mod_11_10.calc_check_digit(first))


@lru_cache(maxsize=64)
def _begun(county: str, day: date) -> str:
    """What all numbers of a county and day begin with."""
    assert re.fullmatch(r"\d{6}", county), "a county is the first six digits of a division code"
    return f"{county}{day:%Y%m%d}"


def device_mark(ordinal: int) -> str:
    """The four signs of the device that was enrolled as number `ordinal` (from 0)."""
    assert 0 <= ordinal < DEVICE_MARKS, "there are 923,521 device marks"
    signs = ""
    for _ in range(4):
        ordinal, digit = divmod(ordinal, len(SIGNS))
        signs = SIGNS[digit] + signs
    return signs


def temporary_receipt(device: str, day: date, sequence: int) -> str:
    """The receipt number for the `sequence`-th filing (from 1) of that device on that day."""
    assert re.fullmatch(f"[{SIGNS}]{{4}}", device), "a device mark is four signs"
    if not 1 <= sequence <= RECEIPTS_PER_DAY_MAX:
        raise NumbersExhausted(f"device {device} on {day}")
    return str(Receipt(device, day, sequence))


def parse_receipt(text: str) -> Receipt:
    """A receipt number as typed: lower case, spaces, and O for 0 and the like are forgiven."""
    number = text.strip().upper().translate(_LOOKALIKES)
    found = _RECEIPT.fullmatch(number)
    if not number.isascii() or found is None or _check_sign(number[:-1]) != found[4]:
        raise NumberInvalid(text)
    return Receipt(found[1], _day("20" + found[2], text), int(found[3]))


def epoch_block(epoch_ordinal: int) -> int:
    """The block of the centre's n-th epoch (from 0). After ten epochs blocks come round again, which is safe
    unless ten restores happen in a day: a number holds its day.
    """
    return epoch_ordinal % BLOCKS


def official_number(county: str, day: date, block: int, place_in_block: int) -> str:
    """The official number. `county` is a division code, of which the first six digits count; `place_in_block`
    counts from 0 within (county, day, block) and raises NumbersExhausted at 100,000.
    """
    assert 0 <= block < BLOCKS, "there are ten blocks"
    if not 0 <= place_in_block < BLOCK_SIZE:
        raise NumbersExhausted(f"county {county[:6]} on {day}")
    return str(OfficialNumber(county[:6], day, block, place_in_block))


def parse_official_number(text: str) -> OfficialNumber:
    """An official number as typed, spaces and hyphens forgiven."""
    number = text.strip().replace(" ", "").replace("-", "")
    found = _OFFICIAL.fullmatch(number)
    if not number.isascii() or found is None or not mod_11_10.is_valid(number):
        raise NumberInvalid(text)
    block, place_in_block = divmod(int(found[3]), BLOCK_SIZE)
    return OfficialNumber(found[1], _day(found[2], text), block, place_in_block)


def _day(digits: str, text: str) -> date:
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:8]))
    except ValueError:
        raise NumberInvalid(text) from None


def _check_sign(first: str) -> str:
    """Weights 3^i mod 31 over 31 signs, a prime: every wrong sign and every swap of two neighbours shows."""
    total = sum(SIGNS.index(sign) * pow(3, place, 31) for place, sign in enumerate(first))
    return SIGNS[-total % 31]


def canonical_number(text: str) -> str | None:
    """Either number as it is kept, however it was typed; None for neither."""
    for parse in (parse_receipt, parse_official_number):
        try:
            return str(parse(text))
        except NumberInvalid:
            continue
    return None
