"""Owns the table of what each step that moves a case must keep, and what the centre adds to the case with it.

Law: a step without a row keeps and adds nothing of its own; what its fields are is told by the life cycle.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from server.domain.cases import corrections, credit, joint, procedures, tolerance
from server.domain.cases.clocks import parse_clock, start_clock
from server.domain.cases.filing import filers_of
from server.domain.cases.lifecycle import STEPS
from server.domain.cases.materials import FIELD_PREFIX, missing_materials, promised_materials
from server.domain.cases.parcels import check_delivery
from server.domain.cases.step_view import StepView
from server.domain.catalogue.reduction import demand_of
from server.domain.problems import Problem, problem
from server.domain.record_fields import KINDS, Fields, texts


@dataclass(frozen=True)
class StepRule:
    """`adds` may name the holder; the state and its time follow from the step itself."""

    check: Callable[[StepView], list[Problem]] = lambda view: []
    adds: Callable[[StepView], Fields] = lambda view: {}


def _check_acceptance(view: StepView) -> list[Problem]:
    """Whoever answered in time asks for what is missing first; after it the case is accepted whatever is missing."""
    found = joint.check_joint(view)
    if view.answer_is_late:
        return found
    facts = corrections.facts_of(view)
    for material in missing_materials(view.materials, view.have, form_filled=view.form_filled):
        # What may not be asked for is not waited for either: what stands for it is used.
        code = "accept_incomplete" if demand_of(material, facts).may_be_requested else "accept_licence"
        found.append(problem(code, FIELD_PREFIX + material.no, name=material.name))
    promised = bool(promised_materials(view.materials, view.have))
    return found + tolerance.check_promises(view) + credit.check_bar(view, promised)


def _add_acceptance(view: StepView) -> Fields:
    together = len(texts(view.fields, "joint")) > 0
    clock = start_clock(view.on, view.received_on, view.item, joint=together, overrides=view.overrides)
    return {"clock": clock.as_value(), **joint.add_parts(view, clock), **tolerance.add_tolerance(view)}


def _add_resumption(view: StepView) -> Fields:
    added = procedures.add_resumption(view)
    clock = parse_clock(added.get("clock"))
    return {**added, **(joint.moved_parts(view.before, clock, view.overrides) if clock is not None else {})}


RULES: Mapping[str, StepRule] = {
    "case.correct": StepRule(adds=corrections.add_correction),
    "case.supply": StepRule(tolerance.check_supply, tolerance.add_supply),
    "case.accept": StepRule(_check_acceptance, _add_acceptance),
    "case.return": StepRule(corrections.check_return, corrections.add_return),
    "case.refuse": StepRule(procedures.check_refusal, lambda view: {"finish_type": procedures.RETURNED}),
    "case.special": StepRule(procedures.check_special, procedures.add_special),
    "case.suspend": StepRule(procedures.check_suspension, procedures.add_suspension),
    "case.resume": StepRule(adds=_add_resumption),
    "case.part_answer": StepRule(joint.check_answer, joint.add_answer),
    "case.part_drop": StepRule(joint.check_drop, joint.add_drop),
    "case.extend": StepRule(procedures.check_extension, procedures.add_extension),
    "case.tolerance_extend": StepRule(tolerance.check_tolerance_extension, tolerance.add_tolerance_extension),
    "case.tolerance_fail": StepRule(
        tolerance.check_tolerance_failure,
        lambda view: {"finish_type": procedures.NOT_SUPPLIED, **credit.add_credit(view)},
    ),
    "case.credit_clear": StepRule(credit.check_clearing, credit.add_clearing),
    "case.lapse": StepRule(corrections.check_lapse, lambda view: {"finish_type": procedures.NOT_SUPPLIED}),
    "case.decide": StepRule(
        lambda view: (
            procedures.check_decided_above(view) or joint.check_all_answered(view) + procedures.check_decision(view)
        ),
        procedures.add_decision,
    ),
    "case.pass_up": StepRule(
        lambda view: procedures.check_passing_up(view) + joint.check_all_answered(view), procedures.add_passing_up
    ),
    "case.finish": StepRule(procedures.check_finish, procedures.add_finish),
    "case.transfer": StepRule(procedures.check_transfer, procedures.add_transfer),
    "case.deliver": StepRule(lambda view: check_delivery(view.fields)),
    "case.void": StepRule(procedures.check_voiding, lambda view: {"finish_type": procedures.VOID}),
    "case.withdraw": StepRule(adds=lambda view: {"finish_type": procedures.RETURNED}),
}
assert RULES.keys() <= STEPS.keys(), "a rule belongs to a step"


OWN_FILING_STEPS = frozenset(
    {
        *("case.accept", "case.refuse", "case.extend", "case.tolerance_extend", "case.tolerance_fail", "case.decide"),
        "case.pass_up",
    }
)
"""What nobody does with a case they filed themselves: a second pair of eyes sees whether it is taken on and what is
decided (民法典 168, no self-dealing). Whoever filed may pre-check, return and pass it on.
"""


UNITS_OWN_STEPS = frozenset({"case.decide", "case.extend", "case.pass_up"})
"""What the unit that holds a case does itself: a desk may take in and ask for another one, and decides for none."""


def advise_elsewhere(*, decides_here: bool) -> list[Problem]:
    """Why a desk that sees a unit's case finds no way to decide it."""
    return [] if decides_here else [problem("unit_decides", "holder")]


def is_own_filing(step: str, account: str, case: Fields) -> bool:
    """Whether this step is somebody else's to take."""
    return step in OWN_FILING_STEPS and account in filers_of(case)


def check_desk_step(view: StepView) -> list[Problem]:
    """What keeps the step from being taken: what it must say and does not, then its own rule."""
    missing = [
        problem("field_missing", needed, label=KINDS["case"].fields[needed].zh)
        for needed in STEPS[view.name].needs
        if view.fields.get(needed) in (None, "", [], {})
    ]
    rule = RULES.get(view.name)
    return missing or (rule.check(view) if rule is not None else [])


def add_to_case(view: StepView) -> Fields:
    """The fields that the centre computes with this step, besides the state."""
    rule = RULES.get(view.name)
    return rule.adds(view) if rule is not None else {}
