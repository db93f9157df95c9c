"""Owns the lights (红黄灯): which clocks of a case, a claim or a device shine how, and the light's own life.

    blue       what is left is a fifth of the days given, or less
    yellow     a working day is left, or a step is over its own days; reason within a working day (预警)
               a correction that does not come, a unit's part that is not answered, a procedure or suspension over the
               day that was told
    red        over the promise, the answer, the delivery, or what was promised for later (警示)
               paused for more than five working days over the day that was told, and nobody told another
    red_plus   over the statutory days, the review's below (43) among them, or the third red of a month at one holder
    unknown    no contact: nothing can be said, and unknown is never red

Laws: a light shines on whoever has to act now, never on the helper for a unit's delay. A light is known by what it is
about and which clock it is, so it is raised once however many look. Days are working days.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from server.domain.calendar import NO_OVERRIDES, working_days_between
from server.domain.cases.clocks import ANSWER_DAYS, DECISION_DAYS, DELIVERY_DAYS, Due, dues, parse_clock
from server.domain.check_context import CheckContext
from server.domain.problems import Problem, problem
from server.domain.record_fields import Fields, check_shapes, parse_date, text
from server.domain.steps import StepTable, step

BLUE_SHARE = 5
"""Blue from a fifth of the days given."""
STEP_DAYS: Mapping[str, int] = {"received": 2, "prechecked": 2, "accepted": 3, "decided": 2}
"""A step's own days, after which it shines though the whole is not due: our own, about a fifth of the usual promise."""
PAUSE_RED_DAYS = 5
"""So long over the day told to the applicant, and nobody told another: as bad as an answer that was not given."""
LAG_YELLOW_DAYS, LAG_RED_DAYS = 1, 3
LAG_SHOWN_DAYS = 10
TOLERANCE_WARNED_DAYS = 2
"""What was promised for later shines from a working day before it is due, however long was given."""
SILENT_DAYS, SILENT_DAYS_WITH_WORK = 5, 3
REDS_MAX = 3
EXPLAIN_DAYS = 1


CASE_CODES = frozenset({"answer", "correction", "delivery", "part", "pause", "promise", "review", "step", "tolerance"})
"""The clocks that `lights_of_case` looks at."""


class Level(StrEnum):
    UNKNOWN = "unknown"
    BLUE = "blue"
    YELLOW = "yellow"
    RED = "red"
    RED_PLUS = "red_plus"


_ORDER = {level: place for place, level in enumerate(Level)}
LEVELS_TOLD = frozenset({Level.YELLOW, Level.RED, Level.RED_PLUS})
"""What a holder must give a reason for."""
_WARNING = frozenset(level.value for level in LEVELS_TOLD)


class LightState(StrEnum):
    LIT = "lit"
    EXPLAINED = "explained"
    CLEARED = "cleared"


_LIT = (LightState.LIT, LightState.EXPLAINED)
_SEEN = ("level", "holder", "due", "number", "count", "told", "watchers")
STEPS: StepTable = {
    "light.raise": step(
        None, LightState.CLEARED, to=LightState.LIT, writes=_SEEN, needs=("place", "about", "about_kind", "code")
    ),
    # Who holds it now, or how bad it is now, has not been explained yet.
    "light.change": step(*_LIT, to=LightState.LIT, writes=_SEEN),
    # One that was red before orders were known; raising and changing issue theirs by themselves.
    "light.order": step(*_LIT, to=None, writes=("told", "watchers")),
    "light.clear": step(*_LIT, to=LightState.CLEARED),
    "light.explain": step(*_LIT, to=LightState.EXPLAINED, needs=("explanation",)),
    "light.escalate": step(*LightState, to=None, needs=("stage", "why")),
}


@dataclass(frozen=True)
class Light:
    """One clock that shines. `code` is answer, promise, tolerance, delivery, correction, pause, part, review,
    step, sync_lag, campaign, returned, look_back or no_contact.
    """

    code: str
    level: Level
    due: date | None = None
    whose: str = ""
    """The unit whose part it is, where that is not the case's holder."""


@dataclass
class Days:
    """Working days from today, counted once for each day that is asked for."""

    today: date
    overrides: Mapping[date, bool] = field(default_factory=lambda: NO_OVERRIDES)
    _left: dict[date, int] = field(default_factory=dict)

    def left(self, due: date) -> int:
        """Working days from today to `due`; negative once it is over."""
        found = self._left.get(due)
        if found is None:
            counted = working_days_between(self.today, due, self.overrides).count
            # A due day on a weekend, looked at the day after: no working day went by, and over it is all the same.
            found = self._left[due] = counted if counted or due >= self.today else -1
        return found


def higher(one: Level, other: Level) -> Level:
    return one if _ORDER[one] >= _ORDER[other] else other


def level_of(due: date, given: int, days: Days) -> Level | None:
    """How a clock of `given` working days shines that is due on that day."""
    left = days.left(due)
    if left < 0:
        return Level.RED
    if left <= 1 < given:
        return Level.YELLOW
    if left < 1:
        return Level.YELLOW  # due today, and given a day or none
    return Level.BLUE if left <= given // BLUE_SHARE else None


def lights_of_case(case: Fields, days: Days) -> tuple[Light, ...]:
    """What shines on a case in its present state; one light a clock."""
    clock = parse_clock(case.get("clock"))
    promised = clock.promise_days if clock is not None else ANSWER_DAYS
    given = {"answer": ANSWER_DAYS, "promise": promised, "delivery": DELIVERY_DAYS, "part": DECISION_DAYS}
    given["review"] = clock.review_days if clock is not None else 0
    found: dict[str, Light] = {}
    for due in dues(case, days.overrides):
        code = "promise" if due.code == "legal" else due.code
        level = level_of(due.day, given.get(due.code, 0) or _given_in_state(case, due, days), days)
        match due.code, level:
            case "legal" | "review", Level.RED:
                level = Level.RED_PLUS
            case "legal", _:
                level = None  # the promise shines before
            case "correction", Level.RED:
                level = Level.YELLOW  # the case lapses; nobody at a desk is late
            case "part", Level.RED:
                level = Level.YELLOW  # a step over its own days; the whole shines on who leads
            case "pause", Level.RED if -days.left(due.day) <= PAUSE_RED_DAYS:
                level = Level.YELLOW  # no statutory time runs, and the holder may still say why
        if level is not None:
            before = found.get(code + due.whose)
            best = level if before is None else higher(level, before.level)
            found[code + due.whose] = Light(code, best, before.due if before is not None else due.day, due.whose)
    if (late := _step_over(case, days)) is not None and not found:
        found[late.code] = late
    return tuple(found.values())


def _given_in_state(case: Fields, due: Due, days: Days) -> int:
    """The days that a correction or a pause was given, from when the case came into its state."""
    since = parse_date(text(case, "state_since")[:10])
    if due.code == "tolerance" or since is None:
        return TOLERANCE_WARNED_DAYS
    return max(0, working_days_between(since, due.day, days.overrides).count)


def _step_over(case: Fields, days: Days) -> Light | None:
    """A step that takes longer than its own days; only where no clock shines already."""
    allowed = STEP_DAYS.get(text(case, "state"))
    since = parse_date(text(case, "state_since")[:10])
    if allowed is None or since is None or -days.left(since) <= allowed:
        return None
    return Light("step", Level.YELLOW)


def light_of_lag(captured_on: date, received_on: date, overrides: Mapping[date, bool] = NO_OVERRIDES) -> Level | None:
    """How long a filing stayed on a phone: a question for help, put to the helper."""
    lag = working_days_between(captured_on, received_on, overrides).count
    if lag > LAG_RED_DAYS:
        return Level.RED
    return Level.YELLOW if lag > LAG_YELLOW_DAYS else None


def light_of_silence(last_contact: date, unsent: int, days: Days) -> Level | None:
    """A device that nobody heard of: unknown, whatever may lie on it."""
    return Level.UNKNOWN if -days.left(last_contact) > (SILENT_DAYS_WITH_WORK if unsent else SILENT_DAYS) else None


def light_of_campaign(start: date, end: date, days: Days) -> Level | None:
    """Claims of a unit that are not handed in."""
    given = working_days_between(start, end, days.overrides).count
    return level_of(end, given, days)


def light_of_day_told(day: date, days: Days) -> Level | None:
    """The day by which a unit was told to put something right: a returned list, or what a look-back found."""
    return level_of(day, TOLERANCE_WARNED_DAYS, days)


def with_repeats(level: Level, reds_before: int) -> Level:
    """`reds_before`: how many reds its holder had this month already."""
    return Level.RED_PLUS if level is Level.RED and reds_before >= REDS_MAX - 1 else level


def warned(light: Fields) -> tuple[str, str]:
    """When it first was yellow or worse, and on whom it shone then; ("", "") when it never was. Said once and for all,
    so that a month's warnings are found again whatever became of them. A light from before this was kept says when it
    came to the level that it has.
    """
    if text(light, "warned_at"):
        return text(light, "warned_at"), text(light, "warned_holder")
    return (text(light, "level_since"), text(light, "holder")) if text(light, "level") in _WARNING else ("", "")


def check_light(fields: Fields, ctx: CheckContext) -> list[Problem]:
    found = check_shapes("light", fields)
    if found:
        return found
    if text(fields, "state") not in LightState.__members__.values():
        found.append(problem("state_unknown", "state", value=text(fields, "state")))
    if text(fields, "level") not in Level.__members__.values():
        found.append(problem("value_unknown", "level", label="级别", value=text(fields, "level")))
    return found
