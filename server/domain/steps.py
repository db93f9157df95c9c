"""Owns the step: one thing a person may do to a record, from which states, to which, and what it may write.

Laws: a kind with a life has one table of steps and nothing else leads from state to state. A step writes only the
fields it lists, so that who may take a step may not change the rest of the record with it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from server.domain.problems import Problem, problem
from server.domain.record_fields import KINDS, Fields

STATE = "state"


@dataclass(frozen=True)
class Step:
    """`before`: the states it may be taken in, None among them when it makes the record. `after`: the state it leads
    to, None when the state stays. `writes`: fields, and families ending in a dot. `needs`: fields that must be there
    afterwards.
    """

    before: frozenset[str | None]
    after: str | None
    writes: frozenset[str] = frozenset()
    needs: tuple[str, ...] = ()

    def may_write(self, name: str) -> bool:
        prefix, dot, _ = name.partition(".")
        return name == STATE or name in self.writes or (bool(dot) and prefix + dot in self.writes)


StepTable: TypeAlias = Mapping[str, Step]
"""Change name → step."""


def step(*before: str | None, to: str | None, writes: Collection[str] = (), needs: Collection[str] = ()) -> Step:
    return Step(frozenset(before), to, frozenset(writes) | frozenset(needs), tuple(needs))


def state_after(steps: StepTable, name: str, before: str | None) -> str | None:
    """The state this step leads to from `before`; None when it may not be taken there."""
    taken = steps[name]
    if before not in taken.before:
        return None
    return taken.after if taken.after is not None else before


def steps_from(steps: StepTable, before: str | None) -> tuple[str, ...]:
    """What may be done now, in the table's order."""
    return tuple(name for name, taken in steps.items() if before in taken.before)


def check_step(
    steps: StepTable, kind: str, name: str, *, before: str | None, touched: Collection[str], fields: Fields
) -> list[Problem]:
    """Whether the step may be taken from `before`, writes only what is its own, and leaves what it must.

    `touched` are the fields that the change sets; `fields` is the whole record afterwards.
    """
    taken = steps[name]
    if state_after(steps, name, before) is None:
        return [problem("state_step", STATE, before=before or "new", after=name)]
    found = [problem("step_writes", field, step=name) for field in sorted(touched) if not taken.may_write(field)]
    return found + [
        problem("field_missing", field, label=KINDS[kind].fields[field].zh)
        for field in taken.needs
        if fields.get(field) in (None, "", [], {})
    ]
