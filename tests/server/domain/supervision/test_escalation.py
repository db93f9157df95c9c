"""Six stages, none skipped, none by a number alone."""

from __future__ import annotations

from server.domain.supervision.escalation import Stage, check_escalation, next_stage, stage_by_clock, stage_noted
from server.domain.supervision.lights import Level


def test_the_clock_takes_the_first_two_stages_and_none_back() -> None:
    assert stage_by_clock(Level.BLUE, None) is None
    assert stage_by_clock(Level.YELLOW, None) is Stage.WARN
    assert stage_by_clock(Level.RED, Stage.WARN) is Stage.CAUTION
    assert stage_by_clock(Level.RED_PLUS, Stage.TALK) is Stage.TALK
    assert stage_by_clock(Level.YELLOW, Stage.CAUTION) is Stage.CAUTION


def test_a_person_takes_one_stage_at_a_time_from_the_third_on() -> None:
    for before, wanted, code in (
        ("", "supervise", "state_step"),
        ("warn", "caution", "state_step"),
        ("warn", "supervise", "state_step"),
        ("caution", "talk", "state_step"),
        ("caution", "nothing", "value_unknown"),
    ):
        assert [one.code for one in check_escalation({"stage": before}, wanted)] == [code], (before, wanted)
    for before, wanted in (("caution", "supervise"), ("supervise", "talk"), ("talk", "assess"), ("assess", "account")):
        assert check_escalation({"stage": before}, wanted) == []
        assert next_stage({"stage": before}) == wanted
    assert next_stage({"stage": "warn"}) is None
    assert next_stage({"stage": "account"}) is None


def test_who_when_and_why_stand_beside_each_stage() -> None:
    first = stage_noted({}, Stage.WARN, at="t1", by="centre", why="promise yellow")
    both = stage_noted({"steps": first}, Stage.CAUTION, at="t2", by="centre", why="promise red")
    assert both == [
        {"stage": "warn", "at": "t1", "by": "centre", "why": "promise yellow"},
        {"stage": "caution", "at": "t2", "by": "centre", "why": "promise red"},
    ]
