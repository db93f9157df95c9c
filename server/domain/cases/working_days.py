"""Owns the centre's own working days (工作日调整): one record a year that says which days differ from the calendar.

Law: a day says whether people work and why; it lies in the record's own year. Records are found by their id, which
everyone derives from the year.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from server.domain.check_context import CheckContext
from server.domain.problems import Problem, problem
from server.domain.record_fields import Fields, check_shapes, family, integer, parse_date, text
from sync.core.ids import derived_id

FIELD_PREFIX = "day."


def calendar_id(year: int) -> str:
    """The record of a year's days."""
    return derived_id("calendar", str(year))


def years_around(on: date) -> tuple[int, ...]:
    """The years that a clock running on that day may count over."""
    return (on.year - 1, on.year, on.year + 1)


def check_calendar(fields: Fields, ctx: CheckContext) -> list[Problem]:
    found = check_shapes("calendar", fields)
    if found:
        return found
    for name, value in family(fields, FIELD_PREFIX).items():
        day, field = parse_date(name), FIELD_PREFIX + name
        if day is None or day.year != integer(fields, "year"):
            found.append(problem("calendar_year", field))
        elif value is not None and not (isinstance(value, dict) and _is_told(value)):
            found.append(problem("calendar_day", field))
    return found


def _is_told(value: Fields) -> bool:
    return isinstance(value.get("works"), bool) and bool(text(value, "why"))


def overrides_in(calendars: Iterable[Fields]) -> dict[date, bool]:
    """Day → whether people work, of all the records; what cannot be read says nothing."""
    return {
        day: works
        for fields in calendars
        for name, value in family(fields, FIELD_PREFIX).items()
        if (day := parse_date(name)) and isinstance(value, dict) and isinstance(works := value.get("works"), bool)
    }
