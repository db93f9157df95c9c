"""How clocks shine."""

from __future__ import annotations

from datetime import date

import pytest

from server.domain.check_context import CheckContext
from server.domain.supervision.lights import (
    Days,
    Level,
    Light,
    check_light,
    higher,
    level_of,
    light_of_campaign,
    light_of_lag,
    light_of_silence,
    lights_of_case,
    with_repeats,
)

MONDAY = date(2026, 3, 2)


def shines(state: str, today: str, **fields: object) -> list[tuple[str, str]]:
    case = {"state": state, "state_since": f"{today}T08:00:00+08:00", **fields}
    return [(light.code, light.level.value) for light in lights_of_case(case, Days(date.fromisoformat(today)))]


CLOCK = {
    "started": "2026-02-02",
    "legal_days": 30,
    "promise_days": 20,
    "legal_due": "2026-03-20",
    "promise_due": "2026-03-06",
}


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        ("2026-02-27", []),
        ("2026-03-02", [("promise", "blue")]),
        ("2026-03-05", [("promise", "yellow")]),
        ("2026-03-06", [("promise", "yellow")]),
        ("2026-03-07", [("promise", "red")]),
        ("2026-03-20", [("promise", "red")]),
        ("2026-03-21", [("promise", "red_plus")]),
    ],
)
def test_a_promise_of_twenty_days(today: str, expected: list[tuple[str, str]]) -> None:
    assert shines("reviewing", today, clock=CLOCK) == expected


def test_an_answer_not_given_by_the_fourth_day_is_yellow_and_after_the_fifth_red() -> None:
    received = "2026-03-02T09:00:00+08:00"
    assert shines("received", "2026-03-05", received_at=received) == []
    assert shines("received", "2026-03-06", received_at=received) == [("answer", "yellow")]
    assert shines("received", "2026-03-10", received_at=received) == [("answer", "red")]


def since(state: str, day: str, today: str, **fields: object) -> list[tuple[str, str]]:
    return shines(state, today, **{"state_since": f"{day}T10:00:00+08:00", **fields})


@pytest.mark.parametrize("state", ["suspended", "special_procedure"])
@pytest.mark.parametrize(
    ("today", "expected"),
    [
        ("2026-03-11", []),
        ("2026-03-13", [("pause", "blue")]),
        ("2026-03-16", [("pause", "yellow")]),
        ("2026-03-17", [("pause", "yellow")]),
        ("2026-03-24", [("pause", "yellow")]),
        ("2026-03-25", [("pause", "red")]),
        ("2026-06-25", [("pause", "red")]),
    ],
)
def test_a_stopped_clock_is_no_place_to_hide(state: str, today: str, expected: list[tuple[str, str]]) -> None:
    """Ten working days from 3 March, where nobody told the applicant of another; the promise stands still."""
    paused = {**CLOCK, "paused_since": "2026-03-03"}
    assert since(state, "2026-03-03", today, clock=paused) == expected


@pytest.mark.parametrize(
    ("state", "group"), [("suspended", "suspension"), ("special_procedure", "special")], ids=["suspended", "special"]
)
def test_a_pause_shines_by_the_day_that_the_applicant_was_told(state: str, group: str) -> None:
    told = {"clock": {**CLOCK, "paused_since": "2026-03-03"}, group: {"until": "2026-04-30"}}
    assert since(state, "2026-03-03", "2026-03-25", **told) == []
    assert since(state, "2026-03-03", "2026-04-29", **told) == [("pause", "yellow")]
    assert since(state, "2026-03-03", "2026-05-11", **told) == [("pause", "yellow")]
    assert since(state, "2026-03-03", "2026-05-12", **told) == [("pause", "red")], "the sixth working day after"


def test_a_promise_for_later_shines_through_a_pause() -> None:
    tolerance = {"due": "2026-03-05", "materials": ["2"]}
    paused = {**CLOCK, "paused_since": "2026-03-03"}
    shone = since("suspended", "2026-03-03", "2026-03-04", clock=paused, tolerance=tolerance)
    assert shone == [("tolerance", "yellow")]


def test_a_procedure_within_the_decisions_own_time_leaves_the_promise_shining() -> None:
    assert since("special_procedure", "2026-02-26", "2026-03-05", clock=CLOCK) == [("promise", "yellow")]


def test_material_promised_for_later_shines_beside_the_promise() -> None:
    tolerance = {"due": "2026-03-03", "materials": ["2"]}
    assert shines("reviewing", "2026-03-02", clock=CLOCK, tolerance=tolerance) == [
        ("tolerance", "yellow"),
        ("promise", "blue"),
    ]
    assert ("tolerance", "red") in shines("reviewing", "2026-03-04", clock=CLOCK, tolerance=tolerance)


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        ("2026-03-04", []),
        ("2026-03-05", [("correction", "blue")]),
        ("2026-03-09", [("correction", "yellow")]),
        ("2026-03-20", [("correction", "yellow")]),
    ],
)
def test_a_correction_that_does_not_come_makes_nobody_red(today: str, expected: list[tuple[str, str]]) -> None:
    """Seventeen working days lie between; a fifth of them is three."""
    assert since("to_correct", "2026-02-09", today, correction={"due": "2026-03-10"}) == expected


def test_a_correction_without_a_day_shines_after_fifteen_working_days() -> None:
    assert since("to_correct", "2026-03-02", "2026-03-18", correction={"text": "x"}) == [("correction", "blue")]
    assert since("to_correct", "2026-03-02", "2026-03-20", correction={"text": "x"}) == [("correction", "yellow")]


def test_a_step_over_its_own_days_shines_though_the_whole_is_not_due() -> None:
    clock = {**CLOCK, "promise_due": "2026-06-01", "legal_due": "2026-07-01"}
    case = {"state": "accepted", "state_since": "2026-03-02T09:00:00+08:00", "clock": clock}
    assert lights_of_case(case, Days(date(2026, 3, 5))) == ()
    assert lights_of_case(case, Days(date(2026, 3, 6))) == (Light("step", Level.YELLOW),)


def test_what_is_due_on_a_weekend_is_over_the_day_after() -> None:
    assert Days(date(2026, 3, 8)).left(date(2026, 3, 7)) == -1
    assert level_of(date(2026, 3, 7), 5, Days(date(2026, 3, 8))) is Level.RED


def test_days_are_working_days_over_the_national_holiday() -> None:
    assert Days(date(2026, 9, 30)).left(date(2026, 10, 8)) == 1


@pytest.mark.parametrize(("captured", "level"), [(1, None), (2, Level.YELLOW), (3, Level.YELLOW), (4, Level.RED)])
def test_a_filing_that_stayed_on_the_phone(captured: int, level: Level | None) -> None:
    assert light_of_lag(MONDAY, date(2026, 3, 2 + captured)) is level


def test_silence_is_unknown_and_comes_sooner_where_work_waits() -> None:
    days = Days(date(2026, 3, 6))
    assert light_of_silence(MONDAY, 0, days) is None
    assert light_of_silence(MONDAY, 3, days) is Level.UNKNOWN
    assert light_of_silence(date(2025, 3, 2), 0, days) is Level.UNKNOWN


def test_claims_shine_by_the_end_of_their_campaign() -> None:
    start, end = date(2026, 3, 2), date(2026, 3, 27)
    shone = [light_of_campaign(start, end, Days(date(2026, 3, day))) for day in (10, 24, 26, 28)]
    assert shone == [None, Level.BLUE, Level.YELLOW, Level.RED]


def test_the_third_red_of_a_month_is_more_than_red() -> None:
    assert [with_repeats(Level.RED, before) for before in (0, 1, 2)] == [Level.RED, Level.RED, Level.RED_PLUS]
    assert with_repeats(Level.YELLOW, 9) is Level.YELLOW
    assert higher(Level.UNKNOWN, Level.BLUE) is Level.BLUE


def test_a_level_that_does_not_exist_is_refused() -> None:
    fields = {"place": "341881106200", "about": "x", "about_kind": "case", "code": "promise", "level": "orange"}
    assert [one.code for one in check_light({**fields, "state": "lit"}, CheckContext(on=MONDAY))] == ["value_unknown"]


BELOW = {
    **{"started": "2026-03-02", "legal_days": 20, "promise_days": 45, "review_days": 20},
    **{"review_due": "2026-03-30", "legal_due": "2026-04-28", "promise_due": "2026-04-28"},
}


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        ("2026-03-20", []),
        ("2026-03-24", [("review", "blue")]),
        ("2026-03-27", [("review", "yellow")]),
        ("2026-03-31", [("review", "red_plus")]),
    ],
)
def test_the_review_below_has_a_light_of_its_own_and_over_the_law_is_red_plus(
    today: str, expected: list[tuple[str, str]]
) -> None:
    """行政许可法 43"""
    assert shines("reviewing", today, clock=BELOW) == expected
    assert shines("reviewing", today, clock={**BELOW, "passed_on": "2026-03-16", "legal_due": "2026-05-14"}) == []
