"""Owns how a case that was begun in another system goes on here: with the days it had there.

Laws: its clock counts from the day it was accepted there, never from the day of import. Only the centre takes it over.
"""

from __future__ import annotations

from datetime import date

from server.domain.cases.clocks import start_clock
from server.domain.cases.lifecycle import CaseState
from server.domain.problems import Problem, problem
from server.domain.record_fields import Fields, parse_date, text

IMPORT_STEPS = frozenset({"case.import", "case.import_accepted"})
_AT_MIDNIGHT = "T00:00:00+08:00"


def source_of(system: str, number: str, received_on: date, accepted_on: date | None) -> dict[str, object]:
    """The record's field `source`."""
    days = {"received_on": received_on.isoformat()}
    if accepted_on is not None:
        days["accepted_on"] = accepted_on.isoformat()
    return {"system": system, "number": number, **days}


def check_source(case: Fields) -> list[Problem]:
    """Whether it says whence it comes, and its days, as its state needs them."""
    source = _group(case)
    found = [
        problem("field_missing", "source", label=label)
        for name, label in (("system", "系统"), ("number", "原办件号"))
        if not text(source, name)
    ]
    received, accepted = parse_date(source.get("received_on")), parse_date(source.get("accepted_on"))
    if received is None:
        found.append(problem("field_missing", "source", label="收件日期"))
    if text(case, "state") == CaseState.ACCEPTED and accepted is None:
        found.append(problem("field_missing", "source", label="受理日期"))
    if received is not None and accepted is not None and accepted < received:
        found.append(problem("value_unknown", "source", label="受理日期", value=accepted.isoformat()))
    return found


def imported_fields(case: Fields, item: Fields) -> dict[str, object]:
    """What the centre computes of it: the moments that the source tells, and the clock if it was accepted."""
    source = _group(case)
    received, accepted = parse_date(source.get("received_on")), parse_date(source.get("accepted_on"))
    found: dict[str, object] = {}
    if received is not None:
        found["received_at"] = received.isoformat() + _AT_MIDNIGHT
    if received is not None and accepted is not None and text(case, "state") == CaseState.ACCEPTED:
        found["accepted_at"] = accepted.isoformat() + _AT_MIDNIGHT
        found["clock"] = start_clock(accepted, received, item).as_value()
    return found


def _group(case: Fields) -> Fields:
    source = case.get("source")
    return source if isinstance(source, dict) else {}
