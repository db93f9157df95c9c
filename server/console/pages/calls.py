"""Residents to be called back: the list without them, and one call with the number, what to ask and what was said.

Laws: a number is shown once its look is logged, with a reason where the law wants one. What the resident says is
recorded as a rating by call; that they did not ask for the filing opens a task, and changes nothing by itself.
"""

from __future__ import annotations

from collections.abc import Sequence

from starlette.responses import RedirectResponse, Response

from server.actions.find_rating import find_rating
from server.actions.list_followup import list_call_backs
from server.actions.refusals import NotFound
from server.actions.show_case import CasePage, show_case
from server.actions.take_step import read_record
from server.actions.tell_names import case_lines, names_of
from server.console import followup_words as words
from server.console.followup_forms import RATING_CALL
from server.console.looking import reason_of_look
from server.console.record_pages import LINES, Told, after_of, say_step
from server.console.render import page
from server.console.step_forms import StepForm, fields_from
from server.console.visit import Visit
from server.domain.cases.ratings import RATED_STATES
from server.domain.people.roles import may_change, may_read
from server.domain.record_fields import integer, text
from server.domain.supervision.tasks import NOT_ASKED, TaskState
from sync.core.ids import derived_id

BASE = "/console/calls"
NOT_ASKED_FORM = StepForm("task.not_asked", ("居民说没有申请过", "The resident did not ask for it"), grave=True)
_NOT_ASKED_TEXT = (
    "回访时居民表示没有申请这件事：请核实是谁办的、怎样办的，并把结果告诉居民。"
    " Called back, the resident did not ask for this filing: find out how it came about, and tell the resident."
)


async def show(visit: Visit) -> Response:
    """`?after=` the row before."""
    platform = visit.console.platform
    found = await list_call_backs(platform, visit.account, after=after_of(visit), limit=LINES + 1)
    rows = found[:LINES]
    lines = await case_lines(platform, visit.account, [row.id for row in rows])
    return page(
        visit,
        "calls.html",
        rows=rows,
        more=f"{rows[-1].finished_at}~{rows[-1].id}" if len(found) > LINES else "",
        items={line.id: line.item_name for line in lines},
        names=await names_of(platform, [f"place:{row.place}" for row in rows]),
        finished=visit.request.query_params.get("done", ""),
    )


async def show_one(visit: Visit) -> Response:
    """Where the law asks why, a page asks first."""
    return await _page(visit)


async def _page(visit: Visit, *, tried: str = "", problems: Sequence[Told] = (), status: int = 200) -> Response:
    record, reason = visit.request.path_params["id"], reason_of_look(visit)
    case = await _case(visit, record, reason)
    platform = visit.console.platform
    rating = (await find_rating(platform, record)).standing
    disowned = await read_record(platform, "task", _task_id(record))
    sample = await read_record(platform, "task", derived_id("task", "call_back", record))
    return page(
        visit,
        "call.html",
        status=status,
        case=case,
        fields=case.record.fields,
        base=f"{BASE}/{record}",
        forms=_forms(visit, case, settled=rating is not None or disowned is not None),
        reason=reason,
        tried=tried,
        problems=problems,
        posted=visit.form,
        rating=rating,
        grade=str(integer(rating.fields, "grade")) if rating is not None else "",
        disowned=disowned,
        sample=sample if sample is not None and text(sample.fields, "state") != TaskState.CLOSED else None,
        words=words,
    )


async def _case(visit: Visit, record: str, reason: str) -> CasePage:
    """Only what can be rated, or was: an open case's resident is not called from here."""
    case = await show_case(visit.console.platform, visit.account, record, reason, unmasked=bool(visit.unmask))
    if text(case.record.fields, "state") not in RATED_STATES or not may_read(visit.role, "rating"):
        raise NotFound("no case to call back about")
    return case


def _task_id(case: str) -> str:
    """A filing is disowned once."""
    return derived_id("task", NOT_ASKED, case)


def _forms(visit: Visit, case: CasePage, *, settled: bool) -> list[tuple[str, StepForm]]:
    """(last part of the address, form): none once there is an answer."""
    if settled:
        return []
    found = []
    if may_change(visit.role, RATING_CALL.step):
        found.append(("rate", RATING_CALL))
    if may_change(visit.role, "task.open"):
        found.append(("not-asked", NOT_ASKED_FORM))
    return found


async def rate(visit: Visit) -> Response:
    """POST /calls/{id}/rate"""
    record = visit.request.path_params["id"]
    case = await _case(visit, record, reason_of_look(visit))
    rating = await find_rating(visit.console.platform, record)
    fields = {
        **fields_from(RATING_CALL, visit.form),
        "case": record,
        "place": text(case.record.fields, "village"),
        **rating.names,
    }
    problems = await say_step(visit, "rating", rating.record, RATING_CALL.step, fields)
    if not problems:
        return RedirectResponse(f"{BASE}?done=rate", 303)
    return await _page(visit, tried=RATING_CALL.step, problems=problems, status=409)


async def disown(visit: Visit) -> Response:
    """POST /calls/{id}/not-asked"""
    record = visit.request.path_params["id"]
    case = await _case(visit, record, reason_of_look(visit))
    fields = {
        "place": text(case.record.fields, "village"),
        "code": NOT_ASKED,
        "about": record,
        "about_kind": "case",
        "text": _NOT_ASKED_TEXT,
    }
    problems = await say_step(visit, "task", _task_id(record), "task.open", fields)
    if not problems:
        return RedirectResponse(f"{BASE}?done=not-asked", 303)
    return await _page(visit, tried=NOT_ASKED_FORM.step, problems=problems, status=409)
