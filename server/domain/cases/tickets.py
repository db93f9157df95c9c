"""Owns the ticket of the hotline (12345 工单): a question, request or complaint, answered by a working day.

Laws: what came by the hotline or online lies with the desks; an appeal that a helper makes for a resident lies in the
village, where the helper follows it. A ticket is opened again once, with the reason. Its satisfaction is asked by a
desk, never by the helper.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from server.domain.check_context import CheckContext
from server.domain.people.phones import parse_phone
from server.domain.problems import Problem, problem
from server.domain.record_fields import Fields, check_shapes, integer, text
from server.domain.steps import StepTable, step
from sync.core.ids import derived_id

REOPENED_MAX = 1
DAYS_MAX = 60


class TicketState(StrEnum):
    OPEN = "open"
    ANSWERED = "answered"
    REOPENED = "reopened"
    CLOSED = "closed"


class Source(StrEnum):
    HOTLINE = "hotline"
    ONLINE = "online"
    APPEAL = "appeal"


# type → working days for an answer, unless the hotline says how many
DAYS_GIVEN: Mapping[str, int] = {"question": 1, "request": 5, "complaint": 5, "appeal": 5}
WAITING = (TicketState.OPEN, TicketState.REOPENED)
_ABOUT = ("case", "resident", "caller", "phone", "holder", "days", "number")

STEPS: StepTable = {
    "ticket.open": step(None, to=TicketState.OPEN, writes=_ABOUT, needs=("place", "source", "type", "text")),
    "ticket.appeal": step(
        None, to=TicketState.OPEN, writes=("case", "phone"), needs=("place", "source", "type", "text", "resident")
    ),
    "ticket.pass": step(*WAITING, to=None, needs=("holder",)),
    "ticket.answer": step(*WAITING, to=TicketState.ANSWERED, needs=("answer",)),
    "ticket.close": step(TicketState.ANSWERED, to=TicketState.CLOSED, needs=("satisfaction",)),
    "ticket.reopen": step(TicketState.ANSWERED, TicketState.CLOSED, to=TicketState.REOPENED, needs=("reopen_why",)),
}


def ticket_id(number: str) -> str:
    """The record of the hotline's own number: who takes it twice finds it there."""
    return derived_id("ticket", number)


def check_ticket(fields: Fields, ctx: CheckContext) -> list[Problem]:
    found = check_shapes("ticket", fields)
    if found:
        return found
    for name, label, known in (
        ("state", "状态", TicketState.__members__.values()),
        ("source", "来源", Source.__members__.values()),
        ("type", "类型", DAYS_GIVEN),
    ):
        if text(fields, name) not in known:
            found.append(problem("value_unknown", name, label=label, value=text(fields, name)))
    if not 0 <= integer(fields, "days") <= DAYS_MAX:
        found.append(problem("value_unknown", "days", label="期限", value=integer(fields, "days")))
    if not 0 <= integer(fields, "satisfaction") <= 5:
        found.append(problem("value_unknown", "satisfaction", label="满意度", value=integer(fields, "satisfaction")))
    if (phone := text(fields, "phone")) and parse_phone(phone) is None:
        found.append(problem("phone_invalid", "phone", value=phone))
    return found


def check_way(name: str, fields: Fields, record: str, reopened: int) -> list[Problem]:
    """What a ticket's step must keep besides its table: the way it came in, its id, and that it reopens once."""
    is_appeal = text(fields, "source") == Source.APPEAL
    if name in ("ticket.open", "ticket.appeal") and is_appeal != (name == "ticket.appeal"):
        return [problem("value_unknown", "source", label="来源", value=text(fields, "source"))]
    if (number := text(fields, "number")) and record != ticket_id(number):
        return [problem("ticket_number", "number", value=number)]
    if name == "ticket.reopen" and reopened >= REOPENED_MAX:
        return [problem("ticket_reopened", "state", times=REOPENED_MAX)]
    return []
