"""Owns how merge reads the centre's own working days: the calendar records of the years around a day."""

from __future__ import annotations

from datetime import date

from server.domain.cases.working_days import calendar_id, overrides_in, years_around
from server.merge_policies.judging import china_day
from sync.central.known import Wants
from sync.central.policies import Reading, Situation
from sync.core.changes import Change


def reads_own_days(change: Change, reading: Reading) -> Wants:
    """What a policy must see before it may count working days from today."""
    return Wants(records={("calendar", calendar_id(year)) for year in years_around(china_day(reading.centre.now))})


def own_days(situation: Situation, on: date) -> dict[date, bool]:
    """Day → whether people work, where it differs from the calendar."""
    held = [situation.known.record("calendar", calendar_id(year)) for year in years_around(on)]
    return overrides_in(one.fields for one in held if one is not None)
