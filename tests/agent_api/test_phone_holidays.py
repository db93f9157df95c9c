"""The phone counts working days by the very calendar of the centre."""

from __future__ import annotations

from datetime import date

from agent_api.phone_holidays import FIRST_YEAR, TARGET, rendered, turned_round


def test_the_table_is_the_one_of_todays_calendar() -> None:
    assert TARGET.read_text(encoding="utf-8") == rendered(), "run `python -m agent_api.phone_holidays`"


def test_a_holiday_and_the_sunday_worked_for_it_are_both_turned_round() -> None:
    days = turned_round(2026)
    assert days is not None
    assert date(2026, 10, 1) in days
    assert date(2026, 9, 20) in days, "a Sunday that is worked for National Day"
    assert date(2026, 10, 3) not in days, "a Saturday of the holiday is off by its weekday already"


def test_a_year_that_was_not_announced_is_not_in_it() -> None:
    assert turned_round(2100) is None
    assert f"'{FIRST_YEAR}'" in rendered()
    assert "'2100'" not in rendered()
