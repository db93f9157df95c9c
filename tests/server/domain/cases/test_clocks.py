"""The statutory clocks, counted by hand over the announced holidays of 2026; and what is due in which state.

2026: Mid-Autumn 25–27 September, National Day 1–7 October with Saturday the 10th worked; Spring Festival 15–23 February
with Saturdays the 14th and 28th worked.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from server.domain.cases.clocks import (
    CaseClock,
    answer_due,
    answer_from,
    decided,
    due_column,
    dues,
    extend,
    extension_days_max,
    parse_clock,
    pass_up,
    pause,
    resume,
    start_clock,
)


def day(text: str) -> date:
    return date.fromisoformat(text)


def clock(accepted: str, received: str = "", item: dict[str, Any] | None = None, **more: Any) -> CaseClock:
    return start_clock(day(accepted), day(received or accepted), item or {"legal_days": 20, "promise_days": 5}, **more)


@pytest.mark.parametrize(
    ("received", "last"),
    [
        ("2026-11-18", "2026-11-25"),
        ("2026-09-24", "2026-10-09"),  # 28, 29, 30 September, 8, 9 October
        ("2026-02-12", "2026-02-26"),  # 13, Saturday 14, 24, 25, 26 February
        ("2026-11-21", "2026-11-27"),  # received on a Saturday: day 0 all the same
    ],
)
def test_the_answer_is_due_on_the_fifth_working_day(received: str, last: str) -> None:
    """行政许可法 32(4)"""
    assert answer_due(day(received)).date == day(last)


@pytest.mark.parametrize(
    ("accepted", "legal", "promise"),
    [
        ("2026-11-18", "2026-12-16", "2026-11-25"),
        ("2026-09-24", "2026-10-29", "2026-10-09"),
        ("2026-02-12", "2026-03-18", "2026-02-26"),
    ],
)
def test_a_decision_is_due_on_the_twentieth_working_day(accepted: str, legal: str, promise: str) -> None:
    """行政许可法 42, 82"""
    started = clock(accepted)
    assert (started.legal_due, started.promise_due) == (day(legal), day(promise))


def test_joint_handling_has_forty_five_days_and_fifteen_more() -> None:
    """行政许可法 42(2)"""
    joint = clock("2026-03-02", joint=True)
    assert (joint.legal_days, extension_days_max(joint), extension_days_max(clock("2026-03-02"))) == (45, 15, 10)
    assert joint.legal_due == day("2026-05-08")  # Qingming on Monday 6 April, Labour Day 1–5 May, 9 May not reached


def test_an_item_without_days_has_the_statutes_and_a_promise_is_never_longer_than_the_law() -> None:
    assert clock("2026-11-18", item={"name": "x"}).legal_due == day("2026-12-16")
    long = clock("2026-11-18", item={"legal_days": 5, "promise_days": 9})
    assert long.promise_due == long.legal_due == day("2026-11-25")
    assert clock("2026-11-18", item={"legal_days": 20, "promise_days": 0}).promise_due == day("2026-11-18")


def test_an_item_that_counts_calendar_days_is_due_by_them_and_never_after_the_law() -> None:
    both = {"legal_days": 30, "legal_days_unit": "Z", "promise_days": 10, "promise_days_unit": "Z"}
    counted = clock("2026-11-18", item=both)
    assert (counted.legal_due, counted.promise_due) == (day("2026-12-18"), day("2026-11-30"))
    mixed = clock("2026-11-18", item={**both, "promise_days": 25, "promise_days_unit": "G"})
    assert (mixed.promise_days, mixed.promise_due) == (25, day("2026-12-18")), "25 working days would be the 23rd"
    assert clock("2026-11-18", item={"legal_days": 20, "legal_days_unit": "G"}).legal_due == day("2026-12-16")
    away = resume(pause(counted, day("2026-11-20")), day("2026-11-30"))
    assert (away.paused_days, away.paused_calendar) == (6, 10)
    assert (away.legal_due, away.promise_due) == (day("2026-12-28"), day("2026-12-08"))
    assert parse_clock(away.as_value()) == away
    assert clock("2026-11-18", item=both, joint=True).legal_days == 45


def test_who_answers_too_late_has_accepted_on_the_day_of_receipt() -> None:
    """行政许可法 32(4): 逾期不告知的，自收到申请材料之日起即为受理"""
    late, timely = clock("2026-11-26", "2026-11-18"), clock("2026-11-25", "2026-11-18")
    assert (late.started, late.deemed) == (day("2026-11-18"), True)
    assert (timely.started, timely.deemed) == (day("2026-11-25"), False)


def test_an_excluded_procedure_takes_its_working_days_out() -> None:
    """行政许可法 45"""
    away = pause(clock("2026-11-18"), day("2026-11-20"))
    assert pause(away, day("2026-11-23")) == away, "a clock that stands does not stop again"
    back = resume(away, day("2026-11-25"))
    assert (back.paused_days, back.promise_due, back.paused_since) == (3, day("2026-11-30"), None)
    assert resume(back, day("2026-11-26")) == back
    assert resume(pause(back, day("2026-11-28")), day("2026-11-29")).paused_days == 3, "a weekend is no working day"


def test_an_extension_and_the_delivery_count_on() -> None:
    """行政许可法 42, 44"""
    longer = extend(clock("2026-11-18"), 10)
    assert (longer.legal_due, longer.extended_days) == (day("2026-12-30"), 10)
    assert decided(longer, day("2026-12-02")).delivery_due == day("2026-12-16")


def test_beyond_the_announced_calendar_a_day_is_provisional() -> None:
    assert not clock("2026-12-01", item={"legal_days": 5}).provisional
    assert clock("2026-12-21").provisional


def test_the_centres_own_days_come_first() -> None:
    off = {day("2026-11-20"): False, day("2026-11-22"): True}
    assert answer_due(day("2026-11-18"), off).date == day("2026-11-25")
    assert answer_due(day("2026-11-18"), {day("2026-11-20"): False}).date == day("2026-11-26")


def test_a_clock_is_kept_as_a_group_and_read_back() -> None:
    kept = pause(clock("2026-12-21", "2026-12-21", joint=True), day("2026-12-22"))
    assert parse_clock(kept.as_value()) == kept
    assert "deemed" not in kept.as_value()
    assert [parse_clock(value) for value in (None, {}, {"answer_from": "2026-11-18"})] == [None] * 3


CLOCK = {"started": "2026-11-18", "legal_due": "2026-12-16", "promise_due": "2026-11-25"}
PAUSED = {**CLOCK, "paused_since": "2026-11-20"}
PAUSE = ("pause", "2026-12-10")
BOTH = [("promise", "2026-11-25"), ("legal", "2026-12-16")]
LATER = {"due": "2026-12-01", "materials": ["2"]}


@pytest.mark.parametrize(
    ("case", "told", "column"),
    [
        ({"state": "received"}, [("answer", "2026-11-25")], "2026-11-25"),
        ({"state": "prechecked", "clock": {"answer_from": "2026-11-23"}}, [("answer", "2026-11-30")], "2026-11-30"),
        ({"state": "to_correct", "correction": {"due": "2026-12-01"}}, [("correction", "2026-12-01")], "2026-12-01"),
        (
            {"state": "to_correct", "state_since": "2026-11-20T09:00:00+08:00"},
            [("correction", "2026-12-11")],
            "2026-12-11",
        ),
        ({"state": "to_correct"}, [], None),
        ({"state": "reviewing", "clock": CLOCK}, [("promise", "2026-11-25"), ("legal", "2026-12-16")], "2026-11-25"),
        (
            {"state": "accepted", "clock": CLOCK, "tolerance": {"due": "2026-11-20", "materials": ["2"]}},
            [("tolerance", "2026-11-20"), ("promise", "2026-11-25"), ("legal", "2026-12-16")],
            "2026-11-20",
        ),
        ({"state": "accepted", "clock": CLOCK, "tolerance": {"due": "soon", "materials": ["2"]}}, BOTH, "2026-11-25"),
        ({"state": "suspended", "clock": PAUSED, "suspension": {"until": "2026-12-10"}}, [PAUSE], "2026-12-10"),
        ({"state": "suspended", "clock": PAUSED, "state_since": "2026-11-26T00:10:00+08:00"}, [PAUSE], "2026-12-10"),
        (
            {"state": "suspended", "clock": PAUSED, "suspension": {"until": "2026-12-10"}, "tolerance": LATER},
            [("tolerance", "2026-12-01"), PAUSE],
            "2026-12-01",
        ),
        ({"state": "special_procedure", "clock": PAUSED, "special": {"until": "2026-12-10"}}, [PAUSE], "2026-12-10"),
        ({"state": "special_procedure", "state_since": "2026-11-26T00:10:00+08:00"}, [PAUSE], "2026-12-10"),
        (
            {"state": "special_procedure", "clock": CLOCK, "special": {"until": "2026-12-10"}},
            [("promise", "2026-11-25"), PAUSE, ("legal", "2026-12-16")],
            "2026-11-25",
        ),
        (
            {"state": "special_procedure", "clock": CLOCK},
            [("promise", "2026-11-25"), ("legal", "2026-12-16")],
            "2026-11-25",
        ),
        (
            {"state": "decided", "clock": {**CLOCK, "delivery_due": "2026-12-02"}},
            [("delivery", "2026-12-02")],
            "2026-12-02",
        ),
        ({"state": "delivered", "clock": CLOCK}, [], None),
        ({"state": "draft"}, [], None),
    ],
)
def test_each_state_tells_what_is_due(case: dict[str, Any], told: list[tuple[str, str]], column: str | None) -> None:
    whole = {"received_at": "2026-11-18T23:30:00+08:00", **case}
    assert [(due.code, due.day.isoformat()) for due in dues(whole)] == told
    assert due_column(whole) == column


def test_a_case_without_a_readable_receipt_has_no_day() -> None:
    assert answer_from({"received_at": "soon"}) is None
    assert due_column({"state": "received", "received_at": ""}) is None


REVIEWED = {"legal_days": 20, "promise_days": 45, "review_days": 20}
"""依法应当先经下级行政机关审查后报上级行政机关决定的行政许可，下级行政机关应当自其受理行政许可申请之日起二十日内审查完毕。
但是，法律、法规另有规定的，依照其规定。(43)"""


@pytest.mark.parametrize(
    ("accepted", "review", "legal"),
    [
        ("2026-03-02", "2026-03-30", "2026-04-28"),  # Qingming: Monday 6 April is off
        ("2026-09-24", "2026-10-29", "2026-11-26"),  # as a decision of twenty days, then twenty more
        ("2026-02-12", "2026-03-18", "2026-04-16"),
    ],
)
def test_the_authority_below_has_twenty_working_days_of_its_own(accepted: str, review: str, legal: str) -> None:
    below = clock(accepted, item=REVIEWED)
    assert (below.review_due, below.legal_due, below.is_below) == (day(review), day(legal), True)
    assert parse_clock(below.as_value()) == below
    told = [(due.code, due.day) for due in dues({"state": "reviewing", "clock": below.as_value()})]
    assert ("review", day(review)) in told


def test_another_law_gives_the_authority_below_other_days_and_without_them_nobody_reviews_first() -> None:
    assert clock("2026-03-02", item={**REVIEWED, "review_days": 10}).review_due == day("2026-03-16")
    plain = clock("2026-03-02", item={"legal_days": 20, "promise_days": 45})
    assert (plain.review_due, plain.is_below, plain.legal_due) == (None, False, day("2026-03-30"))
    assert "review_due" not in plain.as_value()


def test_who_decides_has_the_laws_days_from_when_the_case_was_passed_up() -> None:
    """自受理行政许可申请之日起二十日内作出行政许可决定 (42): the deciding authority has it from that day."""
    above = pass_up(clock("2026-03-02", item=REVIEWED), day("2026-03-16"))
    assert (above.passed_on, above.is_below, above.legal_due) == (day("2026-03-16"), False, day("2026-04-14"))
    assert above.review_due == day("2026-03-30"), "what was due stays on record"
    told = [due.code for due in dues({"state": "reviewing", "clock": above.as_value()})]
    assert "review" not in told
    assert parse_clock(above.as_value()) == above


def test_a_pause_moves_whose_time_it_stops_and_no_extension_lengthens_the_review() -> None:
    """行政许可法 45 leaves a hearing's time out of every term of the section; 42 lengthens the decision alone."""
    below = clock("2026-03-02", item=REVIEWED)
    paused = resume(pause(below, day("2026-03-09")), day("2026-03-16"))  # five working days
    assert (paused.review_due, paused.paused_days) == (day("2026-04-07"), 5)
    above = pass_up(paused, day("2026-03-20"))
    assert above.legal_due == day("2026-04-20"), "what stood still below is not the decision's time"
    later = resume(pause(above, day("2026-03-23")), day("2026-03-25"))  # two more
    assert (later.legal_due, later.review_due) == (day("2026-04-22"), day("2026-04-07"))
    longer = extend(below, 10)
    # 1 to 5 May are off, Saturday the 9th is worked.
    assert (longer.review_due, longer.legal_due) == (day("2026-03-30"), day("2026-05-14"))


def test_a_promise_counts_from_acceptance_and_is_never_due_after_the_decision() -> None:
    below = clock("2026-03-02", item={**REVIEWED, "promise_days": 15})
    assert below.promise_due == day("2026-03-23")
    assert clock("2026-03-02", item={**REVIEWED, "promise_days": 400, "promise_days_unit": "Z"}).promise_due == day(
        "2026-04-28"
    )
