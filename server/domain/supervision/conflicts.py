"""Owns the conflict's record (冲突): both sides kept, a person decides, and the decision is a change like any other.

Law: base, mine and theirs never change once written; a decided conflict is not opened again. A decision names its
values by field in `decided_value`, and what its author saw in `seen`; a value that nests as deep as a line may go, such
as a list of materials, stands by itself under `decided.<field>` and `seen.<field>`.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from server.domain.check_context import CheckContext
from server.domain.problems import Problem, problem
from server.domain.record_fields import Fields, check_shapes, family, text, texts

AUTHORS_MIN = 1  # one person on two devices can disagree with themselves
VALUE_DEPTH_MAX = 2
"""Containers within one another that a value may have inside an object of a line, which holds three."""
_EVIDENCE = ("record", "fields", "base", "mine", "theirs", "authors")


class ConflictState(StrEnum):
    OPEN = "open"
    DECIDED = "decided"


def decision_of(chosen: Mapping[str, object], seen: Mapping[str, object]) -> dict[str, Any]:
    """What the change that decides says: the values chosen by field, and those that its author saw standing."""
    return {
        "state": ConflictState.DECIDED.value,
        **_laid_out("decided_value", "decided.", chosen),
        **_laid_out("seen", "seen.", seen),
    }


def chosen_in(decision: Mapping[str, object]) -> dict[str, object] | None:
    """The values chosen, by field; None where the change names none."""
    return _gathered("decided_value", "decided.", decision)


def seen_in(decision: Mapping[str, object]) -> dict[str, object] | None:
    """What its author saw, by field; None for what stood when the conflict was opened."""
    return _gathered("seen", "seen.", decision)


def _laid_out(whole: str, apart: str, values: Mapping[str, object]) -> dict[str, object]:
    deep = {name for name, value in values.items() if _depth(value) > VALUE_DEPTH_MAX}
    return {
        whole: {name: value for name, value in values.items() if name not in deep},
        **{f"{apart}{name}": values[name] for name in values if name in deep},
    }


def _gathered(whole: str, apart: str, decision: Mapping[str, object]) -> dict[str, object] | None:
    said, alone = decision.get(whole), family(decision, apart)
    return {**said, **alone} if isinstance(said, dict) else alone or None


def _depth(value: object) -> int:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else None
    return 0 if inner is None else 1 + max((_depth(one) for one in inner), default=0)


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
