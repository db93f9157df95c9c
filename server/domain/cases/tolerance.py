"""Owns acceptance with a promise (容缺受理): when it may be, until when, what settles it and what ends it.

Laws: everything necessary is there and formally right, what is missing may come later by the item's own list, and the
applicant has signed a promise whose consequences were read out. No certificate leaves before the materials have come.
Late or false, and the case ends; force majeure alone lengthens the time.
"""

from __future__ import annotations

from datetime import date

from server.domain.cases.materials import (
    FIELD_PREFIX,
    MaterialState,
    Necessity,
    collected,
    missing_materials,
    parse_collected,
    promised_materials,
    tolerance_latest,
)
from server.domain.cases.step_view import StepView
from server.domain.problems import Problem, problem
from server.domain.record_fields import Fields, parse_date, text, texts

FORCE_MAJEURE = "force_majeure"
FAILURES = ("late", "false")
_OUTSTANDING = frozenset({MaterialState.PROMISED, MaterialState.AWAITED})


def outstanding(view: StepView) -> tuple[str, ...]:
    """The names of materials that were promised, or that another leg is to bring, and have not come."""
    have = view.have
    return tuple(
        material.name for material in view.materials if material.no in have and have[material.no].state in _OUTSTANDING
    )


def check_promises(view: StepView) -> list[Problem]:
    """What keeps a case with promised materials from being accepted."""
    promised, have = promised_materials(view.materials, view.have), view.have
    if not promised:
        return []
    found = []
    missing = missing_materials(view.materials, have, form_filled=view.form_filled)
    if any(one.necessity is Necessity.NECESSARY for one in missing):
        found.append(problem("tolerance_essentials"))
    latest = tolerance_latest(view.item, view.on, view.overrides).date
    for material in promised:
        field, due = FIELD_PREFIX + material.no, have[material.no].due
        if material.necessity is Necessity.NECESSARY:
            found.append(problem("material_not_tolerable", field, name=material.name))
        elif due is None or due > latest:
            found.append(problem("promise_late", field, latest=latest))
    promise = view.group("promise")
    if promise.get("read_aloud") is not True:
        found.append(problem("promise_unread", "promise"))
    if not any(promise.get(name) for name in ("signature_file", "means", "paper", "witness")):
        found.append(problem("promise_unsigned", "promise"))
    return found


def add_tolerance(view: StepView) -> Fields:
    """Which materials are promised, until when; nothing when none is."""
    promised, have = promised_materials(view.materials, view.have), view.have
    if not promised:
        return {}
    due = max(day for material in promised if (day := have[material.no].due) is not None)
    return {"tolerance": {"due": due.isoformat(), "materials": [material.no for material in promised]}}


def check_supply(view: StepView) -> list[Problem]:
    """Only what was promised is supplied, and it must be in hand."""
    found = []
    for name in sorted(one for one in view.touched if one.startswith(FIELD_PREFIX)):
        before, now = parse_collected(view.before.get(name)), parse_collected(view.fields.get(name))
        if before is None or before.state not in _OUTSTANDING:
            found.append(problem("supply_not_promised", name))
        elif now is None or now.state in (*_OUTSTANDING, MaterialState.MISSING):
            found.append(problem("supply_empty", name))
    return found or ([] if any(one.startswith(FIELD_PREFIX) for one in view.touched) else [problem("supply_empty")])


def add_supply(view: StepView) -> Fields:
    """What is still promised, if anything ever was."""
    owed = still_owed(view.fields, view.on)
    return {"tolerance": owed} if owed else {}


def still_owed(case: Fields, on: date) -> Fields:
    """A case's tolerance as its materials have it now; with the day it was settled when nothing is owed any more."""
    tolerance, have = case.get("tolerance"), collected(case)
    if not isinstance(tolerance, dict) or not tolerance:
        return {}
    left = [no for no in texts(tolerance, "materials") if no in have and have[no].state in _OUTSTANDING]
    settled: Fields = {} if left else {"settled_on": text(tolerance, "settled_on") or on.isoformat()}
    return {**tolerance, "materials": left, **settled}


def check_tolerance_extension(view: StepView) -> list[Problem]:
    tolerance, asked = view.group("tolerance"), view.group("tolerance_extension")
    if not texts(tolerance, "materials"):
        return [problem("tolerance_none", "tolerance_extension")]
    found = []
    before, until = parse_date(tolerance.get("due")), parse_date(asked.get("due"))
    if before is None or until is None or until <= max(before, view.on):
        found.append(problem("tolerance_extension_due", "tolerance_extension"))
    if text(asked, "reason") != FORCE_MAJEURE or not text(asked, "approved_by"):
        found.append(problem("tolerance_extension_reason", "tolerance_extension"))
    return found


def add_tolerance_extension(view: StepView) -> Fields:
    until = view.group("tolerance_extension").get("due")
    return {"tolerance": {**view.group("tolerance"), "due": until}}


def check_tolerance_failure(view: StepView) -> list[Problem]:
    """Late is judged by the day; that something is false must be said in words."""
    tolerance, failure = view.group("tolerance"), view.group("tolerance_failure")
    reason = text(failure, "reason")
    if reason not in FAILURES:
        return [problem("value_unknown", "tolerance_failure", label="容缺失信", value=reason)]
    if reason == "false":
        return [] if text(failure, "text") else [problem("reason_missing", "tolerance_failure")]
    due = parse_date(tolerance.get("due"))
    late = bool(texts(tolerance, "materials")) and due is not None and view.on > due
    return [] if late else [problem("tolerance_not_late", "tolerance_failure")]


def is_overdue(case: Fields, on: date) -> bool:
    """Whether what was promised has not come in time."""
    value = case.get("tolerance")
    if not isinstance(value, dict) or not texts(value, "materials"):
        return False
    due = parse_date(value.get("due"))
    return due is not None and on > due
