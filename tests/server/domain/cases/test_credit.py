"""A broken promise: how long it stands, whom it bars, how it is cleared."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from server.domain.cases.credit import (
    SLOTS,
    add_clearing,
    add_credit,
    check_bar,
    check_clearing,
    credit_keys,
    stands,
)
from tests.server.domain.cases.step_views import codes, view

CREDIT = {"on": "2026-11-18", "until": "2027-11-18", "reason": "late"}
ENDED: dict[str, Any] = {"state": "ended", "credit": CREDIT}


def test_it_stands_a_year_to_the_day() -> None:
    made = add_credit(view("tolerance_fail", tolerance_failure={"reason": "late"}))
    assert made == {"credit": CREDIT}
    assert stands(made, date(2027, 11, 18))
    assert not stands(made, date(2027, 11, 19))
    assert not stands({}, date(2026, 11, 18))
    assert not stands({"credit": {**CREDIT, "cleared_on": "2026-12-01"}}, date(2026, 12, 1))


def test_it_bars_a_promise_and_nothing_else() -> None:
    barred = replace(view("accept"), barred=True)
    assert codes(check_bar(barred, promised=True)) == ["promise_barred"]
    assert check_bar(barred, promised=False) == check_bar(view("accept"), promised=True) == []


@pytest.mark.parametrize(
    ("before", "clearing", "on", "told"),
    [
        (ENDED, {"reason": "mistaken", "text": "材料当日已交，登记有误"}, date(2026, 12, 1), []),
        (ENDED, {"reason": "mistaken"}, date(2026, 12, 1), ["reason_missing"]),
        (ENDED, {"reason": "kindness", "text": "x"}, date(2026, 12, 1), ["value_unknown"]),
        (ENDED, {"reason": "expired"}, date(2027, 11, 18), ["credit_stands"]),
        (ENDED, {"reason": "expired"}, date(2027, 11, 19), []),
        ({"state": "ended"}, {"reason": "mistaken", "text": "x"}, date(2026, 12, 1), ["credit_none"]),
        (
            {"state": "ended", "credit": {**CREDIT, "cleared_on": "2026-11-20"}},
            {"reason": "mistaken", "text": "x"},
            date(2026, 12, 1),
            ["credit_none"],
        ),
    ],
)
def test_it_is_cleared_with_a_reason_or_by_its_day(
    before: dict[str, Any], clearing: dict[str, str], on: date, told: list[str]
) -> None:
    asked = view("credit_clear", before=before, on=on, credit_clearing=clearing)
    assert codes(check_clearing(asked)) == told
    if not told:
        assert not stands(add_clearing(asked), on)


def test_one_person_is_found_by_the_number_and_by_the_record_and_several_may_stand() -> None:
    found = credit_keys(lambda number: f"i{number}", "resident", ["34180219350702002 7", ""])
    assert found == tuple(f"credit:{who}:{slot}" for who in ("i341802193507020027", "resident") for slot in (1, 2, 3))
    assert len(found) == 2 * SLOTS
