"""Accounts and their devices: who needs help, activation sheets, lost devices, posts that change.

Laws: the list is by place, never by a number; an account's page is for support and holds no score. What is done to an
account is in the auditor's record with who did it. What gives access (a sheet, reopening, another place) wants a factor
shown within minutes, and is given by whoever reaches as far; what takes it away is not so bound, since a lost phone
does not wait.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from starlette.responses import RedirectResponse, Response

from server.actions.activate_account import activate_account, activation_svg
from server.actions.list_accounts import list_accounts, read_account
from server.actions.move_account import close_account, reopen_account
from server.actions.refusals import NotFound
from server.actions.revoke_device import LostDevice, revoke_device
from server.console.narrowing import narrowed
from server.console.pages.sign_in import site_of
from server.console.place_choices import place_choices
from server.console.render import page
from server.console.visit import Visit
from server.domain.people.reach import covers
from server.domain.people.roles import Role, may_change
from server.storage.people import AccountRow, DeviceRow

SILENT_AFTER = timedelta(days=7)


async def show(visit: Visit) -> Response:
    """By the address, or as a form asks: a person's name is searched for by POST and stands in no address."""
    query: Mapping[str, str] = visit.form or {**visit.request.query_params, "search": ""}
    silent, unsent = query.get("silent") == "1", query.get("unsent") == "1"
    only = await narrowed(visit, unsent="1" if unsent else "")
    since = visit.console.now() - int(SILENT_AFTER.total_seconds() * 1000) if silent else None
    roles = frozenset({Role.HELPER, Role.TOWN_LEAD}) if query.get("who", "helpers") == "helpers" else frozenset(Role)
    found = await list_accounts(
        visit.console.platform,
        only.account.scope,
        search=query.get("search", "")[:40],
        roles=roles,
        silent_since=since,
        unsent_min=1 if unsent else 0,
        after=query.get("after", "")[:40],
    )
    return page(
        visit,
        "helpers.html",
        found=found,
        search=query.get("search", "")[:40],
        silent=silent,
        unsent=unsent,
        only=only,
        who=query.get("who", "helpers"),
        silent_days=SILENT_AFTER.days,
    )


DONE: Mapping[str, tuple[str, str]] = {
    "move": (
        "已调岗：手机下次联系时改读新地方，手上未送出的内容14天内照常收下。",
        "Moved: the phone reads its new place at its next contact; what it still holds is taken for 14 days.",
    ),
    "close": (
        "账号已停用。停错了可以重新启用，设备要重新激活。",
        "The account is closed. It can be reopened; its devices are then activated anew.",
    ),
    "reopen": ("账号已重新启用，请给本人一张新的激活单。", "The account is open again: give the person a new sheet."),
}
"""What the page says after a step."""


async def show_one(visit: Visit) -> Response:
    return await helper_page(visit)


async def helper_page(
    visit: Visit, *, lost: LostDevice | None = None, problem: str = "", told: str = "", status: int = 200
) -> Response:
    """The account of the address, with what was just done to it."""
    account, devices = await account_of(visit)
    if (done := DONE.get(visit.request.query_params.get("done", ""))) is not None:
        told = visit.t(*done)
    return page(
        visit,
        "helper.html",
        status=status,
        account=account,
        devices=devices,
        lost=lost,
        problem=problem,
        told=told,
        places=sorted(await place_choices(visit)) if visit.role is Role.ADMINISTRATOR else [],
        may_hand_over=may_change(visit.role, "claim.hand_over"),
    )


async def account_of(visit: Visit) -> tuple[AccountRow, list[DeviceRow]]:
    found = await read_account(visit.console.platform, visit.account.scope, visit.request.path_params["id"])
    if found is None:
        raise NotFound("no such account in this scope")
    return found


async def gives_more(visit: Visit, account: AccountRow) -> Response | None:
    """The page that says no where the account reaches further than who would give it access; None where not."""
    if covers(visit.account.scope, account.scope, await visit.console.platform.directory()):
        return None
    said = visit.t(
        "这个账号管的地方超出您的范围，请由上级管理员办理。",
        "This account reaches beyond your own places: ask an administrator above.",
    )
    return await helper_page(visit, problem=said, status=403)


async def make_sheet(visit: Visit) -> Response:
    """A new activation code on a page to print; the earlier ones end."""
    account, _ = await account_of(visit)
    if refused := await gives_more(visit, account):
        return refused
    console = visit.console
    made = await activate_account(
        console.platform.database,
        console.door.secrets,
        account.login,
        actor=visit.account.id,
        now_ms=console.now(),
        randomness=console.platform.randomness,
        life_ms=console.activation_ms,
    )
    server = site_of(visit).origin
    return page(
        visit, "activation_sheet.html", account=account, code=made.code, expires=made.expires_at, server=server,
        qr=activation_svg(server, made.code),
    )  # fmt: skip


async def report_lost(visit: Visit) -> Response:
    """One action: refused from now on, wiped at its next contact, and what it held unsent on the screen."""
    _, devices = await account_of(visit)
    device = visit.form.get("device", "")
    if device not in {one.id for one in devices}:
        raise NotFound("no such device of this account")
    lost = await revoke_device(
        visit.console.platform.database,
        device,
        reason=visit.form.get("reason", "")[:200] or "lost",
        actor=visit.account.id,
        now_ms=visit.console.now(),
        randomness=visit.console.platform.randomness,
    )
    visit.console.platform.forget_standings()
    return await helper_page(visit, lost=lost)


async def close(visit: Visit) -> Response:
    """Leaving ends every session and grant; what the devices still hold is taken, and then they are wiped."""
    account, _ = await account_of(visit)
    platform = visit.console.platform
    if account.id == visit.account.id:
        own = visit.t("自己的账号要由另一位管理员停用。", "Your own account is closed by another administrator.")
        return await helper_page(visit, problem=own, status=409)
    await close_account(
        platform.database,
        account.id,
        actor=visit.account.id,
        now_ms=visit.console.now(),
        randomness=platform.randomness,
    )
    platform.forget_standings()
    return RedirectResponse(f"/console/helpers/{account.id}?done=close", 303)


async def reopen(visit: Visit) -> Response:
    """Coming back: the grants of before, and devices by new codes."""
    account, _ = await account_of(visit)
    if refused := await gives_more(visit, account):
        return refused
    platform = visit.console.platform
    await reopen_account(
        platform.database,
        account.id,
        directory=await platform.directory(),
        actor=visit.account.id,
        now_ms=visit.console.now(),
        randomness=platform.randomness,
    )
    platform.forget_standings()
    return RedirectResponse(f"/console/helpers/{account.id}?done=reopen", 303)
