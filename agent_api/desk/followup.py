"""The lists of what follows a filing: tasks, tickets, and cases whose residents are to be called back.

Law: a list holds no personal data; whoever opens a record of it does so by the record's own address.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, TypeVar

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from agent_api.bodies import BodyRefused
from agent_api.caller import Caller
from agent_api.desk.asking import account_of, limit_of
from agent_api.enrolment import json_response
from agent_api.wiring import Services
from server.actions.list_followup import (
    After,
    CallBackRow,
    WaitingRow,
    list_call_backs,
    list_tasks,
    list_tickets,
)
from server.domain.record_fields import parse_date

T = TypeVar("T")


class Waiting(msgspec.Struct, frozen=True):
    """`next`: what to give as `after` for the next page, empty at the end."""

    rows: list[WaitingRow]
    next: str


class CallBacks(msgspec.Struct, frozen=True):
    rows: list[CallBackRow]
    next: str


async def get_tasks(request: Request, caller: Caller, services: Services) -> Response:
    """GET /v1/desk/tasks?upto=2026-12-01&after=&limit=50, ?only=orders for the supervision orders alone"""
    only = request.query_params.get("only", "")
    if only not in ("", "orders"):
        raise BodyRefused("malformed")
    return await _waiting(request, caller, services, partial(list_tasks, orders=bool(only)))


async def get_tickets(request: Request, caller: Caller, services: Services) -> Response:
    """GET /v1/desk/tickets?upto=2026-12-01&after=&limit=50"""
    return await _waiting(request, caller, services, list_tickets)


async def get_call_backs(request: Request, caller: Caller, services: Services) -> Response:
    """GET /v1/desk/call-backs?after=&limit=50"""
    account, after, limit = await account_of(caller, services), _after(request), limit_of(request)
    rows = await list_call_backs(services.platform, account, after=after, limit=limit)
    last = f"{rows[-1].finished_at}~{rows[-1].id}" if len(rows) == limit else ""
    return json_response(CallBacks(rows, last))


async def _waiting(
    request: Request, caller: Caller, services: Services, lists: Callable[..., Awaitable[list[WaitingRow]]]
) -> Response:
    upto = request.query_params.get("upto", "")
    if upto and parse_date(upto) is None:
        raise BodyRefused("malformed")
    asked: dict[str, Any] = {"upto": upto} if upto else {}
    account, after, limit = await account_of(caller, services), _after(request), limit_of(request)
    rows = await lists(services.platform, account, after=after, limit=limit, **asked)
    return json_response(Waiting(rows, f"{rows[-1].due}~{rows[-1].id}" if len(rows) == limit else ""))


def _after(request: Request) -> After:
    day, _, record = request.query_params.get("after", "").partition("~")
    return After(day[:40], record[:32])
