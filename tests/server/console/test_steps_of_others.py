"""Whoever has another place posts the right form, with the right mark and the state that stands, at every step of every
record of this one: nothing is there, nothing is told, nothing changes. So does whoever has no place at all.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from server.console.pages import PAGES
from server.console.rows import Level, Page
from server.domain.people.roles import Role, Scope
from server.storage.people import update_account
from tests.aid_scene import LICENCE, MARKS, PICTURE, put_matter
from tests.server.actions.test_show_file import put_picture
from tests.server.console.office import Browser, Office, office
from tests.server.console.test_every_look import VERBS, filled
from tests.small_centre import HELPER, TOWN, VILLAGE

ANYWHERE = {"/helpers", "/catalogue/requests", "/campaigns", "/tickets/new", "/password"}
KIND_OF = {
    **{"desk": "case", "calls": "over", "consents": "consent", "ratings": "rating", "tasks": "task"},
    **{"tickets": "ticket", "conflicts": "conflict", "lights": "light", "reviews": "review"},
}
FORM = {
    **{"why": "核实", "reason": "核实情况", "place": TOWN, "text": "请核实", "words": "请补充户口簿"},
    **{"pick.0": "mine", "in.explanation": "已办", "in.answer": "已答复", "in.set_aside_why": "误评"},
    **{"in.finding": "done", "in.holder": f"place:{VILLAGE}", "in.grade": "5", "in.kind": "身份证"},
    **{"in.purpose": "核对身份", "in.text": "核实", "in.revoke_channel": "desk", "in.transfer.reason": "误转"},
    **{"in.transfer.to": f"place:{TOWN}", "in.stage": "caution", "in.why": "核实", "in.satisfaction": "5"},
}


def elsewhere(desk: Office) -> Scope:
    towns = sorted(
        place
        for one in desk.small.world.accounts
        if one.role == "town_lead"
        for place in one.scope_places
        if place[:9] != VILLAGE[:9] and place[9:] == "000"
    )
    return Scope(places=frozenset({towns[0]}))


async def stranger(desk: Office, role: Role, scope: Scope) -> Browser:
    """Somebody of the role who has signed in and whose scope is that."""
    login = next(one.login for one in desk.small.world.accounts if one.role == role.value)
    account = await desk.small.account(login)
    site = sorted(scope.places)[0] if scope.places else account.site
    async with desk.platform.database.write() as tx:
        await update_account(tx, replace(account, scope=scope, site=site))
    return await desk.sign_in(login)


async def put_scene(desk: Office, folder: Path) -> dict[str, str]:
    helper = (await desk.small.account(HELPER)).id
    ids = await put_matter(desk.small, VILLAGE, aid=False, helper=helper)
    await put_picture(desk.small, folder)
    device = await desk.small.enrol(HELPER)
    return {**ids, "helper": helper, "device": device}


def forms(row: Page, ids: dict[str, str]) -> Iterator[tuple[str, str]]:
    """(address, the record that its form must name as seen)."""
    area = row.path.split("/")[1]
    record = ids.get(KIND_OF.get(area, ""), ids["helper"])
    verbs = [form.verb for form in VERBS.get(area, {}).values()] if "{verb}" in row.path else [""]
    for verb in verbs or ["return"]:
        words = {"id": record, "verb": verb, "file": PICTURE, "licence": LICENCE, "of": "items", "period": "2026-11"}
        yield filled(row.path, words), record


async def seen_of(desk: Office, ids: dict[str, str], record: str) -> dict[str, str]:
    kind = next((kind for kind, ident in ids.items() if ident == record), "")
    kind = {"over": "case"}.get(kind, kind)
    if kind in ("", "helper", "device"):
        return {}
    base = await desk.small.seen(kind, record)
    assert base.epoch is not None
    return {"epoch": base.epoch, "rev": str(base.rev), "hash": str(base.hash)}


ABOUT_NOBODY = ("catalogue", "bulletins", "campaigns", "operations", "account", "parked")
NAMED = tuple(
    row for row in PAGES
    if "{" in row.path and row.level in (Level.FULL, Level.STEPPED_UP) and "together" not in row.path
    and row.path.split("/")[1] not in ABOUT_NOBODY
)  # fmt: skip


@pytest.mark.parametrize("has_place", [True, False], ids=["elsewhere", "nowhere"])
async def test_no_step_of_another_place_is_there(has_place: bool, tmp_path: Path) -> None:
    async with office(tmp_path) as desk:
        ids = await put_scene(desk, tmp_path)
        scope = elsewhere(desk) if has_place else Scope()
        wrong: dict[tuple[str, str, str], int] = {}
        asked = 0
        for role in sorted({role for row in NAMED for role in row.roles}):
            browser = await stranger(desk, role, scope)
            before = await everything(desk)
            for row in NAMED:
                if role not in row.roles:
                    continue
                for address, record in forms(row, ids):
                    await browser.get("/console/account")
                    form = {**FORM, **await seen_of(desk, ids, record), "device": ids["device"], "taker": HELPER}
                    where = f"/console{address}"
                    answer = await (browser.get(where) if row.method == "GET" else browser.post(where, **form))
                    asked += 1
                    if answer.status_code != 404 or any(mark in answer.text for mark in MARKS):
                        wrong[role.value, row.method, address] = answer.status_code
            assert await everything(desk) == before
        assert wrong == {}
        assert asked > 150


async def everything(desk: Office) -> list[list[tuple[object, ...]]]:
    """What such a visit must leave as it was."""
    return [
        await desk.small.fetch(sql)
        for sql in (
            "SELECT count(*) FROM changes",
            "SELECT id, role, scope, site, status FROM accounts ORDER BY id",
            "SELECT id, revoked_at FROM devices ORDER BY id",
            "SELECT count(*) FROM reads WHERE kind <> 'log'",
        )
    ]
