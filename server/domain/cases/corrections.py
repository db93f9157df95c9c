"""Owns the return for correction (补正): one complete list, once, in time; and what comes of it.

Laws: whoever returns a filing names everything that is missing, at once (行政许可法 32-4); what was not named then is
not asked for later, unless what was asked for came wrong. A cancelled material is asked for by nobody. Whoever answers
later than the time allows has accepted on the day of receipt.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from server.domain.calendar import NO_OVERRIDES, add_working_days
from server.domain.cases.materials import FIELD_PREFIX, Material, MaterialState, missing_materials
from server.domain.cases.step_view import StepView
from server.domain.catalogue.reduction import Facts, demand_of, request_problems
from server.domain.problems import Problem, problem
from server.domain.record_fields import Fields, groups, parse_date, text, texts


def suggested_list(item_materials: tuple[Material, ...], view: StepView) -> list[dict[str, object]]:
    """What the return must name at least, as the group a desk starts its list from."""
    return [
        {"no": material.no, "name": material.name, "why": "missing"}
        for material in missing_materials(item_materials, view.have, form_filled=view.form_filled)
        if demand_of(material, facts_of(view)).may_be_requested
    ]


def check_return(view: StepView) -> list[Problem]:
    """What keeps this return from being one complete list."""
    correction = view.group("correction")
    asked, answers = _asked(correction)
    if not asked and not answers:
        return [problem("correction_empty", "correction")]
    if view.answer_is_late:
        return [problem("correction_late", "correction")]
    found = _check_known(view, asked)
    found += [
        problem("correction_incomplete", FIELD_PREFIX + material.no, name=material.name)
        for material in missing_materials(view.materials, view.have, form_filled=view.form_filled)
        if material.no not in asked and demand_of(material, facts_of(view)).may_be_requested
    ]
    if before := groups(view.before, "returned"):
        asked_before = {no for one in before for no in (*texts(one, "materials"), *texts(one, "answers"))}
        found += [
            problem("correction_twice", "correction", no=no) for no in (*asked, *answers) if no not in asked_before
        ]
    due = correction.get("due")
    if due is not None and ((day := parse_date(due)) is None or day <= view.on):
        found.append(problem("correction_due", "correction"))
    return found


def _check_known(view: StepView, asked: tuple[str, ...]) -> list[Problem]:
    listed = {material.no for material in view.materials}
    forbidden = request_problems(view.materials, asked, facts_of(view))
    return forbidden + [problem("correction_unknown", FIELD_PREFIX + no, no=no) for no in asked if no not in listed]


def facts_of(view: StepView) -> Facts:
    """What stands for a material here: what another leg of its bundle makes, the resident's licences, a filled form."""
    awaited = {no for no, held in view.have.items() if held.state is MaterialState.AWAITED}
    names = frozenset(material.name for material in view.materials if material.no in awaited)
    return Facts(results=names, licences=view.licences, form_filled=view.form_filled)


def add_return(view: StepView) -> Fields:
    """The return joins those before it, with who held the case: a corrected one goes back there."""
    asked, answers = _asked(view.group("correction"))
    told: dict[str, object] = {"on": view.on.isoformat(), "holder": text(view.before, "holder"), "materials": [*asked]}
    if answers:
        told["answers"] = [*answers]
    return {"returned": [*groups(view.before, "returned"), told]}


def add_correction(view: StepView) -> Fields:
    """The desk's time to answer begins anew; the case goes back to whoever returned it."""
    returned = groups(view.before, "returned")
    holder = text(returned[-1], "holder") if returned else ""
    return {"clock": {"answer_from": view.on.isoformat()}, **({"holder": holder} if holder else {})}


def check_lapse(view: StepView) -> list[Problem]:
    """A filing ends for want of a correction only after the day that was given for it."""
    due = parse_date(view.group("correction").get("due"))
    return [] if due is not None and view.on > due else [problem("lapse_early", "correction")]


LAPSE_GRACE_DAYS = 10
"""Working days after the day that was told, in which the desk asks once more (docs/decisions/0018)."""


def lapses_by_itself(case: Fields, on: date, overrides: Mapping[date, bool] = NO_OVERRIDES) -> bool:
    """Whether nobody need decide any more: a day was told, and it and the days of grace went by."""
    correction = case.get("correction")
    due = parse_date(correction.get("due")) if isinstance(correction, Mapping) else None
    if text(case, "state") != "to_correct" or due is None:
        return False
    return on > add_working_days(due, LAPSE_GRACE_DAYS, overrides).date


def _asked(correction: Mapping[str, object]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """(numbers of materials, names of answers) that a return asks for."""
    materials = tuple(no for row in groups(correction, "materials") if (no := _number(row)))
    answers = tuple(name for row in groups(correction, "answers") if (name := text(row, "name")))
    return materials, answers


def _number(row: Fields) -> str:
    no = row.get("no")
    return str(no) if isinstance(no, str | int) and not isinstance(no, bool) else ""
