"""What must hold from one body to the next, and what is found when it does not."""

from __future__ import annotations

from typing import Any

import pytest

from fixtures.simulation.lives import WAYS, check_life

CLOCK = {"started": "2026-11-03", "legal_due": "2026-12-01", "promise_due": "2026-11-20"}
CASE: dict[str, Any] = {"state": "accepted", "holder": "place:1", "received_at": "2026-11-02T09:00:00", "clock": CLOCK}


def found(kind: str, before: dict[str, Any] | None, after: dict[str, Any]) -> list[str]:
    return [oracle for oracle, _ in check_life(kind, before, after)]


def test_a_lawful_step_is_found_nothing_with() -> None:
    later = {**CASE, "state": "reviewing", "clock": {**CLOCK, "promise_due": "2026-11-27", "extended_days": 5}}
    assert found("case", CASE, later) == []
    assert found("case", None, {"state": "draft", "holder": "account:one"}) == []


@pytest.mark.parametrize(
    ("changed", "oracle"),
    [
        ({"state": "finished", "decision": {}}, "legal_state"),
        ({"holder": ""}, "always_held"),
        ({"received_at": "2026-11-09T09:00:00"}, "clock_goes_on"),
        ({"clock": {**CLOCK, "promise_due": "2026-11-19"}}, "clock_goes_on"),
        ({"clock": {"answer_from": "2026-11-09"}}, "clock_goes_on"),
        (
            {"state": "decided", "decision": {"granted": True}, "material.2": {"state": "promised"}},
            "promise_first",
        ),
    ],
)
def test_what_is_wrong_with_a_case_is_found(changed: dict[str, Any], oracle: str) -> None:
    assert set(found("case", CASE, {**CASE, **changed})) == {oracle}


def test_a_list_of_returns_only_grows() -> None:
    first, second = {"on": "2026-11-03", "materials": ["1"]}, {"on": "2026-11-05", "materials": ["1"]}
    before = {**CASE, "state": "to_correct", "returned": [first]}
    assert found("case", before, {**before, "returned": [first, second]}) == []
    assert found("case", before, {**before, "returned": [second]}) == ["history_grows"]


def test_a_light_is_raised_once_until_it_is_cleared() -> None:
    lit, cleared = {"state": "lit", "times": 1}, {"state": "cleared", "times": 1}
    again = {"state": "lit", "times": 2}
    assert found("light", None, lit) == []
    assert found("light", cleared, again) == []
    assert found("light", lit, again) == ["light_once"]


@pytest.mark.parametrize(
    ("kind", "before", "after", "told"),
    [
        ("rating", {"state": "given", "grade": 1}, {"state": "set_aside", "grade": 1}, []),
        ("rating", {"state": "given", "grade": 1}, {"state": "given", "grade": 5}, ["said_once"]),
        ("campaign", {"state": "open", "baseline_hash": "a"}, {"state": "closed", "baseline_hash": "a"}, []),
        (
            "campaign",
            {"state": "closed", "baseline_hash": "a"},
            {"state": "open", "baseline_hash": "a"},
            ["legal_state"],
        ),
        ("campaign", {"state": "open", "baseline_hash": "a"}, {"state": "open", "baseline_hash": "b"}, ["said_once"]),
        ("ticket", {"state": "answered", "reopened": 1}, {"state": "reopened", "reopened": 2}, ["said_once"]),
        ("bundle", {"state": "over", "legs": []}, {"state": "open", "legs": []}, ["legal_state"]),
        ("look_back", {"state": "to_fix", "seed": "a"}, {"state": "rechecked", "seed": "a"}, ["legal_state"]),
        ("task", {"state": "closed"}, {"state": "open"}, ["legal_state"]),
    ],
)
def test_what_follows_a_filing_and_a_round_keep_what_was_said(
    kind: str, before: dict[str, Any], after: dict[str, Any], told: list[str]
) -> None:
    assert found(kind, before, after) == told


def test_every_state_that_a_way_leads_to_has_its_own_ways() -> None:
    for ways in WAYS.values():
        assert set().union(*ways.values()) <= ways.keys()
