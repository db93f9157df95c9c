"""Opens a task for the desk when promised materials or a correction did not come in time.

Laws: the case is not ended from here. Whether force majeure lengthens the time is a person's to judge
(case.tolerance_fail); a correction has days of grace after this task (server/actions/end_what_lapsed.py). One task for
a case and a day that passed, whoever looks and how often: its id follows from both. Only what is over its day is looked
at, along an index.
"""

from __future__ import annotations

from datetime import date

from server.actions.centre_writes import write_edits
from server.actions.desk_change import DeskEdit
from server.actions.platform import Platform
from server.domain.cases.lifecycle import CaseState
from server.domain.cases.tolerance import is_overdue
from server.domain.people.reach import place_holder
from server.domain.record_fields import Fields, parse_date, text
from server.domain.supervision.tasks import TaskCode
from server.merge_policies.judging import china_day
from server.storage.records import place_of
from server.storage.unit_of_work import Row
from sync.core.codec import read_fields
from sync.core.ids import derived_id

PAGE = 200
_CASES = """SELECT id, due, body FROM cases WHERE due > '' AND due < ? AND (due, id) > (?, ?)
            ORDER BY due, id LIMIT ?"""
_THERE = "SELECT id FROM tasks WHERE id IN (?*)"
_SAID = {
    TaskCode.PROMISE_OVERDUE: "容缺材料逾期未补交：请联系申请人，确有不可抗力的办理延期，否则按容缺失信处理。"
    " Promised materials did not come in time: ask the applicant; extend for force majeure, else end the case.",
    TaskCode.CORRECTION_OVERDUE: "逾期未补正：请再联系申请人一次，仍不补正的按视为撤回申请办理。"
    " The correction did not come in time: ask the applicant once more, then let the case lapse.",
}


async def open_overdue(platform: Platform) -> int:
    """How many tasks were opened."""
    today, opened, after = china_day(platform.clock.wall_ms()), 0, ("", "")
    while True:
        async with platform.database.read() as snapshot:
            rows = await snapshot.fetch(_CASES, [today.isoformat(), *after, PAGE])
            wanted = dict(one for row in rows if (one := _task_for(platform, row, today)) is not None)
            there = {row[0] for row in await snapshot.fetch(_THERE, [list(wanted)])} if wanted else set()
        edits = [
            (str(fields["place"]), DeskEdit(kind="task", record=task, name="task.open", fields=fields))
            for task, fields in wanted.items()
            if task not in there
        ]
        opened += await write_edits(platform, edits)
        if len(rows) < PAGE:
            return opened
        after = (rows[-1][1], rows[-1][0])


def _task_for(platform: Platform, row: Row, today: date) -> tuple[str, dict[str, object]] | None:
    case, _, body = row
    fields: Fields = read_fields(platform.sealing.open(place_of("cases", case), bytes(body)))
    due = _passed(fields, today)
    if due is None:
        return None
    code, day = due
    village, holder = text(fields, "village"), text(fields, "holder")
    # A returned case waits for its helper; the task is for the desk that asked.
    desk = place_holder(village) if not holder or holder.startswith("account:") else holder
    task = {"place": village, "code": code.value, "about": case, "about_kind": "case", "holder": desk}
    return derived_id("task", code, case, day), {**task, "text": _SAID[code]}


def _passed(case: Fields, today: date) -> tuple[TaskCode, str] | None:
    """What is over its day, and which day that was."""
    state, tolerance, correction = text(case, "state"), case.get("tolerance"), case.get("correction")
    if state == CaseState.TO_CORRECT and isinstance(correction, dict):
        due = parse_date(correction.get("due"))
        return (TaskCode.CORRECTION_OVERDUE, due.isoformat()) if due is not None and today > due else None
    if isinstance(tolerance, dict) and is_overdue(case, today):
        return TaskCode.PROMISE_OVERDUE, text(tolerance, "due")
    return None
