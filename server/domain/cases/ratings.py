"""Owns the rating (好差评): five grades from the resident's side, once for each case.

Laws: only what is over for the resident is rated. The rating lies where desks alone see it, and never on a helper's
device; the task that a bad one opens does not say who rated. One that proved not to be the resident's is set aside
with its reason, never changed; the resident may then rate once more, and not through who set it aside.
"""

from __future__ import annotations

from enum import StrEnum

from server.domain.cases.lifecycle import CaseState
from server.domain.check_context import CheckContext
from server.domain.problems import Problem, problem
from server.domain.record_fields import Fields, check_shapes, integer, text
from server.domain.steps import StepTable, step
from sync.core.ids import derived_id

GRADES: dict[int, tuple[str, str]] = {
    5: ("非常满意", "very satisfied"),
    4: ("满意", "satisfied"),
    3: ("基本满意", "fairly satisfied"),
    2: ("不满意", "dissatisfied"),
    1: ("非常不满意", "very dissatisfied"),
}
BAD_UPTO = 2
RATED_STATES = frozenset(
    {CaseState.REFUSED, CaseState.FINISHED, CaseState.DELIVERED, CaseState.ENDED, CaseState.ARCHIVED, CaseState.RATED}
)
"""States of a case in which its resident may rate it; a refusal counts as service too."""


class RatingState(StrEnum):
    GIVEN = "given"
    SET_ASIDE = "set_aside"


class Channel(StrEnum):
    PAGE = "page"  # the resident's own phone or computer
    CALL = "call"  # called back by the hotline or a desk
    PAPER = "paper"  # on paper, through another person than the helper


STEPS: StepTable = {
    "rating.give": step(
        None,
        to=RatingState.GIVEN,
        writes=("reasons", "text", "instead_of"),
        needs=("case", "place", "grade", "channel"),
    ),
    "rating.set_aside": step(RatingState.GIVEN, to=RatingState.SET_ASIDE, needs=("set_aside_why",)),
}


def rating_id(case: str, *, again: bool = False) -> str:
    """Everyone derives it, so that a case is rated once; `again`: and once more where that was set aside."""
    return derived_id("rating", case, "again") if again else derived_id("rating", case)


def is_bad(grade: int) -> bool:
    return grade <= BAD_UPTO


def check_rating(fields: Fields, ctx: CheckContext) -> list[Problem]:
    found = check_shapes("rating", fields)
    if found:
        return found
    if text(fields, "state") not in RatingState.__members__.values():
        found.append(problem("state_unknown", "state", value=text(fields, "state")))
    if integer(fields, "grade") not in GRADES:
        found.append(problem("value_unknown", "grade", label="评价", value=integer(fields, "grade")))
    if text(fields, "channel") not in Channel.__members__.values():
        found.append(problem("value_unknown", "channel", label="渠道", value=text(fields, "channel")))
    return found


def check_rated_case(case: Fields | None, place: str) -> list[Problem]:
    """Whether this case, at this place, can be rated; a case elsewhere is as good as absent."""
    if case is None or text(case, "village") != place:
        return [problem("record_absent", "case")]
    if text(case, "state") not in RATED_STATES:
        return [problem("rating_too_early", "case")]
    return []


def check_again(rating: Fields, first: Fields | None, account: str) -> list[Problem]:
    """Whether a rating may stand in the place of the case's first; one that names none is the first itself. `account`:
    who brings it in.
    """
    instead = text(rating, "instead_of")
    if not instead:
        return []
    if instead != rating_id(text(rating, "case")) or first is None or text(first, "state") != RatingState.SET_ASIDE:
        return [problem("rating_stands", "instead_of")]
    return [problem("rating_aside_own", "instead_of")] if text(first, "set_aside_by") == account else []
