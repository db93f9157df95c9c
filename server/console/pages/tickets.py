"""Tickets of the hotline: what waits for an answer, taking one in, and one with its answer and what became of it.

Laws: the list holds no personal data. Whoever takes in the hotline's number twice is led to the ticket that is there.
"""

from __future__ import annotations

from collections.abc import Sequence

from starlette.responses import RedirectResponse, Response

from server.actions.list_cases import find_cases
from server.actions.list_followup import list_answered, list_tickets
from server.actions.take_step import read_record
from server.actions.tell_names import holders_around, names_of
from server.console import followup_words as words
from server.console.followup_forms import TICKET_FORMS, TICKET_OPEN
from server.console.place_choices import place_choices
from server.console.record_pages import (
    LINES,
    Told,
    after_of,
    done,
    form_asked,
    forms_now,
    open_record,
    record_page,
    say_step,
    seen_state,
    try_step,
)
from server.console.render import page
from server.console.step_forms import StepForm, fields_from, with_choices
from server.console.visit import Visit
from server.domain.cases import tickets
from server.domain.cases.tickets import TicketState
from server.domain.people.reach import reaches
from server.domain.people.roles import may_change
from server.domain.record_fields import integer, text
from sync.central.known import Record
from sync.core.ids import timed_id

BASE = "/console/tickets"
PLACE, CASE_NUMBER = "place", "case_number"
_NO_PLACE: Told = {
    "zh": "请从名单中选一个地方，或填这件事的办件编号。",
    "en": "Choose a place from the list, or give the case's number.",
}
_NO_CASE: Told = {"zh": "没有这个编号的办件，请核对。", "en": "There is no case with this number: check it."}


async def show(visit: Visit) -> Response:
    """`?number=` the hotline's own, `?state=answered`, `?after=` the row before."""
    platform, query = visit.console.platform, visit.request.query_params
    number = query.get("number", "").strip()[:60]
    if number and (there := await _there(visit, tickets.ticket_id(number))):
        return RedirectResponse(there, 303)
    if query.get("state") == TicketState.ANSWERED:
        return await _answered(visit, number)
    found = await list_tickets(platform, visit.account, after=after_of(visit), limit=LINES + 1)
    rows = found[:LINES]
    return page(
        visit,
        "tickets.html",
        rows=rows,
        more=f"{rows[-1].due}~{rows[-1].id}" if len(found) > LINES else "",
        may_open=may_change(visit.role, TICKET_OPEN.step),
        names=await names_of(platform, [holder for row in rows for holder in (row.holder, f"place:{row.place}")]),
        number=number,
        answered=False,
        words=words,
    )


async def _answered(visit: Visit, number: str) -> Response:
    """Whose callers are to be asked whether they are satisfied."""
    platform = visit.console.platform
    found = await list_answered(platform, visit.account, after=after_of(visit), limit=LINES + 1)
    rows = found[:LINES]
    return page(
        visit,
        "tickets.html",
        rows=rows,
        more=f"{rows[-1].opened_at}~{rows[-1].id}" if len(found) > LINES else "",
        may_open=may_change(visit.role, TICKET_OPEN.step),
        names=await names_of(platform, [holder for row in rows for holder in (row.holder, f"place:{row.place}")]),
        number=number,
        answered=True,
        words=words,
    )


async def show_new(visit: Visit) -> Response:
    return await _new_page(visit)


async def _new_page(visit: Visit, *, problems: Sequence[Told] = (), there: str = "", status: int = 200) -> Response:
    return page(
        visit,
        "ticket_new.html",
        status=status,
        form=TICKET_OPEN,
        problems=problems,
        there=there,
        posted=visit.form,
        places=sorted(await place_choices(visit)),
    )


async def take_in(visit: Visit) -> Response:
    """POST /tickets/new: the case's number says the place, and so does the place itself."""
    platform, fields = visit.console.platform, fields_from(TICKET_OPEN, visit.form)
    place = (await place_choices(visit)).get(visit.form.get(PLACE, "").strip(), "")
    if number := visit.form.get(CASE_NUMBER, "").strip()[:40]:
        cases = await find_cases(platform, visit.account, number)
        if not cases:
            return await _new_page(visit, problems=[_NO_CASE], status=422)
        fields["case"], place = cases[0].id, place or cases[0].place
    if not place:
        return await _new_page(visit, problems=[_NO_PLACE], status=422)
    fields["place"] = place
    hotline = text(fields, "number")
    record = tickets.ticket_id(hotline) if hotline else timed_id(visit.console.now(), platform.randomness(10))
    problems = await say_step(visit, "ticket", record, TICKET_OPEN.step, fields)
    if not problems:
        return RedirectResponse(f"{BASE}/{record}?done={TICKET_OPEN.step}", 303)
    return await _new_page(visit, problems=problems, there=await _there(visit, record), status=409)


async def _there(visit: Visit, record: str) -> str:
    """The ticket that has this number already, if it is this desk's to see."""
    platform, account = visit.console.platform, visit.account
    found = await read_record(platform, "ticket", record)
    if found is None:
        return ""
    seen = reaches(account.id, account.scope, found.bucket, found.fields, await platform.directory())
    return f"{BASE}/{record}" if seen else ""


async def show_one(visit: Visit) -> Response:
    return await _page(visit, await open_record(visit, "ticket"))


async def _page(
    visit: Visit, ticket: Record, *, tried: str = "", problems: Sequence[Told] = (), status: int = 200
) -> Response:
    return await record_page(
        visit,
        "ticket.html",
        ticket,
        forms=await _forms(visit, ticket),
        every={**TICKET_FORMS, TICKET_OPEN.step: TICKET_OPEN},
        base=f"{BASE}/{ticket.id}",
        tried=tried,
        problems=problems,
        status=status,
        satisfaction=str(integer(ticket.fields, "satisfaction")),
        words=words,
    )


async def _forms(visit: Visit, ticket: Record) -> list[StepForm]:
    forms = forms_now(visit, tickets.STEPS, TICKET_FORMS, ticket)
    around = await holders_around(visit.console.platform, text(ticket.fields, "place"))
    choices = {holder: (name, name) for holder, name in around.items() if holder != text(ticket.fields, "holder")}
    again = integer(ticket.fields, "reopened") >= tickets.REOPENED_MAX
    return [with_choices(form, "holder", choices) for form in forms if form.step != "ticket.reopen" or not again]


async def take(visit: Visit) -> Response:
    """POST /tickets/{id}/{verb}"""
    ticket, form = await open_record(visit, "ticket"), form_asked(visit, "ticket", TICKET_FORMS)
    problems = await try_step(visit, ticket, form, seen=seen_state(visit))
    if not problems:
        return done(visit, f"{BASE}/{ticket.id}", form)
    return await _page(visit, await open_record(visit, "ticket"), tried=form.step, problems=problems, status=409)
