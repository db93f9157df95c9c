"""Owns the six stages of escalation (黄灯预警→红灯警示→督查督办→通报约谈→目标考核→责任追究).

Laws: a stage is never skipped and never taken back; who, when and why stand beside each. The clock takes the first two
by itself; from the third on a supervisor does, with a reason in words. No stage follows from a number alone.
"""

from __future__ import annotations

from enum import StrEnum

from server.domain.problems import Problem, problem
from server.domain.record_fields import Fields, groups, text
from server.domain.supervision.lights import Level


class Stage(StrEnum):
    WARN = "warn"  # 预警
    CAUTION = "caution"  # 警示
    SUPERVISE = "supervise"  # 督办
    TALK = "talk"  # 通报约谈
    ASSESS = "assess"  # 考核
    ACCOUNT = "account"  # 追责


_ORDER = tuple(Stage)
BY_CLOCK = {Level.YELLOW: Stage.WARN, Level.RED: Stage.CAUTION, Level.RED_PLUS: Stage.CAUTION}


def stage_by_clock(level: Level, before: Stage | None) -> Stage | None:
    """The stage after a light took this level; never lower than before."""
    reached = BY_CLOCK.get(level)
    if reached is None or (before is not None and _ORDER.index(before) >= _ORDER.index(reached)):
        return before
    return reached


def parse_stage(value: object) -> Stage | None:
    return Stage(value) if isinstance(value, str) and value in Stage.__members__.values() else None


def check_escalation(before: Fields, wanted: str) -> list[Problem]:
    """Only the next stage may be taken, and not before the second."""
    now, after = parse_stage(before.get("stage")), parse_stage(wanted)
    if after is None:
        return [problem("value_unknown", "stage", label="督办阶段", value=wanted)]
    if now is None or _ORDER.index(after) != _ORDER.index(now) + 1 or after in BY_CLOCK.values():
        return [problem("state_step", "stage", before=now or "none", after=after)]
    return []


def stage_noted(light: Fields, stage: Stage, *, at: str, by: str, why: str) -> list[Fields]:
    """The record of all stages with this one added."""
    return [*groups(light, "steps"), {"stage": stage.value, "at": at, "by": by, "why": why}]


def next_stage(light: Fields) -> Stage | None:
    """What a supervisor may take it to now."""
    now = parse_stage(text(light, "stage"))
    if now is None or now is Stage.WARN or now is Stage.ACCOUNT:
        return None
    return _ORDER[_ORDER.index(now) + 1]
