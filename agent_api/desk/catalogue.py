"""The catalogue at a desk: base items, items, versions with their differences, who departs; requests against it; the
kinds of licences, and a licence used instead of a paper.

Laws: the catalogue is public and knows no scope; what is asked of residents' cases is told within the scope. A licence
is used for one case with its purpose, and the look is logged before anybody is asked.
"""

from __future__ import annotations

from datetime import date

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from agent_api.bodies import BodyRefused, read_json
from agent_api.caller import Caller
from agent_api.desk.asking import account_of, limit_of
from agent_api.desk.steps import StandingRecord
from agent_api.enrolment import json_response
from agent_api.problems import problem_response
from agent_api.wiring import Services
from server.actions.list_catalogue import (
    BaseItemRow,
    DepartureRow,
    Difference,
    ItemRow,
    Version,
    list_base_items,
    list_departures,
    list_items,
    show_versions,
)
from server.actions.list_forbidden_requests import ForbiddenRequest, list_forbidden_requests
from server.actions.list_licence_kinds import LicenceKindRow, list_licence_kinds
from server.actions.use_licence import use_licence
from server.adapters.licences import RegisterUnavailable
from server.domain.catalogue.codes import EXERCISE_LEVELS
from server.domain.catalogue.licence_kinds import LICENCE_KINDS
from server.domain.catalogue.licences import STANDS_FOR_PAPER, TRUST_WORDS
from server.domain.people.masked_fields import masked_fields
from server.domain.people.reach import place_in_scope
from server.domain.record_fields import parse_date
from sync.core.chain import encode_hash
from sync.core.clock import from_iso
from sync.core.ids import is_id

BODY_MAX = 4 * 1024
DAY_MS = 86_400_000
PURPOSE_CHARACTERS_MAX = 200


class BaseItems(msgspec.Struct, frozen=True):
    """`next`: what to give as `after` for the next page, empty at the end."""

    rows: list[BaseItemRow]
    next: str = ""


class Items(msgspec.Struct, frozen=True):
    rows: list[ItemRow]
    next: str = ""


class ItemVersions(msgspec.Struct, frozen=True):
    """The newest first. `waiting`: what takes effect on `waiting_from`."""

    item: str
    name: str
    rows: tuple[Version, ...]
    waiting_from: str
    waiting: tuple[Difference, ...]


class Departures(msgspec.Struct, frozen=True):
    rows: list[DepartureRow]
    next: str = ""


class ForbiddenRequests(msgspec.Struct, frozen=True):
    rows: list[ForbiddenRequest]


class TrustClass(msgspec.Struct, frozen=True):
    """`stands_for_paper`: whether a licence of this class is used instead of a paper."""

    trust: str
    zh: str
    en: str
    stands_for_paper: bool


class LicenceKinds(msgspec.Struct, frozen=True):
    """Every kind there is, with where it is known from: no data of the city's names the `synthetic` ones."""

    rows: list[LicenceKindRow]
    classes: list[TrustClass]


class LicenceWanted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`case`: what it is for. `kind`: as the item names it."""

    case: str
    kind: str
    purpose: str


class LicenceUsed(msgspec.Struct, frozen=True):
    record: StandingRecord


_read_wanted = msgspec.json.Decoder(LicenceWanted)


async def get_base_items(request: Request, _caller: Caller, services: Services) -> Response:
    """GET /v1/desk/base-items?level=6&after=&limit=50"""
    level, limit = request.query_params.get("level", "6"), limit_of(request)
    if level not in (*EXERCISE_LEVELS,):
        raise BodyRefused("malformed")
    rows = await list_base_items(services.platform, level=level, after=_after(request), limit=limit)
    return json_response(BaseItems(rows, rows[-1].code if len(rows) == limit else ""))


async def get_items(request: Request, _caller: Caller, services: Services) -> Response:
    """GET /v1/desk/items?unit= or ?catalogue=village:341800, &after=&limit=50"""
    unit, catalogue = (request.query_params.get(name, "")[:80] for name in ("unit", "catalogue"))
    if bool(unit) == bool(catalogue):
        raise BodyRefused("malformed")
    limit = limit_of(request)
    rows = await list_items(services.platform, unit=unit, catalogue=catalogue, after=_after(request), limit=limit)
    return json_response(Items(rows, rows[-1].base_item if len(rows) == limit else ""))


async def get_versions(request: Request, _caller: Caller, services: Services) -> Response:
    """GET /v1/desk/items/{record}/versions"""
    told = await show_versions(services.platform, request.path_params["record"])
    return json_response(ItemVersions(told.item, told.name, told.rows, told.waiting_from, told.waiting))


async def get_departures(request: Request, _caller: Caller, services: Services) -> Response:
    """GET /v1/desk/items/{record}/departures?after=&limit=50: a site's fields stay on one page."""
    limit = limit_of(request)
    rows = await list_departures(services.platform, request.path_params["record"], after=_after(request), limit=limit)
    sites = list(dict.fromkeys(one.id for one in rows))
    return json_response(Departures(rows, sites[-1] if len(sites) == limit else ""))


async def get_forbidden_requests(request: Request, caller: Caller, services: Services) -> Response:
    """GET /v1/desk/forbidden-requests?since=2026-11-01&until=2026-11-30: of the places in scope."""
    since, until = (parse_date(request.query_params.get(name)) for name in ("since", "until"))
    if since is None or until is None or until < since:
        raise BodyRefused("malformed")
    account = await account_of(caller, services)
    directory = await services.platform.directory()
    places = {code for code in directory.places if place_in_scope(account.scope, code, directory)}
    rows = await list_forbidden_requests(
        services.database, since_ms=_start_of(since), until_ms=_start_of(until) + DAY_MS, places=places
    )
    return json_response(ForbiddenRequests(rows))


async def get_licence_kinds(_request: Request, _caller: Caller, services: Services) -> Response:
    """GET /v1/desk/licence-kinds"""
    rows = await list_licence_kinds(services.database)
    classes = [TrustClass(one.value, zh, en, one in STANDS_FOR_PAPER) for one, (zh, en) in TRUST_WORDS.items()]
    return json_response(LicenceKinds([*rows], classes))


async def post_licence_use(request: Request, caller: Caller, services: Services) -> Response:
    """POST /v1/desk/licence-uses"""
    wanted = await read_json(request, _read_wanted)
    purpose = wanted.purpose.strip()
    if not is_id(wanted.case) or wanted.kind not in LICENCE_KINDS or not 0 < len(purpose) <= PURPOSE_CHARACTERS_MAX:
        raise BodyRefused("malformed")
    account, platform = await account_of(caller, services), services.platform
    try:
        taken = await use_licence(
            platform, services.licences, account, case=wanted.case, kind=wanted.kind, purpose=purpose
        )
    except RegisterUnavailable:
        return problem_response("register_unavailable")
    if taken is None or taken.record is None:
        return problem_response("licence_absent")
    if not taken.outcome.code.has_effect:
        return problem_response("step_refused", more={"reason": taken.outcome.reason, "detail": taken.outcome.detail})
    held = taken.record
    standing = StandingRecord(
        kind="licence",
        id=held.id,
        epoch=await services.epoch(),
        rev=held.rev,
        hash=encode_hash(held.hash),
        fields=masked_fields("licence", held.fields),
    )
    return json_response(LicenceUsed(standing))


def _start_of(day: date) -> int:
    """China keeps one offset."""
    return from_iso(f"{day.isoformat()}T00:00:00+08:00")


def _after(request: Request) -> str:
    return request.query_params.get("after", "")[:40]
