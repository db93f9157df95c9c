"""What is measured, and from where on it is looked at."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from server.domain.supervision.signals import (
    SIGNALS,
    WEIGHT_HIGH,
    WEIGHT_LOW,
    Measured,
    bar,
    busiest,
    is_night,
    is_pressed,
    is_season,
    level_of,
    percentile95,
    share,
    travels,
    weight,
)

MINUTE = 60_000
RULES = Path(__file__).parents[1] / "data" / "anomaly_rules.tsv"


def judged(code: str, value: float, count: int = 100, season: bool = False, **findings: int) -> str:
    found = level_of(Measured(code, "a" * 32, "p", value, count), findings=findings, season=season)
    return found[0] if found else ""


def test_there_are_eighteen_and_each_has_a_bar() -> None:
    assert list(SIGNALS) == [f"AR{number:02d}" for number in range(1, 19)]
    assert all(one.yellow is not None or one.red is not None for one in SIGNALS.values())
    with RULES.open(encoding="utf-8") as file:
        assert [row["id"] for row in csv.DictReader(file, delimiter="\t")] == list(SIGNALS)


@pytest.mark.parametrize(
    ("code", "value", "level"),
    [
        *[("AR01", 2, ""), ("AR01", 3, "yellow"), ("AR01", 6, "red")],
        *[("AR02", 5, ""), ("AR02", 6, "yellow"), ("AR02", 12, "red")],
        *[("AR03", 0.19, ""), ("AR03", 0.20, "yellow"), ("AR03", 0.99, "yellow")],
        *[("AR05", 0.05, "yellow"), ("AR05", 0.15, "red")],
        *[("AR06", 0, ""), ("AR06", 1, "red")],
        *[("AR10", 0.15, "yellow"), ("AR10", 0.30, "red")],
        *[("AR13", 1, "yellow"), ("AR13", 2, "red")],
        *[("AR16", 1, ""), ("AR16", 2, "red")],
    ],
)
def test_a_bar_is_where_the_table_has_it(code: str, value: float, level: str) -> None:
    assert judged(code, value) == level


def test_few_filings_say_nothing() -> None:
    assert judged("AR03", 1.0, count=9) == ""
    assert judged("AR03", 1.0, count=10) == "yellow"


def test_in_its_season_the_bar_is_twice_as_high() -> None:
    assert judged("AR02", 6, season=True) == ""
    assert judged("AR02", 12, season=True) == "yellow"
    assert is_season({"name": "城乡居民基本医疗保险缴费"}, 11)
    assert not is_season({"name": "城乡居民基本医疗保险缴费"}, 6)
    assert not is_season({"name": "临时救助"}, 11)


def test_findings_move_a_bar_within_bounds_and_few_do_not() -> None:
    assert weight({"unfounded": 9}) == 1.0
    assert weight({"unfounded": 100}) == WEIGHT_HIGH
    assert weight({"confirmed": 100}) == WEIGHT_LOW
    assert weight({"unfounded": 50, "confirmed": 50, "unclear": 7}) == pytest.approx(1.4)
    assert judged("AR02", 6, unfounded=20) == ""
    assert judged("AR02", 5, confirmed=20) == "yellow"


def test_where_the_law_draws_the_line_findings_do_not_move_it() -> None:
    assert judged("AR06", 1, unfounded=100) == "red"
    assert bar(SIGNALS["AR11"], 0.8, findings={"unfounded": 100}, season=True) < 1


def test_the_most_captures_in_any_ten_minutes() -> None:
    assert busiest([]) == 0
    assert busiest([0, 5 * MINUTE, 10 * MINUTE, 14 * MINUTE, 15 * MINUTE]) == 3
    assert busiest([at * MINUTE for at in range(0, 200, 11)]) == 1


def test_two_towns_within_ten_minutes() -> None:
    assert travels([(0, "a"), (5 * MINUTE, "b"), (30 * MINUTE, "a"), (31 * MINUTE, "a")]) == 1


def test_small_measures() -> None:
    assert [is_night(hour) for hour in (20, 21, 5, 6)] == [False, True, True, False]
    assert share(1, 0) == 0.0
    assert is_pressed(40, 100, 20) == 0.4
    assert is_pressed(40, 100, 21) == 0.0
    assert percentile95([]) == 0
    assert percentile95(range(1, 101)) == 95
