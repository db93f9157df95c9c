"""The lists of supervision: lights, how many shine where, reviews, and how helpers' devices are doing by area.

Law: nothing here names a resident, ranks a person or counts a person's work.
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
from server.actions.list_followup import After
from server.actions.list_notices import NoticeRow, list_notices
from server.actions.list_watching import (
    LightCount,
    LightRow,
    ReviewRow,
    count_lights,
    list_lights,
    list_reviews,
)
from server.actions.refusals import NotFound
from server.actions.report_activity import Activity, By, report_activity
from server.domain.people.reach import place_in_scope
from server.domain.people.roles import may_read
from server.domain.supervision.lights import Level, LightState
from server.domain.supervision.reviews import ReviewState


class Lights(msgspec.Struct, frozen=True):
    """`next`: what to give as `after` for the next page, empty at the end."""

    rows: list[LightRow]
    next: str


class LightCounts(msgspec.Struct, frozen=True):
    rows: list[LightCount]


class Reviews(msgspec.Struct, frozen=True):
    rows: list[ReviewRow]
    next: str


class Notices(msgspec.Struct, frozen=True):
    """One's own. `next` as elsewhere; a notice is read and answered by POST /v1/desk/notice/{id}/{verb}."""

    rows: list[NoticeRow]
    next: str


class ActivityRows(msgspec.Struct, frozen=True):
    rows: list[Activity]


async def get_lights(request: Request, caller: Caller, services: Services) -> Response:
    """GET /v1/desk/lights?state=lit&level=red&after=&limit=50"""
    state, level = request.query_params.get("state", LightState.LIT), request.query_params.get("level", "")
    if state not in LightState.__members__.values() or level not in ("", *Level):
        raise BodyRefused("malformed")
    account, limit = await account_of(caller, services), limit_of(request)
    day, _, light = request.query_params.get("after", "")[:80].partition("|")
    rows = await list_lights(
        services.platform,
        account,
        state=state,
        levels=(level,) if level else tuple(Level),
        after=After(day, light),
        limit=limit,
    )
    return json_response(Lights(rows, f"{rows[-1].level_since}|{rows[-1].id}" if len(rows) == limit else ""))


async def get_light_counts(request: Request, caller: Caller, services: Services) -> Response:
    """GET /v1/desk/light-counts?by=place"""
    by = request.query_params.get("by", "place")
    if by not in ("place", "unit"):
        raise BodyRefused("malformed")
    account = await account_of(caller, services)
    return json_response(LightCounts(await count_lights(services.platform, account, by_unit=by == "unit")))


async def get_reviews(request: Request, caller: Caller, services: Services) -> Response:
    """GET /v1/desk/reviews?state=opened&after=&limit=50"""
    state = request.query_params.get("state", ReviewState.OPENED)
    if state not in ReviewState.__members__.values():
        raise BodyRefused("malformed")
    account, limit = await account_of(caller, services), limit_of(request)
    after = request.query_params.get("after", "")[:32]
    rows = await list_reviews(services.platform, account, state=state, after=after, limit=limit)
    return json_response(Reviews(rows, rows[-1].id if len(rows) == limit else ""))


async def get_notices(request: Request, caller: Caller, services: Services) -> Response:
    """GET /v1/desk/notices?after=&limit=50"""
    account, limit = await account_of(caller, services), limit_of(request)
    rows = await list_notices(services.platform, account, after=request.query_params.get("after", "")[:60], limit=limit)
    return json_response(Notices(rows, rows[-1].key if len(rows) == limit else ""))


async def get_activity(request: Request, caller: Caller, services: Services) -> Response:
    """GET /v1/desk/activity?place=341881000000&by=town"""
    account = await account_of(caller, services)
    by = request.query_params.get("by", By.TOWN)
    if by not in By.__members__.values():
        raise BodyRefused("malformed")
    if not may_read(account.role, "light"):
        raise NotFound("no such list")
    directory = await services.platform.directory()
    wanted = request.query_params.get("place", "")
    places = [wanted] if wanted else sorted(account.scope.places)
    if not places or not all(place_in_scope(account.scope, place, directory) for place in places):
        raise NotFound("no such place")
    rows: list[Activity] = []
    for place in places:
        rows += await report_activity(services.platform.database, place=place, by=By(by))
    return json_response(ActivityRows(rows))
