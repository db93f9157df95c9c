"""A period's bulletin at a desk: the city's for everyone there, a town's own for who reaches the town.

Law: it is told as it was frozen, with the counts behind each figure; no row of it is a person.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from agent_api.bodies import BodyRefused
from agent_api.caller import Caller
from agent_api.desk.asking import account_of
from agent_api.enrolment import json_response
from agent_api.wiring import Services
from server.actions.build_bulletin import Edition, PeriodInvalid, list_bulletins, read_bulletin
from server.actions.refusals import NotFound
from server.domain.people.reach import place_in_scope
from server.domain.people.roles import may_read
from server.domain.record_fields import text
from server.domain.supervision.bulletins import BulletinState, Span, columns_of
from server.domain.supervision.indicators import INDICATORS
from sync.central.known import Record


class IndicatorTold(msgspec.Struct, frozen=True):
    code: str
    zh: str
    en: str
    formula: str


class Bulletin(msgspec.Struct, frozen=True):
    """`fields` as frozen; a row is a code or unit, then two numbers for each of `indicators`, in their order."""

    id: str
    indicators: list[IndicatorTold]
    fields: Mapping[str, Any]


class Bulletins(msgspec.Struct, frozen=True):
    """The newest periods first, every edition. `monthly` and `daily` are lists of their own."""

    monthly: list[Edition]
    daily: list[Edition]


async def get_bulletins(request: Request, caller: Caller, services: Services) -> Response:
    """GET /v1/desk/bulletins?place=: which there are; drafts are for who supervises."""
    platform, place = services.platform, request.query_params.get("place", "")
    account = await account_of(caller, services)
    if place and not place_in_scope(account.scope, place, await platform.directory()):
        raise NotFound("no bulletins")
    sees_drafts = may_read(account.role, "bulletin")
    found = {
        span: [
            one
            for one in await list_bulletins(platform, place=place, span=span)
            if sees_drafts or one.state != BulletinState.DRAFT
        ]
        for span in Span
    }
    return json_response(Bulletins(found[Span.MONTHLY], found[Span.DAILY]))


async def get_bulletin(request: Request, caller: Caller, services: Services) -> Response:
    """GET /v1/desk/bulletins/2026-11?place=: the latest edition; drafts are for who supervises."""
    platform, place = services.platform, request.query_params.get("place", "")
    account = await account_of(caller, services)
    if place and not place_in_scope(account.scope, place, await platform.directory()):
        raise NotFound("no bulletin")
    try:
        found = await read_bulletin(platform, request.path_params["period"], place=place)
    except PeriodInvalid:
        raise BodyRefused("malformed") from None
    if found is None:
        raise NotFound("no bulletin")
    if text(found.fields, "state") == BulletinState.DRAFT and not may_read(account.role, "bulletin"):
        raise NotFound("no bulletin")
    return json_response(bulletin_told(found))


def bulletin_told(held: Record) -> Bulletin:
    """An older one counts what was counted then, in its own order."""
    known = {one.code: one for one in INDICATORS}
    columns = [known[code] for code in columns_of(held.fields)]
    told = [IndicatorTold(one.code, one.zh, one.en, one.formula) for one in columns]
    return Bulletin(held.id, told, held.fields)
