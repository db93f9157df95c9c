"""Views of a step for the tests of the rules: an item of three materials, a case received on 2026-11-18."""

from __future__ import annotations

from datetime import date
from typing import Any

from server.domain.cases.clocks import start_clock
from server.domain.cases.step_view import StepView
from server.domain.problems import Problem

ITEM = {
    "legal_days": 20,
    "promise_days": 10,
    "materials": [
        {"no": 1, "name": "身份证", "necessity": 1},
        {"no": 2, "name": "照片", "necessity": 3},
        {"no": 3, "name": "户口簿", "necessity": 1, "cancelled": True},
    ],
}
RECEIVED = date(2026, 11, 18)
CASE = {
    "state": "received",
    "received_at": "2026-11-18T09:00:00+08:00",
    "holder": "place:341881106200",
    "material.1": {"state": "licence"},
    "material.2": {"state": "paper"},
}
ACCEPTED = {"state": "accepted", "clock": start_clock(RECEIVED, RECEIVED, ITEM).as_value()}


def view(name: str, *, on: date = RECEIVED, before: dict[str, Any] | None = None, **sets: Any) -> StepView:
    """`before` is added to the case; `sets` are what the step writes, a double underline standing for a dot."""
    held = {**CASE, **(before or {})}
    touched = {field.replace("__", "."): value for field, value in sets.items()}
    return StepView(
        name=f"case.{name}", before=held, fields={**held, **touched}, touched=frozenset(touched), item=ITEM, on=on
    )


def codes(found: list[Problem]) -> list[str]:
    return [one.code for one in found]
