"""Owns the life of a claim (认领): free, claimed, filling, submitted; its natural key; and rivalry over an item.

Laws: one campaign, unit and base item make one claim, wherever and by whoever it is made; where only one unit of a
place may implement an item the place stands for the unit, and the second unit's work becomes a proposal beside the
first. A withdrawn claim is free again. A colleague's late typing still joins a submitted list.
"""

from __future__ import annotations

from enum import StrEnum

from server.domain.catalogue.claim_fields import PREFIX, inherited, return_reasons
from server.domain.catalogue.codes import CodeInvalid, parse_base_code
from server.domain.check_context import CheckContext
from server.domain.problems import Problem, problem
from server.domain.record_fields import Fields, check_shapes, family, text


class ClaimState(StrEnum):
    FREE = "free"  # 待认领
    CLAIMED = "claimed"  # 已认领
    FILLING = "filling"  # 编制中
    SUBMITTED = "submitted"  # 待初审


# change name → {state before: state after}; None is "there is no such record yet", which is as good as free.
STEPS: dict[str, dict[ClaimState | None, ClaimState]] = {
    "claim.take": {None: ClaimState.CLAIMED, ClaimState.FREE: ClaimState.CLAIMED},
    "claim.fill": {
        ClaimState.CLAIMED: ClaimState.FILLING,
        ClaimState.FILLING: ClaimState.FILLING,
        ClaimState.SUBMITTED: ClaimState.SUBMITTED,
    },
    "claim.submit": {
        ClaimState.CLAIMED: ClaimState.SUBMITTED,
        ClaimState.FILLING: ClaimState.SUBMITTED,
    },
    "claim.withdraw": {
        ClaimState.CLAIMED: ClaimState.FREE,
        ClaimState.FILLING: ClaimState.FREE,
        ClaimState.SUBMITTED: ClaimState.FREE,
    },
}


def parse_state(value: object) -> ClaimState | None:
    return ClaimState(value) if isinstance(value, str) and value in ClaimState.__members__.values() else None


def next_state(action: str, before: ClaimState | None) -> ClaimState | None:
    """Where the named change leads from `before`; None when it may not happen there."""
    return STEPS.get(action, {}).get(before)


def actions_from(before: ClaimState | None) -> frozenset[str]:
    return frozenset(name for name, steps in STEPS.items() if before in steps)


def may_become(before: ClaimState | None, after: ClaimState) -> bool:
    """Whether one write can lead there. A claim may come into being in any state: a worker who took, filled and
    submitted in one sitting without a network sends the end of it.
    """
    if before is None or before is after:
        return True
    return after in {steps[before] for steps in STEPS.values() if before in steps}


def claim_key(campaign: str, unit: str, place: str, base_item: str, exclusive: bool) -> tuple[str, ...]:
    """The natural key from which both ends derive the record's id."""
    owner = ("place", place) if exclusive else ("unit", unit)
    return ("claim", campaign, *owner, base_item)


def proposal_key(campaign: str, unit: str, place: str, base_item: str) -> tuple[str, ...]:
    """Where the second unit's work goes when another unit already holds the place's item."""
    return ("claim_proposal", campaign, place, unit, base_item)


def is_rival(held: Fields | None, unit: str) -> bool:
    """Whether another unit holds this claim now; a free one is anybody's."""
    if held is None or parse_state(text(held, "state")) in (None, ClaimState.FREE):
        return False
    return text(held, "unit") != unit


def check_claim(fields: Fields, ctx: CheckContext) -> list[Problem]:
    """What makes a claim's record impossible."""
    found = check_shapes("claim", fields)
    if found:
        return found
    state, before = parse_state(text(fields, "state")), parse_state(ctx.state_before)
    if state is None:
        return [problem("state_unknown", "state", value=text(fields, "state"))]
    if not may_become(before, state):
        found.append(problem("state_step", "state", before=before, after=state))
    base_item = text(fields, "base_item")
    if len(base_item) != 32:  # a record id is checked by whoever reads that record
        try:
            parse_base_code(base_item)
        except CodeInvalid as invalid:
            found.append(problem(invalid.code, "base_item"))
    claimed_by = text(fields, "claimed_by")
    if state is ClaimState.FREE and claimed_by:
        found.append(problem("claimed_by_free", "claimed_by"))
    if state is not ClaimState.FREE and not claimed_by:
        found.append(problem("claimed_by_missing", "claimed_by"))
    return found


def advise_claim(fields: Fields, standard: Fields | None = None) -> list[Problem]:
    """The reasons for which a reviewer would return it; `standard` are the values it inherits, without prefix."""
    return return_reasons(inherited(standard or {}, family(fields, PREFIX)))
