"""Owns the life of a case (办件): its states, and which named step leads from which state to which.

Laws: a state that a case has left is never entered again by a stale change; the centre alone receives. The table below
is all there is: a step that it does not list does not exist. A step at a desk writes its own fields and no others; a
helper's steps write the filing and never what belongs to a desk.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from enum import StrEnum

from server.domain.problems import Problem, problem
from server.domain.record_fields import Fields
from server.domain.steps import StepTable, state_after, step


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
    ENDED = "ended"  # 终止: what was to be brought never came
    VOIDED = "voided"  # 作废
    ARCHIVED = "archived"  # 归档


_S = CaseState
_NEW = (_S.RECEIVED, _S.PRECHECKED)
_IN_WORK = (_S.ACCEPTED, _S.REVIEWING)
_PAUSED = (_S.SPECIAL_PROCEDURE, _S.SUSPENDED)
_AT_DESK = (*_NEW, _S.TO_CORRECT, *_IN_WORK, *_PAUSED)
"""Received and not decided: what may still be withdrawn, transferred or made void."""

IMPORTED = ("resident", "item", "item_version", "village", "phone", "address", "notes")
"""What a case that was begun elsewhere brings, beside where it comes from."""
BOUND = ("resident", "item", "item_version", "consent", "village", "helper", "receipt", "bundle", "leg")
"""Whose filing it is, for what, on whose word, and where: nobody changes that once it was filed."""
_FILING = ("form.", "material.", "promise", "notes", "phone", "address", "delivery")

STEPS: StepTable = {
    # a helper's, offline; the filing itself is open until a desk has looked at it
    "case.open": step(None, to=_S.DRAFT),
    # Offline, a filing and its correction are often made before either is received.
    "case.edit": step(_S.DRAFT, _S.SUBMITTED, _S.RECEIVED, to=None),
    # A whole visit may travel as one change, so a filing can come into being submitted.
    "case.submit": step(None, _S.DRAFT, to=_S.SUBMITTED),
    "case.receive": step(_S.SUBMITTED, to=_S.RECEIVED),
    # What anyone may set right without touching the filing itself.
    "case.amend": step(_S.RECEIVED, to=None, writes=("notes", "phone", "address", "delivery")),
    "case.correct": step(_S.TO_CORRECT, to=_S.RECEIVED, writes=_FILING),
    "case.supply": step(*_NEW, *_IN_WORK, *_PAUSED, to=None, writes=("material.", "notes")),
    "case.withdraw": step(_S.DRAFT, _S.SUBMITTED, *_AT_DESK, to=_S.WITHDRAWN, writes=("withdrawal", "notes")),
    # the centre's own, for what was begun elsewhere: open, or accepted there already
    "case.import": step(None, to=_S.RECEIVED, writes=IMPORTED, needs=("source",)),
    "case.import_accepted": step(None, to=_S.ACCEPTED, writes=IMPORTED, needs=("source",)),
    # a desk's, until it is accepted
    "case.precheck": step(_S.RECEIVED, to=_S.PRECHECKED, writes=("precheck", "notes")),
    "case.accept": step(*_NEW, to=_S.ACCEPTED, writes=("material.", "joint", "notes")),
    "case.return": step(*_NEW, to=_S.TO_CORRECT, writes=("notes",), needs=("correction",)),
    "case.refuse": step(*_NEW, _S.TO_CORRECT, to=_S.REFUSED, writes=("notes",), needs=("refusal",)),
    # while it is worked on
    "case.review": step(_S.ACCEPTED, to=_S.REVIEWING, writes=("review", "notes")),
    "case.special": step(*_IN_WORK, to=_S.SPECIAL_PROCEDURE, writes=("notes",), needs=("special",)),
    "case.suspend": step(*_IN_WORK, to=_S.SUSPENDED, writes=("notes",), needs=("suspension",)),
    "case.resume": step(*_PAUSED, to=_S.REVIEWING, writes=("review", "notes")),
    # each unit's part of what several handle together; the lead lets one go that is not needed
    "case.part_answer": step(*_IN_WORK, *_PAUSED, to=None, needs=("part_answer",)),
    "case.part_drop": step(*_IN_WORK, *_PAUSED, to=None, needs=("part_drop",)),
    "case.extend": step(*_IN_WORK, to=None, writes=("notes",), needs=("extension",)),
    "case.tolerance_extend": step(*_IN_WORK, *_PAUSED, to=None, needs=("tolerance_extension",)),
    "case.tolerance_fail": step(*_IN_WORK, *_PAUSED, to=_S.ENDED, writes=("notes",), needs=("tolerance_failure",)),
    "case.credit_clear": step(_S.ENDED, _S.ARCHIVED, to=None, needs=("credit_clearing",)),
    # the centre's own: a licence that stood for a paper has expired before anybody accepted the case
    "case.licence_lapse": step(*_NEW, _S.TO_CORRECT, to=None, writes=("material.",)),
    "case.lapse": step(_S.TO_CORRECT, to=_S.ENDED, writes=("notes",)),
    "case.decide": step(*_IN_WORK, to=_S.DECIDED, writes=("notes",), needs=("decision",)),
    "case.finish": step(_S.DECIDED, to=_S.FINISHED, writes=("result", "notes")),
    "case.transfer": step(*_NEW, *_IN_WORK, *_PAUSED, to=None, writes=("notes",), needs=("transfer",)),
    # 转报: reviewed here, decided above (行政许可法 35, 43)
    "case.pass_up": step(*_IN_WORK, to=_S.REVIEWING, writes=("notes",), needs=("passing_up",)),
    "case.void": step(*_AT_DESK, to=_S.VOIDED, writes=("notes",), needs=("voiding",)),
    # after it is finished
    "case.dispatch": step(_S.FINISHED, to=None, writes=("notes",), needs=("parcel",)),
    "case.track": step(_S.FINISHED, to=None, needs=("parcel",)),
    "case.deliver": step(_S.FINISHED, to=_S.DELIVERED, writes=("parcel", "handover", "notes")),
    # What waits in the village is handed over by its helper, who writes who took it and nothing else.
    "case.hand_over": step(_S.FINISHED, to=_S.DELIVERED, needs=("handover",)),
    "case.rate": step(_S.DELIVERED, to=_S.RATED),
    "case.archive": step(
        _S.DELIVERED, _S.RATED, _S.REFUSED, _S.WITHDRAWN, _S.ENDED, _S.VOIDED, to=_S.ARCHIVED, writes=("notes",)
    ),
}
CENTRE_ONLY = frozenset({"case.receive", "case.track", "case.rate", "case.licence_lapse"})
HELPER_STEPS = frozenset(
    {"case.open", "case.edit", "case.submit", "case.amend", "case.correct", "case.supply", "case.withdraw"}
)
# What is typed in before a desk looks may hold fields that only a newer phone knows, and none of a desk's.
_TYPED = frozenset({"case.open", "case.edit", "case.submit"})
FILING_STEPS = _TYPED | {"case.amend"}
"""The steps that only make or mend the filing; all others move a case along and set its clocks."""
DESK_FIELDS = frozenset(
    name
    for change, taken in STEPS.items()
    if change not in HELPER_STEPS
    for name in taken.writes
    if name not in _FILING and name not in IMPORTED
)
# What the centre does in the same write as the change that led there.
AUTOMATIC: dict[CaseState, CaseState] = {CaseState.SUBMITTED: CaseState.RECEIVED}

_OVER = frozenset({_S.REFUSED, _S.FINISHED, _S.DELIVERED, _S.RATED, _S.WITHDRAWN, _S.ENDED, _S.VOIDED, _S.ARCHIVED})
_UNIT_ENDED = frozenset({_S.REFUSED, _S.FINISHED, _S.ENDED, _S.VOIDED})
_UNSENT = frozenset({CaseState.DRAFT, CaseState.SUBMITTED})


_STATES: Mapping[str, CaseState] = {state.value: state for state in CaseState}


def parse_state(value: object) -> CaseState | None:
    return _STATES.get(value) if isinstance(value, str) else None


def next_state(action: str, before: CaseState | None) -> CaseState | None:
    """Where the named change leads from `before`; None when it may not happen there."""
    return parse_state(state_after(STEPS, action, before)) if action in STEPS else None


def actions_from(before: CaseState | None) -> frozenset[str]:
    """The changes a person may make now."""
    return frozenset(name for name, taken in STEPS.items() if before in taken.before and name not in CENTRE_ONLY)


def _reachable() -> dict[CaseState | None, frozenset[CaseState]]:
    """What one write can lead to: one step, and the centre's own step that follows."""
    found: dict[CaseState | None, frozenset[CaseState]] = {}
    for before in (None, *CaseState):
        reached = {after for name in STEPS if (after := next_state(name, before)) is not None}
        found[before] = frozenset(reached | {AUTOMATIC[state] for state in reached if state in AUTOMATIC})
    return found


_REACHABLE = _reachable()


def may_become(before: CaseState | None, after: CaseState) -> bool:
    """Whether one write can lead from `before` to `after`."""
    return before is after or after in _REACHABLE[before]


def check_written(action: str, touched: Collection[str]) -> list[Problem]:
    """Fields that the step sets and that are not its own."""
    taken = STEPS[action]
    if action in _TYPED:
        return [problem("step_writes", name, step=action) for name in sorted(DESK_FIELDS.intersection(touched))]
    return [problem("step_writes", name, step=action) for name in sorted(touched) if not taken.may_write(name)]


def check_bound(action: str, state: CaseState | None, before: Fields, after: Fields) -> list[Problem]:
    """What a filing was made for, and by whom, stays as it was filed: the consent was given for that, and no other."""
    if action != "case.edit" or state in (None, CaseState.DRAFT):
        return []
    return [problem("step_writes", name, step=action) for name in BOUND if after.get(name) != before.get(name)]


def is_open(state: CaseState) -> bool:
    """Whether a second filing of the same item for the same person would be a duplicate of this one."""
    return state not in _OVER and state is not CaseState.DRAFT


def needs_holder(state: CaseState) -> bool:
    """Whether somebody has still to act: until the result is in the resident's hands."""
    return state is CaseState.FINISHED or state not in _OVER


def is_ended_by_desk(state: CaseState) -> bool:
    """Whether a desk's work with the case ends here (办结), whatever came of it. A withdrawal is nobody's outcome."""
    return state in _UNIT_ENDED


def is_paused(state: CaseState) -> bool:
    """Whether nobody at a desk can go on: the resident, or a procedure of its own, comes first."""
    return state in _PAUSED or state is CaseState.TO_CORRECT


def is_unsent(state: CaseState) -> bool:
    """Whether a withdrawn consent still stops it."""
    return state in _UNSENT


def filing_key(person: str, item: str) -> tuple[str, str, str]:
    """The natural key under which open filings meet; `person` comes from the centre's person index."""
    return ("filing", person, item)
