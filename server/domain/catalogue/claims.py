"""Owns the life of a claim (认领): from free to published, with its returns; its natural key; and rivalry over an item.

    free → claimed → filling → submitted → checked → approved → published ⇄ suspended → cancelled
    declined             ↑        └── 部门初审 ── 编办审核 ── 法制审核 ──┴── returned, with reasons → filling

Laws: one campaign, unit and base item make one claim, wherever and by whoever it is made; where only one unit of a
place may implement an item the place stands for the unit, and the second unit's work becomes a proposal beside the
first, until a reviewer decides between them. A withdrawn claim is free again. A colleague's late typing still joins a
submitted list; when it had been checked already it is checked anew, so that no signature covers what nobody read.
"""

from __future__ import annotations

from enum import StrEnum

from server.domain.catalogue.claim_fields import inherited, return_reasons
from server.domain.catalogue.codes import CodeInvalid, parse_base_code
from server.domain.catalogue.consistency import PREFIX
from server.domain.catalogue.return_reasons import check_reasons
from server.domain.check_context import CheckContext
from server.domain.problems import Problem, problem
from server.domain.record_fields import Fields, check_shapes, family, text


class ClaimState(StrEnum):
    FREE = "free"  # 待认领
    CLAIMED = "claimed"  # 已认领
    DECLINED = "declined"  # 申请不认领
    FILLING = "filling"  # 编制中
    SUBMITTED = "submitted"  # 部门初审
    CHECKED = "checked"  # 编办审核
    APPROVED = "approved"  # 法制审核
    RETURNED = "returned"  # 退回
    PUBLISHED = "published"  # 已发布
    SUSPENDED = "suspended"  # 暂停
    CANCELLED = "cancelled"  # 取消


IN_REVIEW = frozenset({ClaimState.SUBMITTED, ClaimState.CHECKED, ClaimState.APPROVED})
WITH_THE_UNIT = frozenset({ClaimState.CLAIMED, ClaimState.FILLING, ClaimState.RETURNED})
OPEN_STATES = IN_REVIEW | WITH_THE_UNIT
"""Somebody still has work with it."""
ON_OFFER = frozenset({ClaimState.PUBLISHED, ClaimState.SUSPENDED, ClaimState.CANCELLED})
"""It made an item: what becomes of it now becomes of the item."""
NOBODYS = frozenset({ClaimState.FREE, ClaimState.DECLINED})


def _each(before: frozenset[ClaimState], after: ClaimState) -> dict[ClaimState | None, ClaimState]:
    return dict.fromkeys(before, after)


# change name → {state before: state after}; None is "there is no such record yet", which is as good as free.
STEPS: dict[str, dict[ClaimState | None, ClaimState]] = {
    "claim.take": {None: ClaimState.CLAIMED, **_each(NOBODYS, ClaimState.CLAIMED)},
    "claim.decline": {
        None: ClaimState.DECLINED,
        ClaimState.FREE: ClaimState.DECLINED,
        **_each(WITH_THE_UNIT, ClaimState.DECLINED),
    },
    "claim.fill": {
        **_each(WITH_THE_UNIT, ClaimState.FILLING),
        **_each(IN_REVIEW, ClaimState.SUBMITTED),
    },
    "claim.submit": _each(WITH_THE_UNIT, ClaimState.SUBMITTED),
    "claim.withdraw": _each(WITH_THE_UNIT | {ClaimState.SUBMITTED}, ClaimState.FREE),
    # 变更: a published list is opened again; its item stays as it is until the next publication.
    "claim.amend": {ClaimState.PUBLISHED: ClaimState.FILLING},
    "claim.check": {ClaimState.SUBMITTED: ClaimState.CHECKED},
    "claim.approve": {ClaimState.CHECKED: ClaimState.APPROVED},
    "claim.publish": {ClaimState.APPROVED: ClaimState.PUBLISHED},
    "claim.return": {
        **_each(IN_REVIEW, ClaimState.RETURNED),
        ClaimState.DECLINED: ClaimState.FREE,
    },
    "claim.suspend": {ClaimState.PUBLISHED: ClaimState.SUSPENDED},
    "claim.resume": {ClaimState.SUSPENDED: ClaimState.PUBLISHED},
    "claim.cancel": {ClaimState.PUBLISHED: ClaimState.CANCELLED, ClaimState.SUSPENDED: ClaimState.CANCELLED},
    "claim.adopt": {state: state for state in OPEN_STATES},
    "claim.reject": _each(OPEN_STATES, ClaimState.DECLINED),
    "claim.hand_over": {state: state for state in OPEN_STATES},
    "claim.rebase": {state: state for state in OPEN_STATES},
}
WORK = frozenset({"claim.take", "claim.decline", "claim.fill", "claim.submit", "claim.withdraw"})
"""What a worker does without a network: it arrives late, so it joins where it can."""
REVIEW_WRITES: dict[str, frozenset[str]] = {
    "claim.amend": frozenset({"amend_reason"}),
    "claim.check": frozenset(),
    "claim.approve": frozenset(),
    "claim.publish": frozenset({"item", "f.code"}),  # the code is composed when nobody typed one
    "claim.return": frozenset({"return_reasons", "return_note", "due"}),
    "claim.suspend": frozenset({"stop_reason"}),
    "claim.resume": frozenset(),
    "claim.cancel": frozenset({"stop_reason"}),
    "claim.adopt": frozenset(),
    "claim.reject": frozenset({"decline_reason"}),
    "claim.hand_over": frozenset({"claimed_by"}),
    "claim.rebase": frozenset({"base_version", "rebased"}),
}
"""What the steps of a desk may write, the state apart. A worker's write what they write."""


def parse_state(value: object) -> ClaimState | None:
    return ClaimState(value) if isinstance(value, str) and value in ClaimState.__members__.values() else None


def next_state(action: str, before: ClaimState | None) -> ClaimState | None:
    """Where the named change leads from `before`; None when it may not happen there."""
    return STEPS.get(action, {}).get(before)


def settled_state(action: str, before: ClaimState | None) -> ClaimState | None:
    """Where it leads at the centre, where work arrives late: a colleague who takes or submits what is taken joins;
    whoever fills or submits what somebody withdrew or declined meanwhile takes it up again. None: it may not happen.
    """
    after = next_state(action, before)
    if after is not None:
        return after
    if before is None or before in NOBODYS:
        late = {
            "claim.fill": ClaimState.FILLING,
            "claim.submit": ClaimState.SUBMITTED,
            "claim.withdraw": ClaimState.FREE,
        }
        return late.get(action, before if action == "claim.decline" else None)
    return before if action in ("claim.take", "claim.submit") and before in OPEN_STATES else None


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
    found += check_reasons(fields)
    if state is ClaimState.DECLINED and not text(fields, "decline_reason"):
        found.append(problem("field_missing", "decline_reason", label="不认领理由"))
    claimed_by = text(fields, "claimed_by")
    if state is ClaimState.FREE and claimed_by:
        found.append(problem("claimed_by_free", "claimed_by"))
    if state is not ClaimState.FREE and not claimed_by:
        found.append(problem("claimed_by_missing", "claimed_by"))
    return found


def advise_claim(fields: Fields, standard: Fields | None = None) -> list[Problem]:
    """The reasons for which a reviewer would return it; `standard` are the values it inherits, without prefix."""
    return return_reasons(inherited(standard or {}, family(fields, PREFIX)))
