"""Accounts: who works in a scope and how their devices stand; made, given other places, activated, closed, reopened.

Laws: the list is by login, never by a number, and holds no score. What gives access wants the administrator's factor
(agent_api/desk/proof.py); what takes it away does not, since a lost phone does not wait. What is done to an account is
in the auditor's record with who did it. A name is searched for in a body and stands in no address.
"""

from __future__ import annotations

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from agent_api.bodies import BodyRefused, read_json
from agent_api.caller import Caller
from agent_api.desk.asking import account_of
from agent_api.desk.proof import check_factor
from agent_api.enrolment import json_response
from agent_api.problems import problem_response
from agent_api.wiring import Services
from server.actions.activate_account import activate_account
from server.actions.administer_account import (
    AccountUnfit,
    account_to_change,
    account_to_let_in,
    make_account,
    rescope_account,
)
from server.actions.list_accounts import AccountLine, list_accounts, read_account
from server.actions.move_account import Moved, close_account, reopen_account
from server.actions.refusals import NotFound
from server.actions.revoke_device import LostDevice, revoke_device
from server.domain.people.roles import Role
from server.storage.people import AccountRow, DeviceRow

BODY_MAX = 16 * 1024
DAY_MS = 86_400_000
DAYS_MAX = 3650


class AccountsAsked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`search`: the beginning of a login or a part of a name. `silent_days`: only who was not heard of for so long;
    `unsent`: only who had something unsent. `after` as the page before told.
    """

    search: str = ""
    roles: list[Role] = []
    silent_days: int = 0
    unsent: bool = False
    after: str = ""


class Accounts(msgspec.Struct, frozen=True):
    """`next`: what to give as `after` for the next page, empty at the end."""

    rows: list[AccountLine]
    next: str


class DeviceTold(msgspec.Struct, frozen=True):
    id: str
    name: str
    app_version: str
    last_contact: int | None
    unsent: int
    unsent_since: int | None
    revoked_at: int | None


class AccountTold(msgspec.Struct, frozen=True):
    id: str
    login: str
    name: str
    role: str
    places: list[str]
    units: list[str]
    site: str
    status: str
    devices: list[DeviceTold]


class NewAccount(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`factor`: the six digits that the administrator's authenticator shows now."""

    login: str
    name: str
    role: str
    factor: str
    places: list[str] = []
    units: list[str] = []
    site: str = ""


class AccountScope(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All that it reaches from now on. `role` "" leaves the role."""

    factor: str
    places: list[str] = []
    units: list[str] = []
    site: str = ""
    role: str = ""


class Factor(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    factor: str


class LostReason(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Kept for the auditor."""

    reason: str = "lost"


class ActivationCode(msgspec.Struct, frozen=True):
    """`code` is for its owner and nobody else, once; a new one ends those before."""

    login: str
    code: str
    expires_at: int


class DeviceLost(msgspec.Struct, frozen=True):
    """What was unsent on it at its last contact."""

    lost: LostDevice


_read_asked = msgspec.json.Decoder(AccountsAsked)
_read_new = msgspec.json.Decoder(NewAccount)
_read_scope = msgspec.json.Decoder(AccountScope)
_read_factor = msgspec.json.Decoder(Factor)
_read_reason = msgspec.json.Decoder(LostReason)


async def post_search(request: Request, caller: Caller, services: Services) -> Response:
    """POST /v1/desk/accounts/search"""
    asked, account = await read_json(request, _read_asked), await account_of(caller, services)
    if not 0 <= asked.silent_days <= DAYS_MAX:
        raise BodyRefused("malformed")
    silent = services.platform.clock.wall_ms() - asked.silent_days * DAY_MS if asked.silent_days else None
    found = await list_accounts(
        services.platform,
        account.scope,
        search=asked.search[:40],
        roles=frozenset(asked.roles) or frozenset(Role),
        silent_since=silent,
        unsent_min=int(asked.unsent),
        after=asked.after[:40],
    )
    return json_response(Accounts(list(found.lines), found.after))


async def get_account(request: Request, caller: Caller, services: Services) -> Response:
    """GET /v1/desk/accounts/{account}"""
    by = await account_of(caller, services)
    return await _told(services, by, request.path_params["account"])


async def post_account(request: Request, caller: Caller, services: Services) -> Response:
    """POST /v1/desk/accounts: a new one."""
    asked, by = await read_json(request, _read_new), await account_of(caller, services)
    await check_factor(services, by, asked.factor)
    try:
        made = await make_account(
            services.platform, by, login=asked.login, name=asked.name, role=asked.role, places=asked.places,
            units=asked.units, site=asked.site,
        )  # fmt: skip
    except AccountUnfit as unfit:
        return problem_response("account_unfit", more={"faults": unfit.faults})
    return await _told(services, by, made.id)


async def post_scope(request: Request, caller: Caller, services: Services) -> Response:
    """POST /v1/desk/accounts/{account}/move"""
    asked, by = await read_json(request, _read_scope), await account_of(caller, services)
    account = (await account_to_change(services.platform, by, request.path_params["account"])).id
    await check_factor(services, by, asked.factor)
    try:
        await rescope_account(
            services.platform, by, account, role=asked.role, places=asked.places, units=asked.units, site=asked.site
        )
    except AccountUnfit as unfit:
        return problem_response("account_unfit", more={"faults": unfit.faults})
    return await _told(services, by, account)


async def post_close(request: Request, caller: Caller, services: Services) -> Response:
    """POST /v1/desk/accounts/{account}/close: its sessions and grants end, its devices deposit and are wiped."""
    by, platform = await account_of(caller, services), services.platform
    account = await account_to_change(platform, by, request.path_params["account"])
    now, randomness = platform.clock.wall_ms(), platform.randomness
    return await _moved(
        services, by, await close_account(platform.database, account.id, actor=by.id, now_ms=now, randomness=randomness)
    )


async def post_reopen(request: Request, caller: Caller, services: Services) -> Response:
    """POST /v1/desk/accounts/{account}/reopen: the grants of before; its devices need new codes."""
    asked, by = await read_json(request, _read_factor), await account_of(caller, services)
    platform = services.platform
    account = await account_to_let_in(platform, by, request.path_params["account"])
    await check_factor(services, by, asked.factor)
    moved = await reopen_account(
        platform.database,
        account.id,
        directory=await platform.directory(),
        actor=by.id,
        now_ms=platform.clock.wall_ms(),
        randomness=platform.randomness,
    )
    return await _moved(services, by, moved)


async def post_activation(request: Request, caller: Caller, services: Services) -> Response:
    """POST /v1/desk/accounts/{account}/activation: a one-time code."""
    asked, by = await read_json(request, _read_factor), await account_of(caller, services)
    platform = services.platform
    account = await account_to_let_in(platform, by, request.path_params["account"])
    await check_factor(services, by, asked.factor)
    made = await activate_account(
        platform.database,
        services.secrets,
        account.login,
        actor=by.id,
        now_ms=platform.clock.wall_ms(),
        randomness=platform.randomness,
        life_ms=services.activation_ms,
    )
    return json_response(ActivationCode(made.login, made.code, made.expires_at))


async def post_lost(request: Request, caller: Caller, services: Services) -> Response:
    """POST /v1/desk/accounts/{account}/devices/{device}/lost: refused from now on, wiped at its next contact."""
    asked, by = await read_json(request, _read_reason), await account_of(caller, services)
    platform = services.platform
    found = await read_account(platform, by.scope, request.path_params["account"])
    if found is None or request.path_params["device"] not in {one.id for one in found[1]}:
        raise NotFound("no such device in this scope")
    lost = await revoke_device(
        platform.database,
        request.path_params["device"],
        reason=asked.reason.strip()[:200] or "lost",
        actor=by.id,
        now_ms=platform.clock.wall_ms(),
        randomness=platform.randomness,
    )
    platform.forget_standings()
    return json_response(DeviceLost(lost))


async def _moved(services: Services, by: AccountRow, moved: Moved) -> Response:
    services.platform.forget_standings()
    return await _told(services, by, moved.account)


async def _told(services: Services, by: AccountRow, account: str) -> Response:
    found = await read_account(services.platform, by.scope, account)
    if found is None:
        raise NotFound("no such account in this scope")
    row, devices = found
    return json_response(
        AccountTold(
            id=row.id,
            login=row.login,
            name=row.name,
            role=row.role.value,
            places=sorted(row.scope.places),
            units=sorted(row.scope.units),
            site=row.site,
            status=row.status,
            devices=[_device(one) for one in devices],
        )
    )


def _device(row: DeviceRow) -> DeviceTold:
    return DeviceTold(row.id, row.name, row.app_version, row.last_contact, row.unsent, row.unsent_since, row.revoked_at)
