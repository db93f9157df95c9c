"""A period's bulletin at the city's desk: built, frozen and corrected; and the objections of the offices to it.

Laws: what is frozen is the edition that was seen, named by its number, its build and the hash of its data, or nothing;
a frozen one is corrected by its next edition, never built anew. Who objects reaches the area for which it is said.
"""

from __future__ import annotations

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from agent_api.bodies import BodyRefused, read_json
from agent_api.caller import Caller
from agent_api.desk.asking import account_of
from agent_api.desk.bulletins import bulletin_told
from agent_api.desk.steps import taken_response
from agent_api.enrolment import json_response
from agent_api.problems import problem_response
from agent_api.wiring import Services
from server.actions.build_bulletin import PeriodInvalid, build_bulletin, read_bulletin
from server.actions.freeze_bulletin import BulletinMoved, BulletinUnfounded, Seen, freeze_bulletin
from server.actions.object_to_bulletin import object_to_bulletin
from server.actions.refusals import NotFound
from server.domain.problems import problem
from sync.central.known import Record

BODY_MAX = 4 * 1024
SAID_CHARACTERS_MAX = 500


class BulletinSeen(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Of the draft that was read: what is frozen is this one or none."""

    edition: int
    data_hash: str
    build: str


class BulletinCorrection(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`why` is printed on the new edition."""

    why: str


class BulletinObjection(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`place`: the area for which it is said. `text`: what is wrong, without anybody's name."""

    place: str
    text: str


_read_seen = msgspec.json.Decoder(BulletinSeen)
_read_correction = msgspec.json.Decoder(BulletinCorrection)
_read_objection = msgspec.json.Decoder(BulletinObjection)


async def post_bulletin(request: Request, caller: Caller, services: Services) -> Response:
    """POST /v1/desk/bulletins/2026-11: drafts it, anew as long as it is a draft."""
    period, account = request.path_params["period"], await account_of(caller, services)
    await _latest(services, period)  # a period that is none, or a centre without a city, has nothing to draft
    try:
        built = await build_bulletin(services.platform, period, by=account)
    except NotFound:
        return problem_response("bulletin_frozen")
    return json_response(bulletin_told(built))


async def post_freeze(request: Request, caller: Caller, services: Services) -> Response:
    """POST /v1/desk/bulletins/2026-11/freeze"""
    seen = await read_json(request, _read_seen)
    period, account = request.path_params["period"], await account_of(caller, services)
    looked_at = Seen(seen.edition, seen.data_hash, seen.build)
    if Seen.of(_there(await _latest(services, period))) != looked_at:
        return problem_response("bulletin_moved")
    try:
        frozen = await freeze_bulletin(services.platform, period, seen=looked_at, by=account)
    except NotFound:
        return problem_response("bulletin_frozen")
    except BulletinMoved:
        return problem_response("bulletin_moved")
    except BulletinUnfounded as unfounded:
        problems = [msgspec.to_builtins(problem("bulletin_data", name)) for name in unfounded.fields]
        return problem_response("step_refused", more={"reason": "bulletin_data", "detail": {"problems": problems}})
    return json_response(bulletin_told(frozen))


async def post_correction(request: Request, caller: Caller, services: Services) -> Response:
    """POST /v1/desk/bulletins/2026-11/correct: drafts the next edition."""
    asked = await read_json(request, _read_correction)
    why = _said(asked.why)
    period, account = request.path_params["period"], await account_of(caller, services)
    _there(await _latest(services, period))
    try:
        built = await build_bulletin(services.platform, period, why=why, by=account)
    except NotFound:
        return problem_response("bulletin_unfrozen")
    return json_response(bulletin_told(built))


async def post_objection(request: Request, caller: Caller, services: Services) -> Response:
    """POST /v1/desk/bulletins/2026-11/objections: a task for the city's desk; too late is a refused step."""
    asked = await read_json(request, _read_objection)
    said = _said(asked.text)
    account = await account_of(caller, services)
    try:
        taken = await object_to_bulletin(services.platform, account, request.path_params["period"], asked.place, said)
    except PeriodInvalid:
        raise BodyRefused("malformed") from None
    return await taken_response(services, account, "task", taken)


async def _latest(services: Services, period: str) -> Record | None:
    try:
        return await read_bulletin(services.platform, period)
    except PeriodInvalid:
        raise BodyRefused("malformed") from None


def _there(held: Record | None) -> Record:
    if held is None:
        raise NotFound("no bulletin")
    return held


def _said(words: str) -> str:
    said = words.strip()
    if not 0 < len(said) <= SAID_CHARACTERS_MAX:
        raise BodyRefused("malformed")
    return said
