"""Owns joint handling (联合办理): one case, several units, each with its own part: a holder, a clock, an answer.

Laws: who leads is the case's holder and decides; every unit that is named at acceptance has a part until it has
answered or is let go with a reason, and nothing is decided before. A part's days are the decision's own (42), counted
from acceptance and stopped with the case's clock; the whole has 45, and 15 more with approval (42-2). A unit answers
for itself alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date

from server.domain.calendar import NO_OVERRIDES, add_working_days
from server.domain.cases.clocks import DECISION_DAYS, CaseClock
from server.domain.cases.step_view import StepView
from server.domain.problems import Problem, problem
from server.domain.record_fields import Fields, groups, integer, parse_date, text, texts

UNITS_MAX = 20


@dataclass(frozen=True)
class Part:
    """`unit` is a holder, unit:<id>. Answered when `answered_on` is there; let go when `dropped_on` is."""

    unit: str
    asked_on: date
    days: int
    due: date
    answered_on: date | None = None
    agrees: bool = False
    text: str = ""
    dropped_on: date | None = None

    @property
    def is_open(self) -> bool:
        return self.answered_on is None and self.dropped_on is None

    def as_value(self) -> dict[str, object]:
        told = {name: value.isoformat() if isinstance(value, date) else value for name, value in asdict(self).items()}
        return {name: value for name, value in told.items() if value not in (None, "")}


def parts_of(case: Fields) -> tuple[Part, ...]:
    """In the order in which they were named; what cannot be read is none."""
    return tuple(part for row in groups(case, "parts") if (part := _parse(row)) is not None)


def _parse(row: Fields) -> Part | None:
    asked, due = parse_date(row.get("asked_on")), parse_date(row.get("due"))
    if asked is None or due is None:
        return None
    return Part(
        unit=text(row, "unit"),
        asked_on=asked,
        days=integer(row, "days"),
        due=due,
        answered_on=parse_date(row.get("answered_on")),
        agrees=row.get("agrees") is True,
        text=text(row, "text"),
        dropped_on=parse_date(row.get("dropped_on")),
    )


def open_units(case: Fields) -> tuple[str, ...]:
    """The holders whose part is still to be answered."""
    return tuple(part.unit for part in parts_of(case) if part.is_open)


def check_joint(view: StepView) -> list[Problem]:
    """Who is named at acceptance: units, each once, and not the one that leads."""
    if "joint" not in view.touched:
        return []
    units = texts(view.fields, "joint")
    leads = text(view.before, "holder")
    found = [
        problem("holder_unknown", "joint", value=unit)
        for unit in units
        if not unit.removeprefix("unit:") or unit[:5] != "unit:"
    ]
    if leads in units:
        found.append(problem("joint_lead", "joint"))
    if len(set(units)) != len(units) or len(units) > UNITS_MAX:
        found.append(problem("joint_units", "joint", limit=UNITS_MAX))
    return found


def add_parts(view: StepView, clock: CaseClock) -> Fields:
    """A part for each unit that is named, from acceptance on."""
    days = min(DECISION_DAYS, clock.legal_days)
    due = add_working_days(clock.started, days, view.overrides).date
    parts = [Part(unit, clock.started, days, due) for unit in texts(view.fields, "joint")]
    return {"parts": [part.as_value() for part in parts]} if parts else {}


def moved_parts(case: Fields, clock: CaseClock, overrides: Mapping[date, bool] = NO_OVERRIDES) -> Fields:
    """The open parts after a pause: as many working days later as the case's own clock stood."""
    parts = parts_of(case)
    moved = [
        replace(part, due=add_working_days(part.asked_on, part.days + clock.paused_days, overrides).date)
        if part.is_open
        else part
        for part in parts
    ]
    return {"parts": [part.as_value() for part in moved]} if parts else {}


def check_answer(view: StepView) -> list[Problem]:
    answer = view.group("part_answer")
    if text(answer, "unit") not in open_units(view.before):
        return [problem("part_none", "part_answer", value=text(answer, "unit"))]
    if not isinstance(answer.get("agrees"), bool):
        return [problem("part_unclear", "part_answer")]
    return [] if answer["agrees"] or text(answer, "text") else [problem("reason_missing", "part_answer")]


def add_answer(view: StepView) -> Fields:
    answer = view.group("part_answer")
    agrees, said = answer.get("agrees") is True, text(answer, "text")
    return _with(view, text(answer, "unit"), answered_on=view.on, agrees=agrees, text=said)


def check_drop(view: StepView) -> list[Problem]:
    drop = view.group("part_drop")
    if text(drop, "unit") not in open_units(view.before):
        return [problem("part_none", "part_drop", value=text(drop, "unit"))]
    return [] if text(drop, "text") else [problem("reason_missing", "part_drop")]


def add_drop(view: StepView) -> Fields:
    drop = view.group("part_drop")
    return _with(view, text(drop, "unit"), dropped_on=view.on, text=text(drop, "text"))


def _with(view: StepView, unit: str, **changes: object) -> Fields:
    parts = [
        replace(part, **changes) if part.unit == unit and part.is_open else part  # type: ignore[arg-type]
        for part in parts_of(view.before)
    ]
    return {"parts": [part.as_value() for part in parts]}


def check_all_answered(view: StepView) -> list[Problem]:
    """What keeps the lead from deciding."""
    return [problem("part_open", "parts", value=unit) for unit in open_units(view.before)]
