"""A chart is SVG that a policy without exceptions shows, and its lines are round."""

from __future__ import annotations

from datetime import date, timedelta
from xml.etree import ElementTree

import pytest

from server.console.charts import MEAN_DAYS, Bar, Mark, ShareRow, ceiling, columns, shares, small, trend
from server.domain.supervision.indicators import N_MIN

SVG = "{*}"


@pytest.mark.parametrize(("value", "top"), [(0, 4), (4, 4), (5, 8), (41, 80), (121, 200), (399, 400), (401, 800)])
def test_the_top_is_the_next_number_that_gives_round_lines(value: int, top: int) -> None:
    assert ceiling(value) == top
    assert top % 4 == 0


def test_a_day_has_a_bar_and_a_day_of_rest_a_band() -> None:
    days = {date(2026, 11, 6): 8, date(2026, 11, 7): 0}
    drawn = ElementTree.fromstring(trend(days, frozenset({date(2026, 11, 7)}), {}, "每天"))
    classes = [one.get("class") for one in drawn.iter("rect")]
    assert (classes.count("column"), classes.count("rest")) == (2, 1)
    assert drawn.get("aria-label") == "每天"
    heights = [int(str(one.get("height"))) for one in drawn.iter("rect") if one.get("class") == "column"]
    assert heights[0] > heights[1] == 0


def test_a_share_is_drawn_with_its_interval_and_not_when_too_few_stand_behind_it() -> None:
    rows = [ShareRow("按时", (90, 100), 8_000), ShareRow("好评", (N_MIN - 1, N_MIN - 1), None)]
    drawn = ElementTree.fromstring(shares(rows, "宁国市"))
    [span] = [one for one in drawn.iter("line") if one.get("class") == "span"]
    [dot] = list(drawn.iter("circle"))
    left, at, right = (int(str(value)) for value in (span.get("x1"), dot.get("cx"), span.get("x2")))
    assert left < at < right
    assert "按时 90% (90/100)" in [one.text for one in drawn.iter("title")]


def test_names_are_escaped_and_nothing_brings_a_style_or_a_script() -> None:
    drawn = columns([Bar("<b>", 1, '"x"')], "a<b")
    assert "<b>" not in drawn
    assert "style=" not in drawn
    assert "script" not in drawn


def test_a_holiday_is_named_once_and_the_mean_begins_when_a_week_is_over() -> None:
    days = [date(2026, 9, 28) + timedelta(days=number) for number in range(10)]
    holiday = {day: "国庆节" for day in days if day >= date(2026, 10, 1)}
    drawn = ElementTree.fromstring(trend(dict.fromkeys(days, 7), frozenset(holiday), holiday, "每天"))
    assert [one.text for one in drawn.iter("text") if "name" in str(one.get("class"))] == ["国庆节"]
    [line] = list(drawn.iter("polyline"))
    points = [point.split(",") for point in str(line.get("points")).split()]
    assert len(points) == len(days) - MEAN_DAYS + 1
    assert len({y for _, y in points}) == 1


def test_a_mark_stands_at_its_bar_with_its_words() -> None:
    drawn = ElementTree.fromstring(columns([Bar("0", 3, "0"), Bar("1", 5, "1")], "几天", marks=[Mark(1, "半数")]))
    [line] = [one for one in drawn.iter("line") if one.get("class") == "mark"]
    second = [one for one in drawn.iter("rect") if one.get("class") == "column"][1]
    left = int(str(second.get("x")))
    assert left < int(str(line.get("x1"))) < left + int(str(second.get("width")))
    assert "半数" in [one.text for one in drawn.iter("text")]


def test_small_pictures_share_their_scale() -> None:
    day = date(2026, 11, 9)

    def tall(count: int) -> int:
        drawn = ElementTree.fromstring(small({day: count}, frozenset(), 100, "县"))
        return int(str(next(one for one in drawn.iter("rect")).get("height")))

    assert tall(100) == 2 * tall(50) > 0
