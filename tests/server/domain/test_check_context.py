"""What a check may look at: the visit's day never lies after receipt."""

from datetime import date

from server.domain.check_context import CheckContext

TODAY = date(2026, 11, 22)


def test_the_visit_day_is_the_devices_unless_its_clock_runs_ahead() -> None:
    assert CheckContext(on=TODAY, captured_on=date(2026, 11, 18)).visit_day == date(2026, 11, 18)
    assert CheckContext(on=TODAY, captured_on=date(2027, 1, 1)).visit_day == TODAY
    assert CheckContext(on=TODAY).visit_day == TODAY


def test_absent_records_are_none_and_no_record_before_is_an_empty_state() -> None:
    ctx = CheckContext(on=TODAY, records={"a": {"name": "x"}})
    assert ctx.record("a") == {"name": "x"}
    assert ctx.record("b") is None
    assert ctx.state_before == ""
    assert CheckContext(on=TODAY, before={"state": "draft"}).state_before == "draft"
