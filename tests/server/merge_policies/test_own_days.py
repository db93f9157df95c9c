"""The centre's own working days as merge sees them: wanted around today, read from what was loaded."""

from types import SimpleNamespace
from typing import Any

from server.domain.cases.working_days import calendar_id
from server.merge_policies.judging import china_day
from server.merge_policies.own_days import own_days, reads_own_days

NOW = 1_795_000_000_000


def test_the_years_around_today_are_wanted() -> None:
    reading: Any = SimpleNamespace(centre=SimpleNamespace(now=NOW))
    wanted: Any = reads_own_days(SimpleNamespace(), reading)  # type: ignore[arg-type]
    assert wanted.records == {("calendar", calendar_id(year)) for year in (2025, 2026, 2027)}


def test_what_was_loaded_says_which_days_differ() -> None:
    today = china_day(NOW)
    told = {calendar_id(2026): SimpleNamespace(fields={f"day.{today}": {"works": False, "why": "汛期"}})}
    situation: Any = SimpleNamespace(known=SimpleNamespace(record=lambda kind, record: told.get(record)))
    assert own_days(situation, today) == {today: False}
