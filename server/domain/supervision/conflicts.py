"""Owns the conflict's record (冲突): both sides kept, a person decides, and the decision is a change like any other.

Law: base, mine and theirs never change once written; a decided conflict is not opened again.
"""

from __future__ import annotations

from enum import StrEnum

from server.domain.check_context import CheckContext
from server.domain.problems import Problem, problem
from server.domain.record_fields import Fields, check_shapes, text, texts

AUTHORS_MIN = 1  # one person on two devices can disagree with themselves
_EVIDENCE = ("record", "fields", "base", "mine", "theirs", "authors")


class ConflictState(StrEnum):
    OPEN = "open"
    DECIDED = "decided"


def check_conflict(fields: Fields, ctx: CheckContext) -> list[Problem]:
    found = check_shapes("conflict", fields)
    if found:
        return found
    state = text(fields, "state")
    if state not in ConflictState.__members__.values():
        return [problem("state_unknown", "state", value=state)]
    if ctx.state_before == ConflictState.DECIDED and state != ConflictState.DECIDED:
        found.append(problem("state_step", "state", before=ctx.state_before, after=state))
    if len(texts(fields, "authors")) < AUTHORS_MIN:
        found.append(problem("conflict_sides", "authors"))
    decided = bool(text(fields, "decided_by")) and fields.get("decided_value") is not None
    if state == ConflictState.DECIDED and not decided:
        found.append(problem("conflict_undecided", "decided_value"))
    if state == ConflictState.OPEN and (text(fields, "decided_by") or fields.get("decided_value") is not None):
        found.append(problem("conflict_open_decided", "decided_value"))
    return found + _check_evidence(fields, ctx)


def _check_evidence(fields: Fields, ctx: CheckContext) -> list[Problem]:
    if ctx.before is None:
        return []
    return [
        problem("conflict_evidence", name)
        for name in _EVIDENCE
        if name in ctx.before and fields.get(name) != ctx.before[name]
    ]


def may_decide(account: str, conflict: Fields, supervises: bool) -> bool:
    """Authors decide their own conflict, and so does whoever supervises the place."""
    return supervises or account in texts(conflict, "authors")
