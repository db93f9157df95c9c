"""The centre's own working days."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from server.domain.cases.working_days import calendar_id, check_calendar, overrides_in, years_around
from server.domain.check_context import CheckContext

ON = CheckContext(on=date(2026, 11, 18))
YEAR = {"year": 2026, "catalogue": "all:341800"}


@pytest.mark.parametrize(
    ("days", "told"),
    [
        ({"day.2026-11-20": {"works": False, "why": "台风"}}, []),
        ({"day.2026-11-20": None}, []),
        ({"day.2027-01-04": {"works": True, "why": "调休"}}, ["calendar_year"]),
        ({"day.someday": {"works": True, "why": "调休"}}, ["calendar_year"]),
        ({"day.2026-11-20": {"works": False}}, ["calendar_day"]),
    ],
)
def test_a_day_says_whether_people_work_and_why(days: dict[str, Any], told: list[str]) -> None:
    assert [one.code for one in check_calendar({**YEAR, **days}, ON)] == told


def test_a_calendar_without_its_year_is_none() -> None:
    assert [one.code for one in check_calendar({"catalogue": "all:341800"}, ON)] == ["field_missing"]


def test_all_years_are_read_together_and_found_by_their_year() -> None:
    held: list[dict[str, object]] = [
        {**YEAR, "day.2026-11-20": {"works": False, "why": "台风"}, "day.2026-11-22": None},
        {"day.x": {}},
    ]
    assert overrides_in(held) == {date(2026, 11, 20): False}
    assert years_around(date(2026, 11, 18)) == (2025, 2026, 2027)
    assert len({calendar_id(year) for year in years_around(date(2026, 11, 18))}) == 3
