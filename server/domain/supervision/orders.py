"""Owns the supervision order (督办单): what a red light asks of whoever has to act, and who checks what they say.

An order is a task of its own code. Laws: a light has one each time it comes up, issued when it is first red and however
bad it becomes; it goes with what the light is about to whoever has to act now. One answer serves the light and its
order. It is answered before it is checked, and checked by a supervisor who did not answer it. It accuses nobody.
"""

from __future__ import annotations

from server.domain.people.roles import Role
from server.domain.problems import Problem, problem
from server.domain.record_fields import Fields, text
from server.domain.supervision.lights import Level
from server.domain.supervision.tasks import TaskCode, TaskState

ORDERED = frozenset({Level.RED, Level.RED_PLUS})
"""From which levels an order is issued."""
CHECKERS = frozenset({Role.COUNTY_SUPERVISOR, Role.CITY_SUPERVISOR})


def is_order(task: Fields) -> bool:
    return text(task, "code") == TaskCode.SUPERVISION_ORDER


def check_order_closing(task: Fields, role: str) -> list[Problem]:
    """What closing an order needs beyond what closing any task does."""
    if not is_order(task):
        return []
    if role not in CHECKERS:
        return [problem("order_check", "state")]
    return [problem("order_unanswered", "state")] if text(task, "state") == TaskState.OPEN else []
