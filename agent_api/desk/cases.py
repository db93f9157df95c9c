"""A desk's cases: the queue by urgency, how many in which state, a case by its number, and one case whole.

Laws: lists hold no personal data. The page of one case is a look that is logged before it is answered; where the law
wants a reason, it comes in the header `Bangban-Reason`. Ids and phones are masked.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from agent_api.bodies import BodyRefused
from agent_api.caller import Caller
from agent_api.desk.asking import account_of, limit_of, reason_of
from agent_api.desk.steps import StandingRecord
from agent_api.enrolment import json_response
from agent_api.wiring import Services
from server.actions.case_history import HistoryEntry
from server.actions.list_cases import CaseRow, StateCount, count_cases, find_cases, list_cases
from server.actions.list_credit import ROWS_MAX as CREDIT_ROWS_MAX
from server.actions.list_credit import CreditRow, list_credit
from server.actions.list_followup import After
from server.actions.list_licences import LicenceLine
from server.actions.list_watching import WatchedLine
from server.actions.refusals import NotFound
from server.actions.show_case import Advice, ConsentState, DueDay, MaterialLine, show_case
from server.domain.people.masked_fields import masked_fields
from server.domain.record_fields import parse_date
from sync.core.chain import encode_hash
from sync.core.ids import is_id


class Cases(msgspec.Struct, frozen=True):
    """`next`: what to give as `after` for the next page, empty at the end."""

    rows: list[CaseRow]
    next: str = ""


class CaseCounts(msgspec.Struct, frozen=True):
    states: list[StateCount]


class Credit(msgspec.Struct, frozen=True):
    """Broken promises that stand; `next` as elsewhere."""

    rows: list[CreditRow]
    next: str = ""


class CaseDocument(msgspec.Struct, frozen=True, kw_only=True):
    """`steps`: what this account may do now, each by POST /v1/desk/case/{id}/{verb} with `record` as seen. `pays`: what
    the item pays this person, in Chinese and English.
    """

    record: StandingRecord
    resident: Mapping[str, Any]
    item: Mapping[str, Any]
    materials: tuple[MaterialLine, ...]
    consent: ConsentState | None
    dues: tuple[DueDay, ...]
    advice: tuple[Advice, ...]
    to_ask_for: tuple[Mapping[str, Any], ...]
    steps: tuple[str, ...]
    history: tuple[HistoryEntry, ...]
    licences: tuple[LicenceLine, ...]
    lights: tuple[WatchedLine, ...]
    pays: tuple[str, str]


async def get_cases(request: Request, caller: Caller, services: Services) -> Response:
    """GET /v1/desk/cases?state=&upto=2026-12-01&after=&limit=50, or ?number= for one by either number"""
    asked, account = request.query_params, await account_of(caller, services)
    if number := asked.get("number", ""):
        return json_response(Cases(await find_cases(services.platform, account, number[:40])))
    upto, limit = asked.get("upto", ""), limit_of(request)
    if upto and parse_date(upto) is None:
        raise BodyRefused("malformed")
    day, _, record = asked.get("after", "").partition("~")
    rows = await list_cases(
        services.platform,
        account,
        state=asked.get("state", ""),
        upto=upto or "9",
        after=After(day[:40], record[:32]),
        limit=limit,
    )
    return json_response(Cases(rows, rows[-1].key if len(rows) == limit else ""))


async def get_case_counts(_request: Request, caller: Caller, services: Services) -> Response:
    """GET /v1/desk/case-counts"""
    return json_response(CaseCounts(await count_cases(services.platform, await account_of(caller, services))))


async def get_credit(request: Request, caller: Caller, services: Services) -> Response:
    """GET /v1/desk/credit?after="""
    after = request.query_params.get("after", "")[:200]
    rows = await list_credit(services.platform, await account_of(caller, services), after=after)
    return json_response(Credit(rows, rows[-1].key if len(rows) == CREDIT_ROWS_MAX else ""))


async def get_case(request: Request, caller: Caller, services: Services) -> Response:
    """GET /v1/desk/cases/{record}, with `Bangban-Reason`"""
    record = request.path_params["record"]
    if not is_id(record):
        raise NotFound("no such case")
    page = await show_case(services.platform, await account_of(caller, services), record, reason_of(request))
    return json_response(
        CaseDocument(
            record=StandingRecord(
                kind="case",
                id=page.record.id,
                epoch=await services.epoch(),
                rev=page.record.rev,
                hash=encode_hash(page.record.hash),
                fields=masked_fields("case", page.record.fields),
            ),
            resident=page.resident,
            item=page.item,
            materials=page.materials,
            consent=page.consent,
            dues=page.dues,
            advice=page.advice,
            to_ask_for=page.to_ask_for,
            steps=page.steps,
            history=page.history,
            licences=page.licences,
            lights=page.lights,
            pays=page.pays,
        )
    )
