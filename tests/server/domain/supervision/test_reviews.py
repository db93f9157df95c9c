"""A review's life, and what it may hold."""

from __future__ import annotations

from datetime import date

from server.domain.check_context import CheckContext
from server.domain.steps import state_after, steps_from
from server.domain.supervision.reviews import STEPS, ReviewState, check_review

FIELDS = {
    "place": "341881106200",
    "code": "AR02",
    "level": "yellow",
    "state": "opened",
    "account": "a" * 32,
    "since": "2026-03-01",
    "until": "2026-03-31",
}
ON = CheckContext(on=date(2026, 4, 1))


def test_it_is_opened_explained_and_found_and_never_opened_again() -> None:
    assert state_after(STEPS, "review.open", None) == ReviewState.OPENED
    assert steps_from(STEPS, ReviewState.OPENED) == ("review.explain", "review.find")
    assert steps_from(STEPS, ReviewState.FOUND) == ()


def test_evidence_is_a_few_ids() -> None:
    assert check_review({**FIELDS, "evidence": ["c" * 32] * 20}, ON) == []
    assert [one.code for one in check_review({**FIELDS, "evidence": ["c" * 32] * 21}, ON)] == ["field_too_long"]


def test_a_finding_is_one_of_three() -> None:
    assert check_review({**FIELDS, "finding": "unclear"}, ON) == []
    assert [one.code for one in check_review({**FIELDS, "finding": "guilty"}, ON)] == ["value_unknown"]
