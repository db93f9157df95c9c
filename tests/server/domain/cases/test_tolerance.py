"""Accepted with a promise: when, until when, and what ends it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from server.domain.cases.tolerance import (
    add_supply,
    add_tolerance,
    add_tolerance_extension,
    check_promises,
    check_supply,
    check_tolerance_extension,
    check_tolerance_failure,
    is_overdue,
    outstanding,
)
from tests.server.domain.cases.step_views import codes, view

PROMISED = {"material.2": {"state": "promised", "due": "2026-11-27"}}
SIGNED = {"read_aloud": True, "signature_file": "f" * 32}
OPEN = {"tolerance": {"due": "2026-11-27", "materials": ["2"]}, **PROMISED}


@pytest.mark.parametrize(
    ("before", "told"),
    [
        ({**PROMISED, "promise": SIGNED}, []),
        (PROMISED, ["promise_unread", "promise_unsigned"]),
        ({**PROMISED, "promise": SIGNED, "material.1": None}, ["tolerance_essentials"]),
        ({"material.2": {"state": "promised", "due": "2026-12-03"}, "promise": SIGNED}, ["promise_late"]),
        ({"material.1": {"state": "promised", "due": "2026-11-27"}, "promise": SIGNED}, ["material_not_tolerable"]),
        ({}, []),
    ],
)
def test_a_promise_is_signed_timely_and_for_what_may_come_later(before: dict[str, Any], told: list[str]) -> None:
    assert codes(check_promises(view("accept", before=before))) == told


def test_the_last_day_is_that_of_the_items_promised_days() -> None:
    due = {"material.2": {"state": "promised", "due": "2026-12-02"}, "promise": SIGNED}
    assert check_promises(view("accept", before=due)) == []


def test_what_is_promised_is_kept_until_it_has_come() -> None:
    assert add_tolerance(view("accept", before=PROMISED)) == {"tolerance": OPEN["tolerance"]}
    assert add_tolerance(view("accept")) == {}
    assert outstanding(view("decide", before=OPEN)) == ("照片",)
    brought = view("supply", before=OPEN, material__2={"state": "paper"})
    assert check_supply(brought) == []
    assert add_supply(brought)["tolerance"] == {"due": "2026-11-27", "materials": [], "settled_on": "2026-11-18"}
    assert outstanding(brought) == ()


@pytest.mark.parametrize(
    ("sets", "told"),
    [
        ({"material__1": {"state": "paper"}}, ["supply_not_promised"]),
        ({"material__2": {"state": "promised", "due": "2026-12-30"}}, ["supply_empty"]),
        ({"notes": ["已电话联系"]}, ["supply_empty"]),
    ],
)
def test_only_what_was_promised_is_supplied_and_in_hand(sets: dict[str, Any], told: list[str]) -> None:
    assert codes(check_supply(view("supply", before=OPEN, **sets))) == told


@pytest.mark.parametrize(
    ("before", "asked", "told"),
    [
        (OPEN, {"due": "2026-12-04", "reason": "force_majeure", "approved_by": "王"}, []),
        (OPEN, {"due": "2026-11-27", "reason": "force_majeure", "approved_by": "王"}, ["tolerance_extension_due"]),
        (OPEN, {"due": "2026-12-04", "reason": "busy", "approved_by": "王"}, ["tolerance_extension_reason"]),
        (OPEN, {"due": "2026-12-04", "reason": "force_majeure"}, ["tolerance_extension_reason"]),
        ({}, {"due": "2026-12-04"}, ["tolerance_none"]),
    ],
)
def test_force_majeure_alone_lengthens_it(before: dict[str, Any], asked: dict[str, Any], told: list[str]) -> None:
    asked_for = view("tolerance_extend", before=before, tolerance_extension=asked)
    assert codes(check_tolerance_extension(asked_for)) == told
    assert told or add_tolerance_extension(asked_for)["tolerance"] == {"due": "2026-12-04", "materials": ["2"]}


@pytest.mark.parametrize(
    ("on", "failure", "told"),
    [
        (date(2026, 11, 28), {"reason": "late"}, []),
        (date(2026, 11, 27), {"reason": "late"}, ["tolerance_not_late"]),
        (date(2026, 11, 20), {"reason": "false", "text": "材料不实"}, []),
        (date(2026, 11, 20), {"reason": "false"}, ["reason_missing"]),
        (date(2026, 11, 28), {"reason": "whim"}, ["value_unknown"]),
    ],
)
def test_late_or_false_ends_the_case(on: date, failure: dict[str, Any], told: list[str]) -> None:
    assert codes(check_tolerance_failure(view("tolerance_fail", on=on, before=OPEN, tolerance_failure=failure))) == told


def test_overdue_is_what_has_not_come_by_its_day() -> None:
    assert is_overdue(OPEN, date(2026, 11, 28))
    assert not is_overdue(OPEN, date(2026, 11, 27))
    assert not is_overdue({"tolerance": {"due": "2026-11-20", "materials": []}}, date(2026, 11, 28))
    assert not is_overdue({}, date(2026, 11, 28))
