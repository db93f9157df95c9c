"""A chart is SVG that a policy without exceptions shows, and its lines are round."""

from __future__ import annotations

from datetime import date
from xml.etree import ElementTree

import pytest

from server.console.charts import Bar, ShareRow, ceiling, columns, shares, trend
from server.domain.supervision.indicators import N_MIN

SVG = "{*}"


@pytest.mark.parametrize(("value", "top"), [(0, 4), (4, 4), (5, 8), (41, 80), (121, 200), (399, 400), (401, 800)])
def test_the_top_is_the_next_number_that_gives_round_lines(value: int, top: int) -> None:
    assert ceiling(value) == top
    assert top % 4 == 0


def test_a_day_has_a_bar_and_a_day_of_rest_a_band() -> None:
    days = {date(2026, 11, 6): 8, date(2026, 11, 7): 0}
    drawn = ElementTree.fromstring(trend(days, frozenset({date(2026, 11, 7)}), "每天"))
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
