"""One complete list, once, in time."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from server.domain.cases.corrections import (
    add_correction,
    add_return,
    check_lapse,
    check_return,
    lapses_by_itself,
    suggested_list,
)
from tests.server.domain.cases.step_views import codes, view

LACKS = {"material.1": None, "material.2": None}


def asked(*numbers: str, **more: Any) -> dict[str, Any]:
    return {"materials": [{"no": no, "why": "missing"} for no in numbers], "text": "请补正", **more}


def test_the_suggestion_is_everything_that_is_missing_and_nothing_cancelled() -> None:
    lacking = view("return", before=LACKS)
    assert [one["no"] for one in suggested_list(lacking.materials, lacking)] == ["1", "2"]


@pytest.mark.parametrize(
    ("before", "correction", "told"),
    [
        (LACKS, asked("1", "2"), []),
        (LACKS, asked("1"), ["correction_incomplete"]),
        ({}, {"text": "请补正"}, ["correction_empty"]),
        ({}, asked("9"), ["correction_unknown"]),
        ({}, asked("3"), ["material_forbidden"]),
        ({}, asked("2", due="2026-11-18"), ["correction_due"]),
        ({}, asked("2", due="2026-11-30"), []),
        ({}, {"answers": [{"name": "form.bank", "text": "账号不对"}]}, []),
        ({"returned": [{"materials": ["2"]}]}, asked("2"), []),
        ({"returned": [{"materials": ["1"]}]}, asked("2"), ["correction_twice"]),
        (
            {"returned": [{"materials": ["1"], "answers": ["form.a"]}]},
            {"answers": [{"name": "form.b"}]},
            ["correction_twice"],
        ),
    ],
)
def test_a_return_is_one_complete_list(before: dict[str, Any], correction: dict[str, Any], told: list[str]) -> None:
    assert codes(check_return(view("return", before=before, correction=correction))) == told


def test_after_the_fifth_working_day_nothing_is_asked_for() -> None:
    late = view("return", on=date(2026, 11, 26), correction=asked("2"))
    assert codes(check_return(late)) == ["correction_late"]


def test_every_return_is_kept_and_the_corrected_case_goes_back_where_it_came_from() -> None:
    moved = {"holder": "unit:9134", "returned": [{"materials": ["1"]}]}
    kept = add_return(view("return", before=moved, correction=asked("1")))
    assert kept["returned"] == [
        {"materials": ["1"]},
        {"on": "2026-11-18", "holder": "unit:9134", "materials": ["1"]},
    ]
    back = add_correction(view("correct", before={**moved, **kept, "holder": "account:helper"}))
    assert back == {"clock": {"answer_from": "2026-11-18"}, "holder": "unit:9134"}
    assert add_correction(view("correct")) == {"clock": {"answer_from": "2026-11-18"}}


def test_a_filing_lapses_only_after_the_day_that_was_given() -> None:
    given = {"correction": {"due": "2026-11-25"}}
    assert codes(check_lapse(view("lapse", on=date(2026, 11, 25), before=given))) == ["lapse_early"]
    assert check_lapse(view("lapse", on=date(2026, 11, 26), before=given)) == []
    assert codes(check_lapse(view("lapse"))) == ["lapse_early"]


def test_it_lapses_by_itself_ten_working_days_after_the_day_that_was_told_and_never_without_one() -> None:
    told = {"state": "to_correct", "correction": {"due": "2026-09-24"}}  # before Mid-Autumn and the National Day
    assert not lapses_by_itself(told, date(2026, 10, 15))
    assert lapses_by_itself(told, date(2026, 10, 16))
    closed = {date(2026, 10, 14): False, date(2026, 10, 15): False}
    assert not lapses_by_itself(told, date(2026, 10, 19), closed), "the centre's own days count"
    assert not lapses_by_itself({**told, "state": "received"}, date(2026, 12, 31))
    assert not lapses_by_itself({"state": "to_correct", "correction": {"text": "x"}}, date(2026, 12, 31))
