"""The table of rules: what a step must say, then its own rule, then what the centre adds."""

from __future__ import annotations

from datetime import date

from server.domain.cases.desk_rules import RULES, add_to_case, check_desk_step, is_own_filing
from server.domain.cases.lifecycle import CENTRE_ONLY, FILING_STEPS, STEPS
from tests.server.domain.cases.step_views import codes, view


def test_what_a_step_needs_comes_before_its_rule() -> None:
    assert codes(check_desk_step(view("return"))) == ["field_missing"]
    assert codes(check_desk_step(view("return", correction={"text": "?"}))) == ["correction_empty"]


def test_a_step_without_a_rule_keeps_and_adds_nothing() -> None:
    without = STEPS.keys() - RULES.keys() - FILING_STEPS - CENTRE_ONLY
    assert without >= {"case.precheck", "case.review", "case.dispatch", "case.archive"}
    assert check_desk_step(view("precheck")) == []
    assert add_to_case(view("precheck")) == {}


def test_a_result_is_delivered_to_somebody() -> None:
    handover = {"to": "王秀英", "relation": "self", "at": "2026-11-20T09:00:00+08:00"}
    assert codes(check_desk_step(view("deliver"))) == ["handover_missing"]
    assert codes(check_desk_step(view("deliver", parcel={"mode": "window", "state": "asked"}))) == ["handover_missing"]
    assert check_desk_step(view("deliver", handover=handover)) == []
    assert check_desk_step(view("deliver", parcel={"mode": "electronic", "state": "asked"})) == []
    assert check_desk_step(view("deliver", parcel={"mode": "ems", "state": "delivered"})) == []


def test_acceptance_wants_everything_until_it_is_too_late_to_ask() -> None:
    lacking = {"material.1": None}
    assert codes(check_desk_step(view("accept", before=lacking))) == ["accept_incomplete"]
    assert check_desk_step(view("accept", on=date(2026, 11, 26), before=lacking)) == []


def test_acceptance_starts_the_clock_jointly_where_several_handle_it() -> None:
    alone = add_to_case(view("accept"))["clock"]
    together = add_to_case(view("accept", joint=["unit:a", "unit:b"]))["clock"]
    assert (alone["legal_days"], together["legal_days"]) == (20, 45)  # type: ignore[index]


def test_a_second_person_accepts_refuses_and_decides_whoever_sent_or_is_named() -> None:
    case = {"helper": "one", "filed_by": "two"}
    theirs = ("accept", "refuse", "decide", "extend", "tolerance_extend", "tolerance_fail")
    assert {is_own_filing(f"case.{step}", account, case) for step in theirs for account in ("one", "two")} == {True}
    assert not is_own_filing("case.accept", "three", case)
    assert not any(is_own_filing(step, "one", case) for step in ("case.precheck", "case.return", "case.transfer"))
    assert not is_own_filing("case.accept", "", {}), "a case that was imported has no filer"
