"""Owns a case's clocks (时限): what is due when, in working days, from the statutes and the item's own days.

    answer     on the spot or within 5 working days, one complete list; later it counts as accepted from receipt (32-4)
    legal      20 working days from acceptance, 10 more with approval and notice (42); jointly 45 and 15 (42-2)
    promise    the item's own days, never later than the legal ones
    delivery   10 working days after the decision (44)
    excluded   hearing, tender, auction, inspection, test, quarantine, appraisal, expert review, told in writing (45)

The articles are of the Administrative Licensing Law (行政许可法); other items follow by analogy unless they say other.
Laws: the day of the event is day 0 (82: working days, no holidays). What is counted over a year whose calendar has not
been announced is provisional, and says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date
from functools import lru_cache

from server.domain.calendar import NO_OVERRIDES, WorkingDay, add_working_days, working_days_between
from server.domain.cases.lifecycle import CaseState, is_paused, parse_state
from server.domain.record_fields import Fields, integer, parse_date, text

ANSWER_DAYS = 5
DECISION_DAYS = 20
DECISION_DAYS_JOINT = 45
EXTENSION_DAYS_MAX = 10
EXTENSION_DAYS_MAX_JOINT = 15
DELIVERY_DAYS = 10

Overrides = Mapping[date, bool]


@dataclass(frozen=True, kw_only=True)
class CaseClock:
    """The clock from acceptance on. Days are working days. `deemed`: accepted by lapse of the answer's time."""

    started: date
    legal_days: int
    promise_days: int
    legal_due: date
    promise_due: date
    joint: bool = False
    deemed: bool = False
    paused_since: date | None = None
    paused_days: int = 0
    extended_days: int = 0
    delivery_due: date | None = None
    provisional: bool = False

    def as_value(self) -> dict[str, object]:
        """The group that the case's computed field `clock` holds; what says nothing is left out."""
        told = {name: value.isoformat() if isinstance(value, date) else value for name, value in asdict(self).items()}
        return {name: value for name, value in told.items() if value not in (None, False)}


@dataclass(frozen=True)
class Due:
    """Something that must be done by a day: `code` is answer, correction, legal, promise, tolerance or delivery."""

    code: str
    day: date
    provisional: bool = False


def parse_clock(value: object) -> CaseClock | None:
    """A case's `clock`; None while it has not started or cannot be read."""
    if not isinstance(value, Mapping):
        return None
    started, legal_due = parse_date(value.get("started")), parse_date(value.get("legal_due"))
    promise_due = parse_date(value.get("promise_due"))
    if started is None or legal_due is None or promise_due is None:
        return None
    return CaseClock(
        started=started,
        legal_days=integer(value, "legal_days"),
        promise_days=integer(value, "promise_days"),
        legal_due=legal_due,
        promise_due=promise_due,
        joint=value.get("joint") is True,
        deemed=value.get("deemed") is True,
        paused_since=parse_date(value.get("paused_since")),
        paused_days=integer(value, "paused_days"),
        extended_days=integer(value, "extended_days"),
        delivery_due=parse_date(value.get("delivery_due")),
        provisional=value.get("provisional") is True,
    )


def answer_from(case: Fields) -> date | None:
    """The day the desk's time to answer counts from: receipt, or the day a correction came back."""
    clock = case.get("clock")
    again = parse_date(clock.get("answer_from")) if isinstance(clock, Mapping) else None
    return again or parse_date(text(case, "received_at")[:10])  # moments are told by China's clock


def answer_due(received_on: date, overrides: Overrides = NO_OVERRIDES) -> WorkingDay:
    """The last day to accept, to ask for what is missing, or to say that it is not accepted."""
    return add_working_days(received_on, ANSWER_DAYS, overrides)


def start_clock(
    accepted_on: date, received_on: date, item: Fields, *, joint: bool = False, overrides: Overrides = NO_OVERRIDES
) -> CaseClock:
    """The clock of a case accepted on that day. Whoever answered too late has accepted on the day of receipt."""
    deemed = accepted_on > answer_due(received_on, overrides).date
    legal = DECISION_DAYS_JOINT if joint else integer(item, "legal_days") or DECISION_DAYS
    promise = integer(item, "promise_days") if "promise_days" in item else legal
    started = received_on if deemed else accepted_on
    clock = CaseClock(
        started=started,
        legal_days=legal,
        promise_days=min(promise, legal),
        legal_due=started,
        promise_due=started,
        joint=joint,
        deemed=deemed,
    )
    return _counted(clock, overrides)


def pause(clock: CaseClock, on: date) -> CaseClock:
    """Time from that day on is not counted (45)."""
    return clock if clock.paused_since else replace(clock, paused_since=on)


def resume(clock: CaseClock, on: date, overrides: Overrides = NO_OVERRIDES) -> CaseClock:
    """Counts on: the working days after the pause began, up to and with this one, are added to every due day."""
    if clock.paused_since is None:
        return clock
    away = working_days_between(clock.paused_since, on, overrides)
    resumed = replace(clock, paused_since=None, paused_days=clock.paused_days + max(0, away.count))
    return _counted(resumed, overrides)


def extend(clock: CaseClock, days: int, overrides: Overrides = NO_OVERRIDES) -> CaseClock:
    return _counted(replace(clock, extended_days=clock.extended_days + days), overrides)


def extension_days_max(clock: CaseClock) -> int:
    return EXTENSION_DAYS_MAX_JOINT if clock.joint else EXTENSION_DAYS_MAX


def decided(clock: CaseClock, on: date, overrides: Overrides = NO_OVERRIDES) -> CaseClock:
    """The clock after the decision: what is left is to deliver it."""
    due = add_working_days(on, DELIVERY_DAYS, overrides)
    return replace(clock, delivery_due=due.date, provisional=clock.provisional or due.provisional)


def _counted(clock: CaseClock, overrides: Overrides) -> CaseClock:
    more = clock.paused_days + clock.extended_days
    legal = add_working_days(clock.started, clock.legal_days + more, overrides)
    promise = add_working_days(clock.started, clock.promise_days + more, overrides)
    return replace(
        clock, legal_due=legal.date, promise_due=promise.date, provisional=legal.provisional or promise.provisional
    )


def dues(case: Fields, overrides: Overrides = NO_OVERRIDES) -> tuple[Due, ...]:
    """Everything that is due in the case's present state, the earliest first."""
    state, clock = parse_state(text(case, "state")), parse_clock(case.get("clock"))
    found: list[Due] = []
    match state:
        case CaseState.RECEIVED | CaseState.PRECHECKED:
            if (received := answer_from(case)) is not None:
                answer = answer_due(received, overrides)
                found.append(Due("answer", answer.date, answer.provisional))
        case CaseState.TO_CORRECT:
            found += _day("correction", case.get("correction"))
        case CaseState.ACCEPTED | CaseState.REVIEWING | CaseState.SPECIAL_PROCEDURE | CaseState.SUSPENDED:
            found += _open_tolerance(case)
            if clock is not None and clock.paused_since is None:
                found.append(Due("promise", clock.promise_due, clock.provisional))
                found.append(Due("legal", clock.legal_due, clock.provisional))
        case CaseState.DECIDED | CaseState.FINISHED:
            if clock is not None and clock.delivery_due is not None:
                found.append(Due("delivery", clock.delivery_due, clock.provisional))
    return tuple(sorted(found, key=lambda due: due.day))


def _day(code: str, value: object) -> list[Due]:
    day = parse_date(value.get("due")) if isinstance(value, Mapping) else None
    return [Due(code, day)] if day is not None else []


def _open_tolerance(case: Fields) -> list[Due]:
    tolerance = case.get("tolerance")
    return _day("tolerance", tolerance) if isinstance(tolerance, Mapping) and tolerance.get("materials") else []


def due_column(case: Fields) -> str | None:
    """The day by which the holder must act, as the column by which desks' queues are read: to answer, to decide as
    promised, to deliver. None while it is paused or over. The announced calendar alone counts here; the page of one
    case counts with the centre's own days.
    """
    state, clock = text(case, "state"), case.get("clock")
    if state in _ANSWERED_NEXT:
        again = clock.get("answer_from") if isinstance(clock, Mapping) else None
        return _answer_due_text(again if isinstance(again, str) else text(case, "received_at")[:10])
    if not isinstance(clock, Mapping) or state not in _DUE_IN_CLOCK or clock.get("paused_since"):
        return None
    due = clock.get(_DUE_IN_CLOCK[state])
    return due if isinstance(due, str) else None


_ANSWERED_NEXT = frozenset({CaseState.RECEIVED, CaseState.PRECHECKED})
_DUE_IN_CLOCK: Mapping[str, str] = {
    CaseState.ACCEPTED: "promise_due",
    CaseState.REVIEWING: "promise_due",
    CaseState.SPECIAL_PROCEDURE: "promise_due",
    CaseState.DECIDED: "delivery_due",
    CaseState.FINISHED: "delivery_due",
}
assert all(not is_paused(CaseState(state)) or state == CaseState.SPECIAL_PROCEDURE for state in _DUE_IN_CLOCK), (
    "what is paused has no due day, unless its procedure is none that stops the clock"
)


@lru_cache(maxsize=512)
def _answer_due_text(received_on: str) -> str | None:
    """Filings come by the thousand and on one day: counted once."""
    day = parse_date(received_on)
    return answer_due(day).date.isoformat() if day is not None else None
