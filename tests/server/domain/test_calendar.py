"""Working days: holidays, made-up workdays, corrections, and years nobody has announced."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.calendar import (
    COUNT_MAX,
    WorkingDay,
    add_calendar_days,
    add_working_days,
    holiday_of,
    is_working_day,
    working_days_between,
)

DAYS = st.dates(date(2024, 1, 1), date(2027, 12, 31))


def test_the_day_of_the_event_is_day_zero_even_on_a_holiday() -> None:
    assert add_working_days(date(2026, 10, 1), 0) == WorkingDay(date(2026, 10, 1), False)


@pytest.mark.parametrize("count", [-1, COUNT_MAX + 1, 2**53 - 1])
def test_a_slip_of_the_keys_is_not_counted_out(count: int) -> None:
    for add in (add_working_days, add_calendar_days):
        with pytest.raises(AssertionError, match="counted forward"):
            add(date(2026, 11, 23), count)


def test_national_day_week_is_skipped() -> None:
    assert add_working_days(date(2026, 9, 30), 1) == WorkingDay(date(2026, 10, 8), False)


def test_a_weekend_day_worked_in_exchange_counts() -> None:
    assert is_working_day(date(2026, 10, 10)) == (True, False)
    assert add_working_days(date(2026, 10, 9), 1).date == date(2026, 10, 10)


def test_a_holiday_has_its_name_and_a_plain_weekend_none() -> None:
    assert holiday_of(date(2026, 10, 2)) == ("国庆节", "National Day")
    assert holiday_of(date(2026, 11, 7)) is None
    assert holiday_of(date(2026, 10, 10)) is None
    assert holiday_of(date(2040, 10, 1)) is None


def test_an_override_goes_before_the_announced_calendar() -> None:
    flood_day = date(2026, 7, 6)
    assert add_working_days(date(2026, 7, 3), 1, {flood_day: False}).date == date(2026, 7, 7)
    assert is_working_day(date(2026, 7, 5), {date(2026, 7, 5): True}) == (True, False)


def test_calendar_days_count_every_day_and_end_on_a_working_day() -> None:
    """民法典 203"""
    assert add_calendar_days(date(2026, 11, 18), 10) == WorkingDay(date(2026, 11, 30), False)  # 28 is a Saturday
    assert add_calendar_days(date(2026, 9, 24), 7) == WorkingDay(date(2026, 10, 8), False)  # 1 October, and its week
    assert add_calendar_days(date(2026, 9, 30), 10).date == date(2026, 10, 10), "a Saturday that is worked"
    assert add_calendar_days(date(2026, 11, 21), 0) == WorkingDay(date(2026, 11, 21), False)
    assert add_calendar_days(date(2026, 11, 18), 2, {date(2026, 11, 20): False}).date == date(2026, 11, 23)
    assert add_calendar_days(date(2026, 12, 30), 5).provisional


def test_a_year_without_a_calendar_is_counted_by_weekdays_and_said_to_be_provisional() -> None:
    assert add_working_days(date(2027, 1, 1), 1) == WorkingDay(date(2027, 1, 4), True)
    assert add_working_days(date(2026, 12, 31), 1).provisional


def test_an_override_makes_a_day_of_an_unknown_year_certain() -> None:
    assert is_working_day(date(2027, 1, 4), {date(2027, 1, 4): False}) == (False, False)


def test_a_count_that_ends_before_the_unknown_year_is_certain() -> None:
    assert not add_working_days(date(2026, 12, 1), 5).provisional


@given(DAYS, st.integers(0, 40))
def test_more_days_never_end_earlier_and_the_inverse_gives_them_back(start: date, count: int) -> None:
    reached = add_working_days(start, count)
    assert add_working_days(start, count + 1).date > reached.date
    assert working_days_between(start, reached.date).count == count


@given(DAYS, st.integers(1, 20))
def test_a_day_reached_is_a_working_day_and_a_later_start_never_ends_earlier(start: date, count: int) -> None:
    reached = add_working_days(start, count).date
    assert is_working_day(reached)[0]
    assert add_working_days(start + timedelta(days=1), count).date >= reached


def test_days_between_are_negative_backwards() -> None:
    assert working_days_between(date(2026, 7, 10), date(2026, 7, 6)).count == -4
