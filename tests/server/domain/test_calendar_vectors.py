"""Ten announced years, day by day: the holidays and the days worked in exchange that the State Council named."""

from __future__ import annotations

import csv
from datetime import date, timedelta
from pathlib import Path

import pytest

from server.domain.calendar import holiday_of, is_working_day, working_days_between

with (Path(__file__).parent / "data" / "holidays_2017_2026.tsv").open(encoding="utf-8") as lines:
    NAMED = {date.fromisoformat(row["date"]): row for row in csv.DictReader(lines, delimiter="\t")}
YEARS = range(2017, 2027)


def days_of(year: int) -> list[date]:
    first = date(year, 1, 1)
    return [first + timedelta(days=number) for number in range((date(year + 1, 1, 1) - first).days)]


def is_worked(day: date) -> bool:
    """As the table says, and by the weekday where it says nothing."""
    named = NAMED.get(day)
    return day.weekday() < 5 if named is None else named["kind"] == "adjusted_workday"


def test_all_years_are_in_the_table() -> None:
    assert {day.year for day in NAMED} == set(YEARS)
    assert len(NAMED) == 351


@pytest.mark.parametrize("year", YEARS)
def test_every_day_of_the_year_is_worked_or_not_as_announced(year: int) -> None:
    assert [day for day in days_of(year) if is_working_day(day) != (is_worked(day), False)] == []


@pytest.mark.parametrize("year", YEARS)
def test_a_holiday_has_its_name(year: int) -> None:
    for day in days_of(year):
        named = NAMED.get(day)
        if named is not None and named["kind"] == "holiday":
            told = holiday_of(day)
            assert told is not None, day
            assert told[0][:2] == named["name"][:2], day


@pytest.mark.parametrize("year", YEARS)
def test_the_working_days_of_a_year_are_counted_as_the_table_adds_up(year: int) -> None:
    first, last = date(year, 1, 1), date(year, 12, 31)
    assert working_days_between(first, last).count == sum(map(is_worked, days_of(year)[1:]))
