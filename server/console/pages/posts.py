"""A helper's post that changes: moved to another place, and the work in hand given to a colleague.

Laws: moving is an administrator's, handing over whoever's supervises; both only within their scope. What is still on
the phone merges as ever for fourteen days. Nothing that was typed changes.
"""

from __future__ import annotations

from starlette.responses import RedirectResponse, Response

from server.actions.hand_over_work import hand_over_work
from server.actions.list_accounts import read_account
from server.actions.move_account import move_account
from server.actions.refusals import NotFound
from server.console.pages import people
from server.console.place_choices import place_choices
from server.console.visit import Visit
from server.domain.people.reach import unit_in_scope
from server.domain.people.roles import Scope
from server.storage.people import ACTIVE, accounts_by_login


async def move(visit: Visit) -> Response:
    """POST /helpers/{id}/move: `place` as it is typed. Units of the old place stay behind."""
    account, _ = await people.account_of(visit)
    if refused := await people.gives_more(visit, account):
        return refused
    platform, typed = visit.console.platform, visit.form.get("place", "").strip()
    code = (await place_choices(visit)).get(typed, "")
    if not code or account.status != ACTIVE or account.id == visit.account.id:
        said = visit.t("请从名单中选一个地方。", "Choose a place from the list.")
        return await people.helper_page(visit, problem=said, status=422)
    directory, there = await platform.directory(), Scope(places=frozenset({code}))
    units = frozenset(unit for unit in account.scope.units if unit_in_scope(there, unit, directory))
    await move_account(
        platform.database,
        account.id,
        role=account.role,
        scope=Scope(places=there.places, units=units),
        site=code,
        directory=directory,
        actor=visit.account.id,
        now_ms=visit.console.now(),
        randomness=platform.randomness,
    )
    platform.forget_standings()
    return RedirectResponse(f"/console/helpers/{account.id}?done=move", 303)


async def hand_over(visit: Visit) -> Response:
    """POST /helpers/{id}/hand-over: `taker`, a colleague's login."""
    account, _ = await people.account_of(visit)
    platform, login = visit.console.platform, visit.form.get("taker", "").strip()[:40]
    async with platform.database.read() as snapshot:
        taker = (await accounts_by_login(snapshot, [login])).get(login)
    reached = await read_account(platform, visit.account.scope, taker.id) if taker is not None else None
    if taker is None or reached is None or taker.status != ACTIVE or taker.id == account.id:
        said = visit.t("没有这个账号，或不在您的范围。", "There is no such account in your scope.")
        return await people.helper_page(visit, problem=said, status=422)
    try:
        done = await hand_over_work(platform, visit.account, account.id, taker.id)
    except NotFound:
        return await people.helper_page(visit, problem=visit.t("现在不能移交。", "Not possible now."), status=409)
    said = visit.t(
        f"已移交认领 {done['claim']} 项、领取批次 {done['lease']} 个给{taker.name}；对方管不到的单位没有动。",
        f"{done['claim']} claims and {done['lease']} batches went to {taker.name}; units out of their reach stayed.",
    )
    return await people.helper_page(visit, told=said)
