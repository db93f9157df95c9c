"""The policy of a kind whose life is a table of steps (server/domain/steps.py).

Laws: the state follows from the step that was taken, never from what a screen thought; a step writes its own fields
and no others; what the centre adds (days, clocks) comes from `adds`, a pure function of the situation.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping

from server.domain.people.roles import roles_that_may
from server.domain.problems import Problem
from server.domain.record_checks import check_record
from server.domain.record_fields import KINDS, text
from server.domain.steps import STATE, StepTable, check_step, state_after
from server.merge_policies.judging import context_of, refuse_for
from sync.central.known import Wants
from sync.central.policies import Accept, ChangeRule, NewRecord, Reading, RecordPolicy, Refuse, Rule, Situation, Verdict
from sync.core.changes import Change, Fields

Adds = Callable[[Situation, Fields], Fields]
"""(situation, the record with its new state) → the fields that the centre computes."""
Besides = Callable[[Situation, Fields], tuple[NewRecord, ...]]
"""The same → records that the centre puts beside the change, such as a notice."""
Checks = Callable[[Situation], list[Problem]]
"""What must hold beyond the table of steps, looked at before it."""


def reads_nothing(change: Change, reading: Reading) -> Wants:
    return Wants()


def adds_nothing(situation: Situation, fields: Fields) -> Fields:
    return {}


def nothing_beside(situation: Situation, fields: Fields) -> tuple[NewRecord, ...]:
    return ()


def nothing_more(situation: Situation) -> list[Problem]:
    return []


def stepped_policy(
    kind: str,
    steps: StepTable,
    *,
    bucket: Callable[[Fields], str],
    columns: Callable[[Fields], Mapping[str, object]] = lambda fields: {},
    fields: Mapping[str, Rule] | None = None,
    groups: Iterable[frozenset[str]] = (),
    sets: Collection[str] = (),
    adds: Adds = adds_nothing,
    beside: Besides = nothing_beside,
    reads: Callable[[Change, Reading], Wants] = reads_nothing,
    natural_id: Callable[[Fields], str] | None = None,
    once: bool = False,
    check: Checks = nothing_more,
    default: Rule = Rule.PERSON_DECIDES,
    personal: bool = True,
) -> RecordPolicy:
    """`natural_id`: the id that everyone derives from the record's fields, where a kind has one. A second making meets
    the first there and merges with it, or with `once` is told that it is there.
    """

    def settle(situation: Situation) -> Verdict:
        if natural_id is not None:
            expected = natural_id(situation.fields)
            if situation.change.record != expected:
                return Refuse(reason="wrong_id", detail={"expected": expected})
        refused = refuse_for(check(situation))
        if refused is not None:
            return refused
        name, context = situation.change.name, context_of(situation, {})
        before = text(situation.before.fields, STATE) if situation.before is not None else None
        after = state_after(steps, name, before)
        whole = {**situation.fields, STATE: after if after is not None else before}
        problems = check_step(
            steps, kind, name, before=before, touched=situation.change.touched, fields=whole
        ) or check_record(kind, whole, context)
        refused = refuse_for(problems)
        if refused is not None:
            return refused
        computed = {STATE: whole[STATE], **adds(situation, whole)}
        return Accept(computed=computed, beside=beside(situation, {**whole, **computed}))

    return RecordPolicy(
        kind=kind,
        changes={
            name: ChangeRule(
                creates=None in taken.before, updates=taken.before != frozenset({None}), roles=roles_that_may(name)
            )
            for name, taken in steps.items()
        },
        fields={STATE: Rule.LATEST, **(fields or {})},
        default=default,
        groups=tuple(groups),
        sets=frozenset(sets),
        computed=KINDS[kind].computed,
        bucket=bucket,
        reads=reads,
        settle=settle,
        columns=columns,
        personal=personal,
        natural=natural_id is not None and not once,
    )
