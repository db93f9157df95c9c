"""Tasks with a last day: the list by that day, and a task with what it is about, what was said, and what can be done.

Laws: who explained a task is not offered to close it. A task's text names no person; what it is about is opened by
itself, with its own look.
"""

from __future__ import annotations

from collections.abc import Sequence

from starlette.responses import Response

from server.actions.list_followup import list_tasks
from server.actions.print_order import number_of, order_sheet
from server.actions.tell_names import holders_around, names_of
from server.console import followup_words as words
from server.console.followup_forms import TASK_FORMS
from server.console.navigation import PEOPLE, readers
from server.console.record_pages import (
    LINES,
    Told,
    after_of,
    done,
    form_asked,
    forms_now,
    open_record,
    record_page,
    seen_state,
    try_step,
)
from server.console.render import page
from server.console.step_forms import StepForm, with_choices
from server.console.visit import Visit
from server.domain.record_fields import Fields, text
from server.domain.supervision import tasks
from server.domain.supervision.orders import CHECKERS, check_order_closing, is_order
from server.merge_policies.judging import china_day
from sync.central.known import Record

BASE = "/console/tasks"


async def show(visit: Visit) -> Response:
    """`?due=today` for what is due by today, `?only=orders` the supervision orders, `?after=` the row before."""
    platform, today = visit.console.platform, china_day(visit.console.now()).isoformat()
    is_due = visit.request.query_params.get("due") == "today"
    only_orders = visit.request.query_params.get("only") == "orders"
    found = await list_tasks(
        platform,
        visit.account,
        upto=today if is_due else "9",
        after=after_of(visit),
        limit=LINES + 1,
        orders=only_orders,
    )
    rows = found[:LINES]
    holders = [holder for row in rows for holder in (row.holder, f"place:{row.place}")]
    return page(
        visit,
        "tasks.html",
        rows=rows,
        more=f"{rows[-1].due}~{rows[-1].id}" if len(found) > LINES else "",
        is_due=is_due,
        only_orders=only_orders,
        today=today,
        names=await names_of(platform, holders),
        words=words,
    )


async def show_one(visit: Visit) -> Response:
    return await _page(visit, await open_record(visit, "task"))


async def _page(
    visit: Visit, task: Record, *, tried: str = "", problems: Sequence[Told] = (), status: int = 200
) -> Response:
    return await record_page(
        visit,
        "task.html",
        task,
        forms=await _forms(visit, task),
        every=TASK_FORMS,
        base=f"{BASE}/{task.id}",
        tried=tried,
        problems=problems,
        status=status,
        about_path=about_path(visit, task.fields),
        is_own=bool(tasks.check_closing(task.fields, visit.account.id)),
        order_number=number_of(task.id, task.fields) if is_order(task.fields) else "",
        waits_for=_waits_for(visit, task.fields),
        words=words,
    )


async def _forms(visit: Visit, task: Record) -> list[StepForm]:
    forms = forms_now(visit, tasks.STEPS, TASK_FORMS, task)
    around = await holders_around(visit.console.platform, text(task.fields, "place"))
    choices = {holder: (name, name) for holder, name in around.items() if holder != text(task.fields, "holder")}
    return [
        with_choices(form, "holder", choices)
        for form in forms
        if form.step != "task.close" or not _barred(visit, task.fields)
    ]


def _barred(visit: Visit, task: Fields) -> bool:
    """Whether this account may not close it as it stands."""
    return bool(tasks.check_closing(task, visit.account.id) or check_order_closing(task, visit.role))


def _waits_for(visit: Visit, task: Fields) -> str:
    """Whose turn it is with an order: "answer", "check", or "" where that says nothing to who looks."""
    if not is_order(task) or text(task, "state") == tasks.TaskState.CLOSED:
        return ""
    if text(task, "state") == tasks.TaskState.OPEN:
        return "answer"
    return "check" if visit.role not in CHECKERS else ""


async def show_sheet(visit: Visit) -> Response:
    """GET /tasks/{id}/sheet: an order to print and sign."""
    order = visit.request.path_params["id"]
    sheet = await order_sheet(visit.console.platform, visit.account, order)
    name = f"order-{order[:6]}.pdf"
    headers = {"cache-control": "no-store", "content-disposition": f'attachment; filename="{name}"'}
    return Response(sheet, media_type="application/pdf", headers=headers)


def about_path(visit: Visit, task: Fields) -> str:
    """Where what the task is about can be seen; "" when there is no page for this role."""
    about = text(task, "about")
    match text(task, "about_kind"):
        case "case" if text(task, "code") == "call_back" and visit.role in readers("rating"):
            return f"/console/calls/{about}"
        case "case":
            return f"/console/desk/{about}"
        case "light" if visit.role in readers("light"):
            return f"/console/lights/{about}"
        case "consent":
            return f"/console/consents/{about}"
        case "rating" if visit.role in readers("rating"):
            return f"/console/ratings/{about}"
        case "account" if visit.role in PEOPLE:
            return f"/console/helpers/{about}"
    return ""


async def take(visit: Visit) -> Response:
    """POST /tasks/{id}/{verb}"""
    task, form = await open_record(visit, "task"), form_asked(visit, "task", TASK_FORMS)
    problems = await try_step(visit, task, form, seen=seen_state(visit))
    if not problems:
        return done(visit, f"{BASE}/{task.id}", form)
    return await _page(visit, await open_record(visit, "task"), tried=form.step, problems=problems, status=409)
