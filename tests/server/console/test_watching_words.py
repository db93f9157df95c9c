"""Nothing of supervision is shown by its code."""

from __future__ import annotations

from server.console.watching_words import (
    CLOCKS,
    FINDINGS,
    LEVEL_MEANINGS,
    LEVELS,
    LIGHT_STATES,
    REVIEW_STATES,
    STAGES,
    STEPS,
    why_words,
)
from server.domain.supervision import lights, reviews
from server.domain.supervision.escalation import Stage
from server.domain.supervision.notice_texts import LIGHT_CODES


def test_every_level_clock_state_stage_and_finding_has_words() -> None:
    assert set(LEVELS) == set(LEVEL_MEANINGS) == set(lights.Level)
    assert set(CLOCKS) == LIGHT_CODES
    assert set(LIGHT_STATES) == set(lights.LightState)
    assert list(STAGES) == list(Stage), "in the order in which they are taken"
    assert set(REVIEW_STATES) == set(reviews.ReviewState)
    assert set(FINDINGS) == set(reviews.Finding)
    assert set(STEPS) == {*lights.STEPS, *reviews.STEPS, ""}


def test_why_is_told_in_words_whoever_noted_it() -> None:
    assert why_words("promise red", False) == "承诺办结 · 红灯"
    assert why_words("多次催办无果", False) == "多次催办无果"
