"""The rounds of claiming at a desk: which there are, how far each is, what waits in it, how it went day by day; and
the round that a reviewer opens, the look-back that one draws.

Law: what is told is of units and places; steps with a claim or a look-back go by their own address.
"""

from __future__ import annotations

from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from agent_api.bodies import BodyRefused, read_json
from agent_api.caller import Caller
from agent_api.desk.asking import account_of, limit_of
from agent_api.desk.steps import taken_response
from agent_api.enrolment import json_response
from agent_api.wiring import Services
from server.actions.draw_look_back import draw_look_back
from server.actions.list_claims import (
    CampaignRow,
    ClaimRow,
    LookBackRow,
    list_campaigns,
    list_claims,
    list_look_backs,
)
from server.actions.open_campaign import open_campaign
from server.actions.report_progress import read_campaign, report_progress
from server.actions.take_snapshots import read_days
from server.actions.take_step import Taken, read_record
from server.domain.catalogue.claims import ClaimState
from server.domain.catalogue.look_back import LookBackState
from server.domain.catalogue.progress import By, Progress
from server.domain.people.reach import place_in_scope
from sync.core.ids import is_id

BODY_MAX = 1024
OPENING_BODY_MAX = 64 * 1024
SEED_CHARACTERS_MAX = 60


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


class RoundOpening(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """`fields`: what the round is, or what of a planned one changes."""

    fields: dict[str, Any] = {}


class RoundOpened(msgspec.Struct, frozen=True):
    """What its frozen list asks: of how many units, how many base items, how many claims."""

    campaign: str
    units: int
    base_codes: int
    asked: int


class LookBackDraw(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """`seed` is kept with the draw, so that everybody can draw again; the round's id without it."""

    seed: str = ""


class LookBackDrawn(msgspec.Struct, frozen=True):
    """How many lists the seed draws among those in reach, and how many look-backs were made now."""

    seed: str
    drawn: int
    made: int


class Day(msgspec.Struct, frozen=True):
    day: str
    numbers: Progress


class Days(msgspec.Struct, frozen=True):
    rows: list[Day]


_read_opening = msgspec.json.Decoder(RoundOpening)
_read_draw = msgspec.json.Decoder(LookBackDraw)


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


async def post_opening(request: Request, caller: Caller, services: Services) -> Response:
    """POST /v1/desk/campaigns/{id}/open: the list is counted from the catalogue and frozen with it. A new round's id is
    the caller's to choose."""
    try:
        asked = _read_opening.decode(await request.body())
    except (msgspec.MsgspecError, ValueError):
        raise BodyRefused("malformed") from None
    campaign = request.path_params["id"]
    if not is_id(campaign):
        raise BodyRefused("malformed")
    account, platform = await account_of(caller, services), services.platform
    opened = await open_campaign(platform, account, campaign, asked.fields)
    outcome = opened.written.outcomes[0]
    if not outcome.code.has_effect:
        standing = await read_record(platform, "campaign", campaign)
        return await taken_response(services, account, "campaign", Taken(outcome=outcome, record=standing))
    return json_response(RoundOpened(campaign, opened.units, opened.base_codes, opened.asked))


async def post_look_backs(request: Request, caller: Caller, services: Services) -> Response:
    """POST /v1/desk/campaigns/{id}/look-backs: drawn again with the same seed, nothing is made twice."""
    asked = await read_json(request, _read_draw)
    campaign, seed = request.path_params["id"], asked.seed.strip()
    if len(seed) > SEED_CHARACTERS_MAX:
        raise BodyRefused("malformed")
    account = await account_of(caller, services)
    drawn, made = await draw_look_back(services.platform, account, campaign, seed or campaign)
    return json_response(LookBackDrawn(seed or campaign, len(drawn), made))


async def get_days(request: Request, caller: Caller, services: Services) -> Response:
    """GET /v1/desk/campaigns/{id}/days: the counties that the scope holds as a whole, together."""
    account = await account_of(caller, services)
    directory = await services.platform.directory()
    held = [code for code in directory.places if place_in_scope(account.scope, code, directory)]
    campaign = request.path_params["id"]
    async with services.database.read() as snapshot:
        await read_campaign(snapshot, services.platform, campaign)
    days = await read_days(services.platform, campaign, held)
    return json_response(Days([Day(day, numbers) for day, numbers in days.items()]))


def _after(request: Request) -> str:
    return request.query_params.get("after", "")[:32]
