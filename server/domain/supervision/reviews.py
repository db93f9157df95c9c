"""Owns the review (审查): a pattern that needs a look, what the helper says to it, and what a person finds.

Laws: a review is no penalty and leads to none by itself. Evidence is a few ids and counts, never contents. The helper
whose work it is about does not find on it. Two confirmed make a proposal to a person, nothing more.
"""

from __future__ import annotations

from enum import StrEnum

from server.domain.check_context import CheckContext
from server.domain.problems import Problem, problem
from server.domain.record_fields import Fields, check_shapes, text, texts
from server.domain.steps import StepTable, step

EVIDENCE_MAX = 20
CONFIRMED_MAX = 2
"""From so many confirmed on, within the time below, a person is asked whether the account should be limited."""
CONFIRMED_WITHIN_DAYS = 180


class ReviewState(StrEnum):
    OPENED = "opened"
    EXPLAINED = "explained"
    FOUND = "found"


class Finding(StrEnum):
    CONFIRMED = "confirmed"
    UNFOUNDED = "unfounded"
    UNCLEAR = "unclear"


_OPEN = (ReviewState.OPENED, ReviewState.EXPLAINED)
STEPS: StepTable = {
    "review.open": step(
        None,
        to=ReviewState.OPENED,
        writes=("measured", "threshold", "evidence"),
        needs=("place", "code", "level", "account", "since", "until"),
    ),
    "review.explain": step(*_OPEN, to=ReviewState.EXPLAINED, needs=("explanation",)),
    "review.find": step(*_OPEN, to=ReviewState.FOUND, writes=("finding_note",), needs=("finding",)),
}


def check_review(fields: Fields, ctx: CheckContext) -> list[Problem]:
    found = check_shapes("review", fields)
    if found:
        return found
    if text(fields, "state") not in ReviewState.__members__.values():
        found.append(problem("state_unknown", "state", value=text(fields, "state")))
    if (finding := text(fields, "finding")) and finding not in Finding.__members__.values():
        found.append(problem("value_unknown", "finding", label="结论", value=finding))
    if len(texts(fields, "evidence")) > EVIDENCE_MAX:
        found.append(problem("field_too_long", "evidence", label="证据", limit=EVIDENCE_MAX))
    return found
