"""Owns the task (任务): something a named holder must do by a working day, explain, and have closed.

Laws: open → explained → closed, and nothing leads back. Who explained does not close. Its text names no person: it
may be read by everybody at the desks of its place.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import StrEnum

from server.domain.calendar import NO_OVERRIDES, add_working_days
from server.domain.check_context import CheckContext
from server.domain.people.masking import mask_text
from server.domain.people.reach import place_holder
from server.domain.problems import Problem, problem
from server.domain.record_fields import Fields, check_shapes, integer, parse_date, text
from server.domain.steps import StepTable, step

DAYS_MAX = 60
DAYS_DEFAULT = 5
OBJECTION_DAYS = 3
"""Working days after a bulletin was frozen in which an office may object to it."""


class TaskState(StrEnum):
    OPEN = "open"
    EXPLAINED = "explained"
    CLOSED = "closed"


class TaskCode(StrEnum):
    """The tasks that the centre itself knows; a person may open one of any other code."""

    BAD_RATING = "bad_rating"  # 差评核实整改
    REVOCATION_ASKED = "revocation_asked"  # 居民在网页请求撤回同意，待回电核实
    CONSENT_REVOKED = "consent_revoked"  # 同意已撤回，停止未办理的处理
    PARCEL_LOST = "parcel_lost"  # 邮件无进展或退回
    PROMISE_OVERDUE = "promise_overdue"  # 容缺材料逾期未补
    CORRECTION_OVERDUE = "correction_overdue"  # 逾期未补正
    JOINT_PART = "joint_part"  # 联办单位答复
    LICENCE_EXPIRED = "licence_expired"  # 受理后证照过期，核对是否影响决定
    BULLETIN_OBJECTION = "bulletin_objection"  # 对通报的异议
    BULLETIN_HELP = "bulletin_help"  # 通报靠后，只告知本处并提供帮助
    SUPERVISION_ORDER = "supervision_order"  # 督办单：红灯一次一单（orders.py）


NOT_ASKED = "not_asked"
"""What a desk opens when a resident, called back, says that they did not ask for the filing."""

OPENED_BY_CENTRE = frozenset(TaskCode) - {TaskCode.BULLETIN_OBJECTION} | {"call_back", "limit_account"}
"""What such a task says, and that there is one, follows from what happened: nobody opens it by hand."""

# The working days given by code: domain rules, the first from the rating regulations, the others ours.
DAYS_GIVEN: Mapping[str, int] = {
    TaskCode.BAD_RATING: 15,
    TaskCode.REVOCATION_ASKED: 1,
    TaskCode.CONSENT_REVOKED: 1,
    TaskCode.PARCEL_LOST: 3,
    TaskCode.PROMISE_OVERDUE: 3,
    TaskCode.CORRECTION_OVERDUE: 3,
    TaskCode.JOINT_PART: 20,
    TaskCode.LICENCE_EXPIRED: 3,
    TaskCode.BULLETIN_OBJECTION: 3,
    TaskCode.BULLETIN_HELP: 10,
    TaskCode.SUPERVISION_ORDER: 3,
    NOT_ASKED: 3,
}

FINDINGS = frozenset({"done", "well_founded", "unfounded", "unreachable"})

STEPS: StepTable = {
    "task.open": step(
        None, to=TaskState.OPEN, writes=("holder", "days"), needs=("place", "code", "about", "about_kind", "text")
    ),
    "task.pass": step(TaskState.OPEN, to=None, needs=("holder",)),
    "task.explain": step(TaskState.OPEN, TaskState.EXPLAINED, to=TaskState.EXPLAINED, needs=("explanation",)),
    "task.close": step(
        TaskState.OPEN, TaskState.EXPLAINED, to=TaskState.CLOSED, writes=("finding_note",), needs=("finding",)
    ),
}


def check_task(fields: Fields, ctx: CheckContext) -> list[Problem]:
    found = check_shapes("task", fields)
    if found:
        return found
    if text(fields, "state") not in TaskState.__members__.values():
        return [problem("state_unknown", "state", value=text(fields, "state"))]
    if not 0 <= integer(fields, "days") <= DAYS_MAX:
        found.append(problem("value_unknown", "days", label="期限", value=integer(fields, "days")))
    if (finding := text(fields, "finding")) and finding not in FINDINGS:
        found.append(problem("value_unknown", "finding", label="结论", value=finding))
    if mask_text(text(fields, "text"), land_lines=False) != text(fields, "text"):
        found.append(problem("notice_unmasked", "text"))
    return found


def check_opening(code: str, *, by_centre: bool) -> list[Problem]:
    """Whether whoever opens it may open one of this code."""
    return [problem("task_code", "code", value=code)] if code in OPENED_BY_CENTRE and not by_centre else []


def check_closing(task: Fields, account: str) -> list[Problem]:
    """Whether this account may close the task as it stands."""
    return [problem("task_own", "state")] if text(task, "explained_by") == account else []


def check_told(task: Fields) -> list[Problem]:
    """What came of a bad rating, and of calling the resident back, is said in words when it is closed."""
    untold = text(task, "code") == TaskCode.BAD_RATING and not text(task, "finding_note").strip()
    return [problem("call_back_untold", "finding_note")] if untold else []


def check_objection(bulletin: Fields | None, on: date, overrides: Mapping[date, bool] = NO_OVERRIDES) -> list[Problem]:
    """Whether it may still be objected to: a draft always, a frozen one for the days given, a corrected one never."""
    if bulletin is None:
        return [problem("record_absent", "about")]
    state, frozen = text(bulletin, "state"), parse_date(text(bulletin, "frozen_at")[:10])
    in_time = frozen is not None and on <= add_working_days(frozen, OBJECTION_DAYS, overrides).date
    if state == "draft" or (state == "frozen" and in_time):
        return []
    return [problem("objection_late", "about", days=OBJECTION_DAYS)]


def due_day(
    code: str, days: int, opened_on: date, overrides: Mapping[date, bool] = NO_OVERRIDES, default: int = DAYS_DEFAULT
) -> date:
    """The last day: `days` working days when they are given, else those of the code."""
    return add_working_days(opened_on, days or DAYS_GIVEN.get(code, default), overrides).date


def open_task(
    code: TaskCode,
    *,
    place: str,
    about: str,
    about_kind: str,
    said: str,
    opened_on: date,
    at: str,
    holder: str = "",
    overrides: Mapping[date, bool] = NO_OVERRIDES,
) -> dict[str, object]:
    """The record of a task that the centre puts beside a change; `at` is the moment as text."""
    return {
        "place": place,
        "code": code.value,
        "about": about,
        "about_kind": about_kind,
        "text": mask_text(said, land_lines=False),
        "holder": holder or place_holder(place),
        "due": due_day(code, 0, opened_on, overrides).isoformat(),
        "state": TaskState.OPEN.value,
        "opened_at": at,
    }
