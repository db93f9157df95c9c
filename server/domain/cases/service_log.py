"""Owns the service log (服务记录): that someone was helped, how, and when to come back.

Law: it holds no track, no ranking and no photo of a home; minutes are for the town's planning, never a score.
"""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum

from server.domain.check_context import CheckContext
from server.domain.problems import Problem, problem
from server.domain.record_fields import Fields, check_shapes, integer, parse_date, text

MINUTES_MAX = 24 * 60
FOLLOW_UP_DAYS_MAX = 366


class ServiceKind(StrEnum):
    ADVICE = "advice"
    PREPARE = "prepare"
    FILE = "file"
    HOME = "home"
    DELIVER = "deliver"
    REFUSE = "refuse"


def check_service_log(fields: Fields, ctx: CheckContext) -> list[Problem]:
    found = check_shapes("service_log", fields)
    if found:
        return found
    kind = text(fields, "kind")
    if kind not in ServiceKind.__members__.values():
        found.append(problem("value_unknown", "kind", label="方式", value=kind))
    if not 0 <= integer(fields, "minutes") <= MINUTES_MAX:
        found.append(problem("minutes_range", "minutes", limit=MINUTES_MAX))
    if kind == ServiceKind.REFUSE and not (text(fields, "outcome") or text(fields, "note")):
        found.append(problem("refusal_reason", "outcome"))
    return found + _check_follow_up(fields, ctx)


def _check_follow_up(fields: Fields, ctx: CheckContext) -> list[Problem]:
    """Looked at once, when written: a day that has passed since is no mistake."""
    day = parse_date(fields.get("follow_up"))
    if day is None or ctx.before is not None:
        return []
    if ctx.visit_day <= day <= ctx.visit_day + timedelta(days=FOLLOW_UP_DAYS_MAX):
        return []
    return [problem("follow_up_order", "follow_up")]
