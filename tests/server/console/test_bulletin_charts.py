"""What a bulletin's charts say in words follows from what they draw."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace
from typing import cast

from server.actions.trace_outcomes import Trace
from server.console.bulletin_charts import charts_of, holidays_in, multiples_of, reached
from server.console.visit import Visit

VISIT = cast(Visit, SimpleNamespace(t=lambda zh, en: zh, english=False))


def test_half_and_nine_in_ten_are_found_from_the_counts() -> None:
    waits = {0: 10, 1: 40, 2: 39, 3: 1, 9: 10}
    assert (reached(waits, 50), reached(waits, 90), reached({}, 50)) == (1, 3, 0)


def test_a_period_without_an_end_has_no_chart() -> None:
    assert charts_of(VISIT, Trace({date(2026, 11, 2): 0}, frozenset()), "2026-11") == {}


def test_the_words_beside_the_charts_are_counted_from_the_same_trace() -> None:
    days = {date(2026, 10, 9): 4, date(2026, 10, 10): 9, date(2026, 10, 11): 1}
    told = charts_of(VISIT, Trace(days, frozenset({date(2026, 10, 11)}), {0: 7, 1: 5, 2: 2}), "2026-10")
    assert (told["busiest"], told["most"], told["at_rest"]) == (date(2026, 10, 10), 9, 1)
    assert (told["median"], told["nearly"], told["same_day"]) == (0, 2, 7)


def test_only_a_day_of_rest_is_part_of_a_holiday() -> None:
    holiday, weekend = date(2026, 10, 2), date(2026, 11, 7)
    trace = Trace({holiday: 0, weekend: 0, date(2026, 10, 3): 5}, frozenset({holiday, weekend}))
    assert holidays_in(trace, False) == {holiday: "国庆节"}


def test_areas_stand_in_the_order_of_codes_and_alone_there_is_none() -> None:
    day = date(2026, 11, 9)
    areas = {"341881": {day: 2}, "341802": {day: 9}}
    told = multiples_of(VISIT, areas, frozenset(), {"341881": "宁国市", "341802": "宣州区"})
    assert [(one.name, one.total, one.most) for one in told] == [("宣州区", 9, 9), ("宁国市", 2, 2)]
    assert multiples_of(VISIT, {"341881": {day: 2}}, frozenset(), {}) == []
    assert multiples_of(VISIT, {"341881": {day: 0}, "341802": {day: 0}}, frozenset(), {}) == []
