"""Owns the record of a broken promise (容缺失信): how long it stands, whom it bars from what, and how it is cleared.

Laws: only a promise that failed makes one, by a person's step and with its reason. It stands in the very case that it
ended, is told to whoever filed, and bars one thing: accepting another promise of the same person while it stands. It
ends by itself after a year, or when a supervisor clears it; nothing else about the person follows from it. The year
and the number that are counted are ours [P]; the rules that allow promises say only that none may be outstanding.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, timedelta

from server.domain.cases.step_view import StepView
from server.domain.people.citizen_id import normalise
from server.domain.problems import Problem, problem
from server.domain.record_fields import Fields, parse_date, text

STANDS_DAYS = 365
CREDIT_KEY = "credit:"
"""What a case holds while its broken promise stands: keys are found across villages without showing anybody's data."""
SLOTS = 3
"""So many may stand at once for one person; what comes beyond is in its case and bars as long as any of these does."""
EXPIRED = "expired"
CLEARINGS = ("mistaken", "force_majeure", "made_good", EXPIRED)


def credit_keys(index: Callable[[str], str], resident: str, citizen_ids: Iterable[str]) -> tuple[str, ...]:
    """Under which broken promises of one person meet: by the id numbers that are known, and by the record."""
    persons = [index(number) for one in citizen_ids if (number := normalise(one))]
    return tuple(f"{CREDIT_KEY}{person}:{slot}" for person in (*persons, resident) for slot in range(1, SLOTS + 1))


def add_credit(view: StepView) -> Fields:
    """What the case that failed says from now on."""
    reason = text(view.group("tolerance_failure"), "reason")
    until = view.on + timedelta(days=STANDS_DAYS)
    return {"credit": {"on": view.on.isoformat(), "until": until.isoformat(), "reason": reason}}


def check_bar(view: StepView, promised: bool) -> list[Problem]:
    """What keeps a new promise from being accepted."""
    return [problem("promise_barred", "promise")] if promised and view.barred else []


def stands(case: Fields, on: date) -> bool:
    """Whether this case's broken promise still bars."""
    credit = case.get("credit")
    if not isinstance(credit, dict) or text(credit, "cleared_on"):
        return False
    until = parse_date(credit.get("until"))
    return until is not None and on <= until


def check_clearing(view: StepView) -> list[Problem]:
    """By a supervisor with words, or by the day."""
    credit, clearing = view.before.get("credit"), view.group("credit_clearing")
    if not isinstance(credit, dict) or text(credit, "cleared_on"):
        return [problem("credit_none", "credit_clearing")]
    reason = text(clearing, "reason")
    if reason not in CLEARINGS:
        return [problem("value_unknown", "credit_clearing", label="失信记录解除", value=reason)]
    if reason == EXPIRED:
        return [problem("credit_stands", "credit_clearing")] if stands(view.before, view.on) else []
    return [] if text(clearing, "text") else [problem("reason_missing", "credit_clearing")]


def add_clearing(view: StepView) -> Fields:
    credit = view.group("credit")
    return {"credit": {**credit, "cleared_on": view.on.isoformat()}}
