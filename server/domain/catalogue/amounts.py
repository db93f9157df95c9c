"""Owns how much an item pays, as data: rows by county, day and age, in an item's field `amounts`.

    {"county": "341802", "from": "2026-01-01", "until": "2026-12-31", "min_age": 80, "max_age": 89,
     "fen": 3000, "per": "month"}

Laws: money is a whole number of fen. A row without a county holds everywhere; the county's own goes before it. Of rows
that hold on the same day the one that began last counts; without a row nothing is promised.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from server.domain.problems import Problem, problem
from server.domain.record_fields import Fields, groups, integer, parse_date, text

PERIODS: Mapping[str, tuple[str, str]] = {
    "month": ("每月", "a month"),
    "quarter": ("每季", "a quarter"),
    "year": ("每年", "a year"),
    "once": ("一次", "once"),
}
AGE_MAX = 150


@dataclass(frozen=True)
class Amount:
    """`fen` each `per`, for whoever is old enough on the day."""

    fen: int
    per: str
    county: str = ""
    since: date | None = None
    until: date | None = None
    min_age: int = 0
    max_age: int = AGE_MAX

    def holds(self, county: str, on: date, age: int) -> bool:
        in_time = (self.since is None or self.since <= on) and (self.until is None or on <= self.until)
        return self.county in ("", county[:6]) and in_time and self.min_age <= age <= self.max_age

    @property
    def words(self) -> tuple[str, str]:
        """In Chinese and English, yuan without needless zeros."""
        yuan, fen = divmod(self.fen, 100)
        number = f"{yuan}.{fen:02}".rstrip("0") if fen else str(yuan)
        zh, en = PERIODS[self.per]
        return f"{zh}{number}元", f"{number} yuan {en}"


def parse_amounts(item: Fields) -> tuple[Amount, ...]:
    """The readable rows of an item."""
    rows = [_parse(row) for row in groups(item, "amounts")]
    return tuple(row for row in rows if row is not None)


def amount_for(item: Fields, county: str, on: date, age: int) -> Amount | None:
    """What the item pays to somebody of this age registered in this county (a code of six or twelve digits)."""
    holding = [row for row in parse_amounts(item) if row.holds(county, on, age)]
    return max(holding, key=lambda row: (row.county, row.since or date.min, row.min_age), default=None)


def check_amounts(item: Fields) -> list[Problem]:
    """Rows that cannot be read."""
    return [
        problem("amount_invalid", "amounts", place=place)
        for place, row in enumerate(groups(item, "amounts"), 1)
        if _parse(row) is None
    ]


def _parse(row: Fields) -> Amount | None:
    since, until = parse_date(row.get("from")), parse_date(row.get("until"))
    unreadable = any(row.get(name) and found is None for name, found in (("from", since), ("until", until)))
    fen, per, county = integer(row, "fen", -1), text(row, "per"), text(row, "county")
    ages = integer(row, "min_age"), integer(row, "max_age", AGE_MAX)
    if unreadable or fen < 0 or per not in PERIODS or ages[0] > ages[1]:
        return None
    if since is not None and until is not None and until < since:
        return None
    if county and not (len(county) == 6 and county.isascii() and county.isdecimal()):
        return None
    return Amount(fen, per, county, since, until, *ages)
