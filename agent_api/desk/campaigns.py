"""The rounds of claiming at a desk: which there are, how far each is, what waits in it, and how it went day by day.

Law: what is told is of units and places; steps with a claim or a look-back go by their own address.
"""

from __future__ import annotations

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from agent_api.bodies import BodyRefused
from agent_api.caller import Caller
from agent_api.desk.asking import account_of, limit_of
from agent_api.enrolment import json_response
from agent_api.wiring import Services
from server.actions.list_claims import (
    CampaignRow,
    ClaimRow,
    LookBackRow,
    list_campaigns,
    list_claims,
    list_look_backs,
)
from server.actions.report_progress import report_progress
from server.actions.take_snapshots import read_days
from server.domain.catalogue.claims import ClaimState
from server.domain.catalogue.look_back import LookBackState
from server.domain.catalogue.progress import By, Progress
from server.domain.people.reach import place_in_scope


class Campaigns(msgspec.Struct, frozen=True):
    rows: list[CampaignRow]


class AreaProgress(msgspec.Struct, frozen=True):
    """`area`: a place's code, or a unit's id."""

    area: str
    name: str
    numbers: Progress


class CampaignProgress(msgspec.Struct, frozen=True):
    """`all`: the sum of the rows that the account may see."""

    campaign: str
    name: str
    state: str
    day: str
    end: str
    baseline_hash: str
    rows: list[AreaProgress]
    all: Progress


class Claims(msgspec.Struct, frozen=True):
    """`next`: what to give as `after` for the next page, empty at the end."""

    rows: list[ClaimRow]
    next: str


class LookBacks(msgspec.Struct, frozen=True):
    rows: list[LookBackRow]
    next: str


class Day(msgspec.Struct, frozen=True):
    day: str
    numbers: Progress


class Days(msgspec.Struct, frozen=True):
    rows: list[Day]


async def get_campaigns(_request: Request, _caller: Caller, services: Services) -> Response:
    """GET /v1/desk/campaigns"""
    return json_response(Campaigns(await list_campaigns(services.platform)))


async def get_progress(request: Request, caller: Caller, services: Services) -> Response:
    """GET /v1/desk/campaigns/{id}/progress?by=county"""
    by = request.query_params.get("by", By.COUNTY)
    if by not in By.__members__.values():
        raise BodyRefused("malformed")
    account = await account_of(caller, services)
    told = await report_progress(services.platform, request.path_params["id"], by=By(by), scope=account.scope)
    return json_response(
        CampaignProgress(
            campaign=told.campaign,
            name=told.name,
            state=told.state,
            day=told.day,
            end=told.end,
            baseline_hash=told.baseline_hash,
            rows=[AreaProgress(area, told.names[area], numbers) for area, numbers in told.rows.items()],
            all=told.all,
        )
    )


async def get_claims(request: Request, caller: Caller, services: Services) -> Response:
    """GET /v1/desk/campaigns/{id}/claims?state=submitted&after=&limit=50"""
    state = request.query_params.get("state", ClaimState.SUBMITTED)
    if state not in ClaimState.__members__.values():
        raise BodyRefused("malformed")
    account, after, limit = await account_of(caller, services), _after(request), limit_of(request)
    rows = await list_claims(services.platform, account, request.path_params["id"], state, after=after, limit=limit)
    return json_response(Claims(rows, rows[-1].id if len(rows) == limit else ""))


async def get_look_backs(request: Request, caller: Caller, services: Services) -> Response:
    """GET /v1/desk/campaigns/{id}/look-backs?state=sampled&after=&limit=50"""
    state = request.query_params.get("state", LookBackState.SAMPLED)
    if state not in LookBackState.__members__.values():
        raise BodyRefused("malformed")
    account, after, limit = await account_of(caller, services), _after(request), limit_of(request)
    rows = await list_look_backs(services.platform, account, request.path_params["id"], state, after=after, limit=limit)
    return json_response(LookBacks(rows, rows[-1].id if len(rows) == limit else ""))


async def get_days(request: Request, caller: Caller, services: Services) -> Response:
    """GET /v1/desk/campaigns/{id}/days: the counties that the scope holds as a whole, together."""
    account = await account_of(caller, services)
    directory = await services.platform.directory()
    held = [code for code in directory.places if place_in_scope(account.scope, code, directory)]
    days = await read_days(services.platform, request.path_params["id"], held)
    return json_response(Days([Day(day, numbers) for day, numbers in days.items()]))


def _after(request: Request) -> str:
    return request.query_params.get("after", "")[:32]
