"""Owns a case's clocks (时限): what is due when, in working days, from the statutes and the item's own days.

    answer     on the spot or within 5 working days, one complete list; later it counts as accepted from receipt (32-4)
    legal      20 working days from acceptance, 10 more with approval and notice (42); jointly 45 and 15 (42-2)
    review     20 working days from acceptance for the authority below, where it reviews first and one above decides,
               unless another law says other (43): its item names the days. Who decides has the legal days from the day
               the case was passed up
    promise    the item's own days, never later than the legal ones
    delivery   10 working days after the decision (44)
    excluded   hearing, tender, auction, inspection, test, quarantine, appraisal, expert review, told in writing (45)
    pause      while the legal clock stands still its holder has a day of their own: the one told to the applicant
               (45 wants the time needed told), else some working days after which somebody looks again

The articles are of the Administrative Licensing Law (行政许可法); other items follow by analogy unless they say other,
as those do whose days are calendar days (自然日, unit Z): then all days count, and the last is a working day.
Laws: the day of the event is day 0 (82: working days, no holidays). What is counted over a year whose calendar has not
been announced is provisional, and says so. A promise is never due after the law's own day, whatever each counts in.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date
from functools import lru_cache

from server.domain.calendar import (
    CALENDAR_DAYS,
    NO_OVERRIDES,
    WorkingDay,
    add_calendar_days,
    add_working_days,
    working_days_between,
)
from server.domain.cases.lifecycle import CaseState, parse_state
from server.domain.record_fields import Fields, groups, integer, parse_date, text

ANSWER_DAYS = 5
DECISION_DAYS = 20
DECISION_DAYS_JOINT = 45
EXTENSION_DAYS_MAX = 10
EXTENSION_DAYS_MAX_JOINT = 15
DELIVERY_DAYS = 10
CORRECTION_DAYS = 15
"""Where a return names no day: our own, after it somebody asks the applicant again. It ends nothing (check_lapse)."""
PAUSE_DAYS = 10
"""Where nobody said how long a procedure or a suspension takes: our own, after it somebody looks again."""

Overrides = Mapping[date, bool]


@dataclass(frozen=True, kw_only=True)
class CaseClock:
    """The clock from acceptance on. Days are working days, or calendar days where `legal_calendar` and
    `promise_calendar` say so. `paused_days` are working days away, `paused_calendar` all days. `deemed`: accepted by
    lapse of the answer's time.
    """

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
    legal_calendar: bool = False
    promise_calendar: bool = False
    paused_calendar: int = 0
    review_days: int = 0
    """Of the authority below, 0 where nobody reviews first; working days, which no extension lengthens (43)."""
    review_due: date | None = None
    passed_on: date | None = None
    paused_before: int = 0
    paused_calendar_before: int = 0
    """How long the clock had stood when it was passed up: that is not the decision's time."""

    @property
    def is_below(self) -> bool:
        """Whether the authority below has still to finish its review."""
        return self.review_days > 0 and self.passed_on is None

    def as_value(self) -> dict[str, object]:
        """The group that the case's computed field `clock` holds; what says nothing is left out."""
        told = {name: value.isoformat() if isinstance(value, date) else value for name, value in asdict(self).items()}
        return {name: value for name, value in told.items() if value not in (None, False)}


@dataclass(frozen=True)
class Due:
    """Something to be done by a day: `code` is answer, correction, pause, part, review, legal, promise, tolerance or
    delivery.
    `whose`: the unit that has to, where that is not the case's holder.
    """

    code: str
    day: date
    provisional: bool = False
    whose: str = ""


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
        legal_calendar=value.get("legal_calendar") is True,
        promise_calendar=value.get("promise_calendar") is True,
        paused_calendar=integer(value, "paused_calendar"),
        review_days=integer(value, "review_days"),
        review_due=parse_date(value.get("review_due")),
        passed_on=parse_date(value.get("passed_on")),
        paused_before=integer(value, "paused_before"),
        paused_calendar_before=integer(value, "paused_calendar_before"),
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
    legal_calendar = not joint and bool(integer(item, "legal_days")) and counts_all_days(item, "legal_days_unit")
    promise, promise_calendar = legal, legal_calendar
    if "promise_days" in item:
        promise, promise_calendar = integer(item, "promise_days"), counts_all_days(item, "promise_days_unit")
    started = received_on if deemed else accepted_on
    clock = CaseClock(
        started=started,
        legal_days=legal,
        promise_days=min(promise, legal) if promise_calendar is legal_calendar else promise,
        legal_due=started,
        promise_due=started,
        joint=joint,
        deemed=deemed,
        legal_calendar=legal_calendar,
        promise_calendar=promise_calendar,
        review_days=max(0, integer(item, "review_days")),
    )
    return _counted(clock, overrides)


def counts_all_days(item: Fields, unit: str) -> bool:
    """Whether the item's days of that unit's field are calendar days."""
    return text(item, unit) == CALENDAR_DAYS


def pause(clock: CaseClock, on: date) -> CaseClock:
    """Time from that day on is not counted (45)."""
    return clock if clock.paused_since else replace(clock, paused_since=on)


def resume(clock: CaseClock, on: date, overrides: Overrides = NO_OVERRIDES) -> CaseClock:
    """Counts on: the days after the pause began, up to and with this one, are added to every due day."""
    if clock.paused_since is None:
        return clock
    away = working_days_between(clock.paused_since, on, overrides)
    all_days = max(0, (on - clock.paused_since).days) if clock.legal_calendar or clock.promise_calendar else 0
    resumed = replace(
        clock,
        paused_since=None,
        paused_days=clock.paused_days + max(0, away.count),
        paused_calendar=clock.paused_calendar + all_days,
    )
    return _counted(resumed, overrides)


def pass_up(clock: CaseClock, on: date, overrides: Overrides = NO_OVERRIDES) -> CaseClock:
    """The review below is finished: who decides has the law's days from here on (42, 43)."""
    passed = replace(clock, passed_on=on, paused_before=clock.paused_days, paused_calendar_before=clock.paused_calendar)
    return _counted(passed, overrides)


def extend(clock: CaseClock, days: int, overrides: Overrides = NO_OVERRIDES) -> CaseClock:
    return _counted(replace(clock, extended_days=clock.extended_days + days), overrides)


def extension_days_max(clock: CaseClock) -> int:
    return EXTENSION_DAYS_MAX_JOINT if clock.joint else EXTENSION_DAYS_MAX


def decided(clock: CaseClock, on: date, overrides: Overrides = NO_OVERRIDES) -> CaseClock:
    """The clock after the decision: what is left is to deliver it."""
    due = add_working_days(on, DELIVERY_DAYS, overrides)
    return replace(clock, delivery_due=due.date, provisional=clock.provisional or due.provisional)


def _counted(clock: CaseClock, overrides: Overrides) -> CaseClock:
    promise = _last_day(clock, clock.started, clock.promise_days, clock.promise_calendar, overrides)
    review, begins, clock_of_law = None, clock.started, clock
    if clock.review_days:
        review = add_working_days(clock.started, clock.review_days + clock.paused_days, overrides)
        if clock.passed_on is None:
            # At the latest the decision's time begins when the review's is over, whatever stood still before.
            begins, clock_of_law = review.date, replace(clock, paused_days=0, paused_calendar=0)
        else:
            begins, clock_of_law = clock.passed_on, _since_passed(clock)
    legal = _last_day(clock_of_law, begins, clock.legal_days, clock.legal_calendar, overrides)
    return replace(
        clock,
        review_due=(review.date if clock.passed_on is None else clock.review_due) if review is not None else None,
        legal_due=legal.date,
        promise_due=min(promise.date, legal.date),
        provisional=legal.provisional or promise.provisional or (review is not None and review.provisional),
    )


def _since_passed(clock: CaseClock) -> CaseClock:
    return replace(
        clock,
        paused_days=clock.paused_days - clock.paused_before,
        paused_calendar=clock.paused_calendar - clock.paused_calendar_before,
    )


def _last_day(clock: CaseClock, begins: date, days: int, is_calendar: bool, overrides: Overrides) -> WorkingDay:
    if is_calendar:
        return add_calendar_days(begins, days + clock.paused_calendar + clock.extended_days, overrides)
    return add_working_days(begins, days + clock.paused_days + clock.extended_days, overrides)


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
            found += _said_or_counted("correction", case, "correction", "due", CORRECTION_DAYS, overrides)
        case CaseState.ACCEPTED | CaseState.REVIEWING | CaseState.SPECIAL_PROCEDURE | CaseState.SUSPENDED:
            found += _open_tolerance(case)
            if clock is not None and clock.paused_since is None:
                found.append(Due("promise", clock.promise_due, clock.provisional))
                if clock.is_below and clock.review_due is not None:
                    found.append(Due("review", clock.review_due, clock.provisional))
                found.append(Due("legal", clock.legal_due, clock.provisional))
                found += _open_parts(case)
            if (said := _PAUSED_BY.get(state)) is not None:
                stopped = clock is None or clock.paused_since is not None
                found += _said_or_counted("pause", case, said, "until", PAUSE_DAYS if stopped else 0, overrides)
        case CaseState.DECIDED | CaseState.FINISHED:
            if clock is not None and clock.delivery_due is not None:
                found.append(Due("delivery", clock.delivery_due, clock.provisional))
    return tuple(sorted(found, key=lambda due: due.day))


_PAUSED_BY: Mapping[CaseState, str] = {CaseState.SPECIAL_PROCEDURE: "special", CaseState.SUSPENDED: "suspension"}
"""Where the step that led there wrote how long it takes. Without it, a procedure that stops no clock has no day."""


def _said_or_counted(
    code: str, case: Fields, group: str, name: str, days: int, overrides: Overrides
) -> tuple[Due, ...]:
    """The day that a step named, else so many working days from when the case came into its state; none for no days."""
    said = case.get(group)
    if isinstance(said, Mapping) and (day := parse_date(said.get(name))) is not None:
        return (Due(code, day),)
    since = parse_date(text(case, "state_since")[:10])
    if since is None or not days:
        return ()
    counted = add_working_days(since, days, overrides)
    return (Due(code, counted.date, counted.provisional),)


def _open_parts(case: Fields) -> tuple[Due, ...]:
    """What each unit of a joint handling has still to answer (server/domain/cases/joint.py)."""
    return tuple(
        Due("part", day, whose=text(part, "unit"))
        for part in groups(case, "parts")
        if not (part.get("answered_on") or part.get("dropped_on")) and (day := parse_date(part.get("due"))) is not None
    )


def _open_tolerance(case: Fields) -> tuple[Due, ...]:
    tolerance = case.get("tolerance")
    if not isinstance(tolerance, Mapping) or not tolerance.get("materials"):
        return ()
    day = parse_date(tolerance.get("due"))
    return () if day is None else (Due("tolerance", day),)


def due_column(case: Fields) -> str | None:
    """The first day by which anybody must act, as the column along which desks' queues and the schedule look: to
    answer, to bring a correction or what was promised, to go on, to decide as promised, to deliver. None when it is
    over. The announced calendar alone counts here; the page of one case counts with the centre's own days.
    """
    if text(case, "state") not in _ANSWERED_NEXT:
        return next((due.day.isoformat() for due in dues(case)), None)
    clock = case.get("clock")
    again = clock.get("answer_from") if isinstance(clock, Mapping) else None
    return _answer_due_text(again if isinstance(again, str) else text(case, "received_at")[:10])


_ANSWERED_NEXT = frozenset({CaseState.RECEIVED, CaseState.PRECHECKED})


@lru_cache(maxsize=512)
def _answer_due_text(received_on: str) -> str | None:
    """Filings come by the thousand and on one day: counted once."""
    day = parse_date(received_on)
    return answer_due(day).date.isoformat() if day is not None else None
