"""Owns what a person's choice between two versions of a case may bring about.

Law: whoever chooses looks at values, not at the steps that were taken since those were typed. An accepted case keeps
every material it was accepted with, and no certificate leaves for a promise that was chosen afterwards. What a case
still owes follows from its materials, whoever set them.
"""

from __future__ import annotations

from datetime import date

from server.domain.cases.materials import FIELD_PREFIX, Collected, MaterialState, parse_collected
from server.domain.cases.tolerance import still_owed
from server.domain.problems import Problem, problem
from server.domain.record_fields import Fields, text

_NOT_THERE = frozenset({MaterialState.PROMISED, MaterialState.AWAITED, MaterialState.MISSING})


def check_choice(before: Fields, after: Fields) -> list[Problem]:
    """What the choice would take away from an accepted case."""
    if not text(before, "accepted_at"):
        return []
    names = sorted(one for one in after if one.startswith(FIELD_PREFIX) and after[one] != before.get(one))
    return [
        problem("choice_too_late", name, no=name.removeprefix(FIELD_PREFIX))
        for name in names
        if not _may_become(parse_collected(before.get(name)), parse_collected(after[name]))
    ]


def _may_become(before: Collected | None, now: Collected | None) -> bool:
    if now is None or now.state in _NOT_THERE:
        return before is not None and now is not None and now.state is before.state
    return True


def add_choice(before: Fields, after: Fields, on: date) -> Fields:
    """What the centre notes beside it: what is still promised."""
    owed = still_owed(after, on)
    return {"tolerance": owed} if owed and owed != before.get("tolerance") else {}
