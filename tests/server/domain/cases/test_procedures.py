"""What each step at a desk must say, and what it does to the clock."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from server.domain.cases import procedures as rules
from tests.server.domain.cases.step_views import ACCEPTED, codes, view

PAUSED = {"state": "suspended", "clock": {**ACCEPTED["clock"], "paused_since": "2026-11-18"}}  # type: ignore[dict-item]


@pytest.mark.parametrize(
    ("special", "told", "stops"),
    [
        ({"procedure": "hearing", "told": True}, [], True),
        ({"procedure": "expert_review", "told": True}, [], True),
        ({"procedure": "hearing"}, ["not_told"], True),
        ({"procedure": "site_visit"}, [], False),
        ({"procedure": "public_notice"}, [], False),
        ({"procedure": "lunch"}, ["value_unknown"], False),
    ],
)
def test_only_what_the_law_excludes_stops_the_clock(special: dict[str, Any], told: list[str], stops: bool) -> None:
    asked = view("special", before=ACCEPTED, special=special)
    assert codes(rules.check_special(asked)) == told
    if not told:
        assert bool(rules.add_special(asked)) is stops


def test_a_suspension_needs_its_reason_and_a_resumption_counts_the_days_away() -> None:
    assert codes(rules.check_suspension(view("suspend", suspension={"reason": "tired"}))) == [
        "value_unknown",
        "reason_missing",
    ]
    asked = view("suspend", before=ACCEPTED, suspension={"reason": "court", "text": "等待判决"})
    assert rules.check_suspension(asked) == []
    assert rules.add_suspension(asked)["clock"]["paused_since"] == "2026-11-18"  # type: ignore[index]
    back = rules.add_resumption(view("resume", on=date(2026, 11, 20), before=PAUSED))
    assert back["clock"]["paused_days"] == 2  # type: ignore[index]
    assert rules.add_suspension(view("suspend")) == rules.add_resumption(view("resume")) == {}
    assert rules.add_special(view("special", special={"procedure": "test", "told": True})) == {}


@pytest.mark.parametrize(("until", "found"), [("2026-11-18", 1), ("soon", 1), ("2026-11-19", 0), ("", 0), (None, 0)])
def test_until_when_it_takes_is_a_day_to_come(until: str | None, found: int) -> None:
    special = view("special", special={"procedure": "site_visit", "until": until})
    suspension = view("suspend", suspension={"reason": "court", "text": "等待判决", "until": until})
    assert codes(rules.check_special(special)) == codes(rules.check_suspension(suspension)) == ["pause_until"] * found


GOOD = {"days": 10, "reason": "需核查", "approved_by": "王主任", "told": True}


@pytest.mark.parametrize(
    ("extension", "told"),
    [
        (GOOD, []),
        ({**GOOD, "days": 0}, ["extension_days"]),
        ({**GOOD, "days": 11}, ["extension_days"]),
        ({"days": 5}, ["not_approved", "reason_missing", "not_told"]),
    ],
)
def test_an_extension_is_approved_told_and_within_the_law(extension: dict[str, Any], told: list[str]) -> None:
    assert codes(rules.check_extension(view("extend", before=ACCEPTED, extension=extension))) == told


def test_an_extension_is_one_and_of_a_clock_that_runs() -> None:
    longer = rules.add_extension(view("extend", before=ACCEPTED, extension=GOOD))
    again = view("extend", before={**ACCEPTED, **longer}, extension=GOOD)
    assert codes(rules.check_extension(again)) == ["extended_before"]
    assert codes(rules.check_extension(view("extend", extension=GOOD))) == ["clock_not_started"]


def test_a_refusal_gives_reasons_in_time_and_any_time_after_a_return() -> None:
    refusal = {"reason": "not_this_authority", "text": "属上级办理"}
    assert rules.check_refusal(view("refuse", refusal=refusal)) == []
    late = date(2026, 11, 26)
    assert codes(rules.check_refusal(view("refuse", on=late, refusal=refusal))) == ["refusal_late"]
    assert rules.check_refusal(view("refuse", on=late, before={"state": "to_correct"}, refusal=refusal)) == []
    assert codes(rules.check_refusal(view("refuse", refusal={"reason": "not_needed"}))) == ["reason_missing"]


@pytest.mark.parametrize(
    ("decision", "told"),
    [
        ({"granted": True}, []),
        ({"granted": False, "text": "不符合条件"}, []),
        ({"granted": False}, ["reason_missing"]),
        ({"text": "再看看"}, ["decision_unclear"]),
    ],
)
def test_a_decision_says_yes_or_no_and_a_no_has_reasons(decision: dict[str, Any], told: list[str]) -> None:
    assert codes(rules.check_decision(view("decide", before=ACCEPTED, decision=decision))) == told


def test_no_certificate_leaves_before_what_was_promised_has_come() -> None:
    promised = {"material.2": {"state": "promised", "due": "2026-11-27"}, "decision": {"granted": True}}
    assert codes(rules.check_decision(view("decide", before=promised))) == ["tolerance_open"]
    assert codes(rules.check_finish(view("finish", before=promised))) == ["tolerance_open"]
    refused = {**promised, "decision": {"granted": False, "text": "不符"}}
    assert rules.check_decision(view("decide", before=refused)) == []
    assert rules.check_finish(view("finish", before=refused)) == []


def test_the_delivery_has_its_own_days_and_a_certificate_its_own_ending() -> None:
    made = rules.add_decision(view("decide", before=ACCEPTED, decision={"granted": True}))
    assert made["clock"]["delivery_due"] == "2026-12-02"  # type: ignore[index]
    assert rules.add_decision(view("decide")) == {}
    granted = view("finish", before={"decision": {"granted": True}})
    assert rules.add_finish(granted) == {"finish_type": "6"}


@pytest.mark.parametrize(
    ("transfer", "told"),
    [
        ({"to": "unit:11341800", "reason": "属住建"}, []),
        ({"to": "place:341881106000", "reason": "镇上办"}, []),
        ({"to": "unit:11341800"}, ["reason_missing"]),
        ({"to": "place:341881106200", "reason": "同"}, ["holder_same"]),
        ({"to": "place:3418", "reason": "x"}, ["holder_unknown"]),
        ({"to": "account:me", "reason": "x"}, ["holder_unknown"]),
        ({"reason": "x"}, ["holder_unnamed"]),
    ],
)
def test_a_case_is_moved_to_whom_can_act(transfer: dict[str, Any], told: list[str]) -> None:
    asked = view("transfer", transfer=transfer)
    assert codes(rules.check_transfer(asked)) == told
    assert told or rules.add_transfer(asked) == {"holder": transfer["to"]}


def test_what_is_made_void_says_why() -> None:
    assert rules.check_voiding(view("void", voiding={"reason": "mistaken", "text": "录错人"})) == []
    assert codes(rules.check_voiding(view("void", voiding={}))) == ["value_unknown", "reason_missing"]
