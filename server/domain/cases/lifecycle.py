"""Owns the life of a case (办件): its states, and which named change leads from which state to which.

Laws: a state that a case has left is never entered again by a stale change; the centre alone receives. The
table below is all there is: a step that it does not list does not exist. States after `received` belong to
the desks.
"""

from __future__ import annotations

from enum import StrEnum


class CaseState(StrEnum):
    """Every state of a case's life, in the usual order."""

    DRAFT = "draft"  # 草稿
    SUBMITTED = "submitted"  # 待同步: signed off on a device, not yet at the centre
    RECEIVED = "received"  # 收件
    PRECHECKED = "prechecked"  # 预审
    ACCEPTED = "accepted"  # 受理
    TO_CORRECT = "to_correct"  # 补正
    REFUSED = "refused"  # 不予受理
    REVIEWING = "reviewing"  # 审查
    SPECIAL_PROCEDURE = "special_procedure"  # 特别程序
    SUSPENDED = "suspended"  # 挂起
    DECIDED = "decided"  # 决定
    FINISHED = "finished"  # 办结
    DELIVERED = "delivered"  # 送达
    RATED = "rated"  # 评价
    WITHDRAWN = "withdrawn"  # 撤回


# change name → {state before: state after}; None is "there is no such record yet".
STEPS: dict[str, dict[CaseState | None, CaseState]] = {
    "case.open": {None: CaseState.DRAFT},
    # What arrived may still be corrected by its helper until a desk has looked at it: offline, a filing and its
    # correction are often made before either is received.
    "case.edit": {
        CaseState.DRAFT: CaseState.DRAFT,
        CaseState.SUBMITTED: CaseState.SUBMITTED,
        CaseState.RECEIVED: CaseState.RECEIVED,
    },
    # A whole visit may travel as one change, so a filing can come into being submitted.
    "case.submit": {None: CaseState.SUBMITTED, CaseState.DRAFT: CaseState.SUBMITTED},
    "case.receive": {CaseState.SUBMITTED: CaseState.RECEIVED},
    # Only notes, phone, address and delivery: what anyone may set right without touching the filing itself.
    "case.amend": {CaseState.RECEIVED: CaseState.RECEIVED},
    "case.withdraw": {
        CaseState.DRAFT: CaseState.WITHDRAWN,
        CaseState.SUBMITTED: CaseState.WITHDRAWN,
        CaseState.RECEIVED: CaseState.WITHDRAWN,
    },
}
CENTRE_ONLY = frozenset({"case.receive"})
# What the centre does in the same write as the change that led there.
AUTOMATIC: dict[CaseState, CaseState] = {CaseState.SUBMITTED: CaseState.RECEIVED}

_OVER = frozenset({CaseState.REFUSED, CaseState.FINISHED, CaseState.DELIVERED, CaseState.RATED, CaseState.WITHDRAWN})
_UNSENT = frozenset({CaseState.DRAFT, CaseState.SUBMITTED})


def parse_state(value: object) -> CaseState | None:
    return CaseState(value) if isinstance(value, str) and value in CaseState.__members__.values() else None


def next_state(action: str, before: CaseState | None) -> CaseState | None:
    """Where the named change leads from `before`; None when it may not happen there."""
    return STEPS.get(action, {}).get(before)


def actions_from(before: CaseState | None) -> frozenset[str]:
    """The changes a person may make now."""
    return frozenset(name for name, steps in STEPS.items() if before in steps and name not in CENTRE_ONLY)


def may_become(before: CaseState | None, after: CaseState) -> bool:
    """Whether one write can lead from `before` to `after`: one step, and the centre's own step that
    follows.
    """
    if before is after:
        return True
    reached = {steps[before] for steps in STEPS.values() if before in steps}
    return after in reached or any(AUTOMATIC.get(state) is after for state in reached)


def is_open(state: CaseState) -> bool:
    """Whether a second filing of the same item for the same person would be a duplicate of this one."""
    return state not in _OVER and state is not CaseState.DRAFT


def is_unsent(state: CaseState) -> bool:
    """Whether a withdrawn consent still stops it."""
    return state in _UNSENT


def filing_key(person: str, item: str) -> tuple[str, str, str]:
    """The natural key under which open filings meet; `person` comes from the centre's person index."""
    return ("filing", person, item)
