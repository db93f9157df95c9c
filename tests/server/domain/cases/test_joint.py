"""Several units on one case: each its part, its days, its answer; who leads decides when all have answered."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from server.domain.cases.clocks import dues, parse_clock, pause, resume
from server.domain.cases.desk_rules import add_to_case, check_desk_step
from server.domain.cases.joint import UNITS_MAX, moved_parts, open_units, parts_of
from server.domain.supervision.lights import Days, lights_of_case
from tests.server.domain.cases.step_views import codes, view

A, B = "unit:a", "unit:b"


def accepted(*units: str) -> dict[str, Any]:
    """Accepted on Wednesday 2026-11-18 with these units beside the lead."""
    return {"state": "accepted", **add_to_case(view("accept", joint=list(units)))}


@pytest.mark.parametrize(
    ("units", "told"),
    [
        ([A, B], []),
        ([], []),
        ([A, A], ["joint_units"]),
        ([f"unit:{number}" for number in range(UNITS_MAX + 1)], ["joint_units"]),
        (["place:341881106200"], ["holder_unknown", "joint_lead"]),
        (["a"], ["holder_unknown"]),
        (["unit:"], ["holder_unknown"]),
    ],
)
def test_units_are_named_once_each_and_not_who_leads(units: list[str], told: list[str]) -> None:
    assert codes(check_desk_step(view("accept", joint=units))) == told


def test_the_whole_has_forty_five_days_and_each_part_the_decisions_own() -> None:
    """行政许可法 42"""
    case = accepted(A, B)
    assert case["clock"]["legal_days"] == 45
    assert [(part.unit, part.due) for part in parts_of(case)] == [(A, date(2026, 12, 16)), (B, date(2026, 12, 16))]
    assert [(due.code, due.whose) for due in dues(case) if due.code == "part"] == [("part", A), ("part", B)]
    assert "parts" not in accepted()


def test_nothing_is_decided_before_every_part_is_answered_or_let_go() -> None:
    granted: dict[str, Any] = {"decision": {"granted": True}}
    case = accepted(A, B)
    assert codes(check_desk_step(view("decide", before=case, **granted))) == ["part_open", "part_open"]
    case |= add_to_case(view("part_answer", before=case, part_answer={"unit": A, "agrees": True}))
    assert open_units(case) == (B,)
    case |= add_to_case(view("part_drop", before=case, part_drop={"unit": B, "text": "不涉及该单位"}))
    assert check_desk_step(view("decide", before=case, **granted)) == []


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ({"unit": A, "agrees": True}, []),
        ({"unit": A, "agrees": False, "text": "不符合规划"}, []),
        ({"unit": A, "agrees": False}, ["reason_missing"]),
        ({"unit": A}, ["part_unclear"]),
        ({"unit": "unit:c", "agrees": True}, ["part_none"]),
    ],
)
def test_an_answer_says_yes_or_why_not_for_a_part_that_is_open(answer: dict[str, Any], told: list[str]) -> None:
    case = accepted(A, B)
    assert codes(check_desk_step(view("part_answer", before=case, part_answer=answer))) == told
    if not told:
        case |= add_to_case(view("part_answer", before=case, part_answer=answer))
        again = view("part_answer", before=case, part_answer=answer)
        assert codes(check_desk_step(again)) == ["part_none"], "once"


def test_a_part_is_let_go_with_a_reason() -> None:
    case = accepted(A)
    assert codes(check_desk_step(view("part_drop", before=case, part_drop={"unit": A}))) == ["reason_missing"]
    assert codes(check_desk_step(view("part_drop", before=case, part_drop={"unit": B, "text": "x"}))) == ["part_none"]


def test_a_pause_moves_the_open_parts_as_it_moves_the_case() -> None:
    case = accepted(A, B)
    case |= add_to_case(view("part_answer", before=case, part_answer={"unit": B, "agrees": True}))
    clock = parse_clock(case["clock"])
    assert clock is not None
    paused = pause(clock, date(2026, 11, 20))
    assert [due.code for due in dues({**case, "state": "suspended", "clock": paused.as_value()})] == []
    back = resume(paused, date(2026, 11, 25))
    case |= moved_parts(case, back)
    assert [part.due for part in parts_of(case)] == [date(2026, 12, 21), date(2026, 12, 16)], "three working days away"


def test_a_part_shines_yellow_on_its_unit_and_goes_out_when_it_is_answered() -> None:
    case = {**accepted(A, B), "state": "reviewing"}
    case |= add_to_case(view("part_answer", before=case, part_answer={"unit": B, "agrees": True}))
    late = Days(date(2026, 12, 18))
    assert [(one.code, one.level.value, one.whose) for one in lights_of_case(case, late)] == [
        ("promise", "red", ""),
        ("part", "yellow", A),
    ]
