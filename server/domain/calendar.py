"""Owns working days (工作日): the State Council's calendar, the centre's own corrections, and what is not
known yet.

Laws: day 0 is the day of the event and counting starts with the next working day. A year whose calendar has
not been announced is counted by weekdays and marked provisional, so that nobody takes it for certain.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

import chinese_calendar

NO_OVERRIDES: Mapping[date, bool] = {}
COUNT_MAX = 40_000
"""A hundred years: what is given, paused and extended never comes to that, and a slip must not be counted out."""
CALENDAR_DAYS = "Z"
"""What an item's unit of days says where they are calendar days (自然日); else they are working days."""


@dataclass(frozen=True)
class WorkingDay:
    """A day reached by counting; `provisional` when any day counted over was judged by its weekday alone."""

    date: date
    provisional: bool


@dataclass(frozen=True)
class WorkingDays:
    """How many working days lie between two days; negative when the second is earlier."""

    count: int
    provisional: bool


def is_working_day(day: date, overrides: Mapping[date, bool] = NO_OVERRIDES) -> tuple[bool, bool]:
    """(works, provisional). An override (True: people work) goes before the announced calendar."""
    if day in overrides:
        return overrides[day], False
    return _announced(day)


@lru_cache(maxsize=4_096)
def _announced(day: date) -> tuple[bool, bool]:
    """The library looks through all its holidays for each day it is asked about: some fifty microseconds."""
    try:
        return bool(chinese_calendar.is_workday(day)), False
    except NotImplementedError:
        return day.weekday() < 5, True


def holiday_of(day: date) -> tuple[str, str] | None:
    """What the holiday of this day is called, in Chinese and English; None for any other day of rest or work."""
    try:
        is_off, name = chinese_calendar.get_holiday_detail(day)
    except NotImplementedError:
        return None
    return (chinese_calendar.Holiday(name).chinese, name) if is_off and name else None


def add_working_days(start: date, count: int, overrides: Mapping[date, bool] = NO_OVERRIDES) -> WorkingDay:
    """The `count`-th working day after `start`. Zero gives the day of the event itself, working or not."""
    assert 0 <= count <= COUNT_MAX, "working days are counted forward, and not for ever"
    reached, provisional = start, False
    for day, works, guessed in _days_after(start, overrides):
        if count == 0:
            break
        provisional |= guessed
        if works:
            reached, count = day, count - 1
    return WorkingDay(reached, provisional)


def add_calendar_days(start: date, count: int, overrides: Mapping[date, bool] = NO_OVERRIDES) -> WorkingDay:
    """The `count`-th day after `start`; where nobody works then, the next day on which somebody does (民法典 203)."""
    assert 0 <= count <= COUNT_MAX, "days are counted forward, and not for ever"
    last = start + timedelta(days=count)
    works, guessed = is_working_day(last, overrides)
    if works or not count:
        return WorkingDay(last, guessed and count > 0)
    later = add_working_days(last, 1, overrides)
    return WorkingDay(later.date, guessed or later.provisional)


def working_days_between(start: date, end: date, overrides: Mapping[date, bool] = NO_OVERRIDES) -> WorkingDays:
    """Working days after `start` up to and including `end`; the inverse of `add_working_days`."""
    if end < start:
        back = working_days_between(end, start, overrides)
        return WorkingDays(-back.count, back.provisional)
    count, provisional = 0, False
    for day, works, guessed in _days_after(start, overrides):
        if day > end:
            break
        count += works
        provisional |= guessed
    return WorkingDays(count, provisional)


def _days_after(start: date, overrides: Mapping[date, bool]) -> Iterator[tuple[date, bool, bool]]:
    day = start
    while True:
        day += timedelta(days=1)
        works, guessed = is_working_day(day, overrides)
        yield day, works, guessed
