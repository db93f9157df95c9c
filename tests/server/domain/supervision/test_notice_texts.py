"""What holders and helpers are told."""

from __future__ import annotations

import pytest

from server.domain.supervision.lights import Level
from server.domain.supervision.notice_texts import LIGHT_CODES, light_notice, review_notice

CASE = {"number": "341881202603020000019", "due": "2026-03-06", "explain_due": "2026-03-06"}


@pytest.mark.parametrize("level", Level)
def test_every_light_has_words_in_both_languages(level: Level) -> None:
    for code in LIGHT_CODES:
        told = light_notice("a" * 32, "l" * 32, {**CASE, "code": code, "level": level.value})
        assert told["about_kind"] == "light"
        assert told["text_zh"]
        assert str(told["text_en"]).endswith(".")


def test_a_yellow_light_says_until_when_to_explain() -> None:
    told = light_notice("a" * 32, "l" * 32, {**CASE, "code": "promise", "level": "yellow"})
    assert told["asks"] == "explanation"
    assert "2026-03-06" in str(told["text_zh"])
    assert "asks" not in light_notice("a" * 32, "l" * 32, {"code": "promise", "level": "blue"})


def test_a_review_accuses_nobody_and_asks_how_it_was() -> None:
    told = review_notice("a" * 32, "r" * 32, {"code": "AR02", "since": "2026-03-01", "until": "2026-03-31"})
    assert told["asks"] == "explanation"
    assert "不是处罚" in str(told["text_zh"])
