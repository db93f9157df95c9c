"""A step or a page that names a record of another place: nothing of it is shown, and nothing is built on it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from server.actions.local_register import LocalRegister
from server.actions.open_to_read import by_leave_of, reach_record
from server.actions.refusals import NotFound
from server.actions.show_case import show_case
from server.actions.take_step import take_step
from server.actions.use_licence import use_licence
from server.centre import platform_of
from server.domain.people.roles import MAY_CHANGE, Role, Scope
from server.storage.people import AccountRow, update_account
from sync.core.clock import iso
from tests.aid_scene import CASE, CONSENT, OVER, RATING, RESIDENT, put_matter
from tests.put_record import case_of, put_record
from tests.server.actions.test_list_followup import login_of
from tests.server.console.office import office
from tests.small_centre import VILLAGE, SmallCentre

TOWN_ELSEWHERE, OWN = "341881107000", "5" * 32


async def elsewhere(small: SmallCentre, role: Role) -> AccountRow:
    login = next(one.login for one in small.world.accounts if one.role == role.value)
    moved = replace(await small.account(login), scope=Scope(places=frozenset({TOWN_ELSEWHERE})), site=TOWN_ELSEWHERE)
    async with small.centre.database.write() as tx:
        await update_account(tx, moved)
    return moved


def births(small: SmallCentre, helper: str) -> list[tuple[str, str, dict[str, Any]]]:
    """Steps that make a record in one's own place and name one of another."""
    item = next(one for one in small.world.standard_items if one.key == "V01").id
    now = small.centre.clock.wall_ms()
    consent = {
        **{"resident": RESIDENT, "items": [item], "data_kinds": ["name"], "purpose": "x", "recipients": ["民政局"]},
        **{"means": "signature", "text_hash": "0" * 64, "signed_at": iso(now), "helper": helper},
        **{"valid_until": iso(now + 10 * 86_400_000)[:10], "village": TOWN_ELSEWHERE},
    }
    case = {"resident": RESIDENT, "item": item, "item_version": 1, "village": TOWN_ELSEWHERE, "state": "draft"}
    ticket = {"place": TOWN_ELSEWHERE, "source": "hotline", "type": "question", "text": "问", "state": "open"}
    licence = {"state": "held", "resident": RESIDENT, "village": TOWN_ELSEWHERE, "kind": "身份证", "source": "desk"}
    bundle = {"code": "BUNDLE-01", "resident": RESIDENT, "consent": CONSENT, "village": TOWN_ELSEWHERE, "legs": []}
    rating = {"case": OVER, "place": TOWN_ELSEWHERE, "grade": 5, "channel": "call", "state": "given"}
    task = {"about": CASE, "about_kind": "case", "place": TOWN_ELSEWHERE, "code": "not_asked", "text": "x"}
    return [
        ("case", "case.open", case),
        ("case", "case.open", {**case, "resident": "0" * 32, "consent": CONSENT}),
        ("consent", "consent.give", consent),
        ("licence", "licence.keep", licence),
        ("bundle", "bundle.file", bundle),
        ("service_log", "service_log.write", {"village": TOWN_ELSEWHERE, "resident": RESIDENT, "kind": "advice"}),
        ("ticket", "ticket.open", {**ticket, "case": CASE}),
        ("ticket", "ticket.open", {**ticket, "resident": RESIDENT}),
        ("task", "task.open", task),
        ("task", "task.open", {**task, "about": RATING, "about_kind": "rating", "code": "check"}),
        ("rating", "rating.give", rating),
    ]


@pytest.mark.parametrize("role", [Role.DESK_CLERK, Role.TOWN_LEAD, Role.COUNTY_SUPERVISOR])
async def test_nothing_is_made_that_names_what_lies_elsewhere(either: SmallCentre, role: Role) -> None:
    """Absent and foreign are the same: an id can be worked out of a person's number."""
    await put_matter(either, VILLAGE, aid=False)
    platform, account = platform_of(either.centre, either.writer), await elsewhere(either, role)
    tried = 0
    for kind, name, fields in births(either, account.id):
        if name not in MAY_CHANGE[role]:
            continue
        tried += 1
        with pytest.raises(NotFound):
            await take_step(platform, account, kind=kind, record=OWN, name=name, fields=fields, seen=None)
    assert tried >= 4
    assert await either.fetch("SELECT 1 FROM changes WHERE record = ?", [OWN]) == []


async def test_a_draft_that_a_phone_made_about_a_stranger_shows_nothing_of_them(either: SmallCentre) -> None:
    """A phone writes what it likes into a draft of its own place; it opens no page to others."""
    await put_matter(either, VILLAGE, aid=False)
    platform, clerk = platform_of(either.centre, either.writer), await elsewhere(either, Role.DESK_CLERK)
    draft = case_of(either, resident=RESIDENT, consent=CONSENT, village=TOWN_ELSEWHERE, state="draft", received_at="")
    for state in ("draft", "withdrawn"):
        await either.tamper("DELETE FROM cases WHERE id = ?", [OWN])
        await put_record(either, "case", OWN, {**draft, "state": state, "phone": "", "number": "", "receipt": ""})
        page = await show_case(platform, clerk, OWN, "核对", unmasked=True)
        assert (page.resident, page.phone, page.consent, page.licences) == ({}, "", None, ())
        register = LocalRegister(either.centre.database, either.centre.sealing)
        with pytest.raises(NotFound):
            await use_licence(platform, register, clerk, case=OWN, kind="身份证", purpose="核对身份")


async def test_a_resident_who_moved_is_still_on_the_filing_that_was_received(either: SmallCentre) -> None:
    await put_matter(either, VILLAGE, aid=False)
    platform, clerk = platform_of(either.centre, either.writer), await elsewhere(either, Role.DESK_CLERK)
    filed = case_of(either, resident=RESIDENT, village=TOWN_ELSEWHERE, state="received", number="", receipt="")
    await put_record(either, "case", OWN, filed)
    page = await show_case(platform, clerk, OWN, "核对", unmasked=True)
    assert page.resident["name"] == "宁采薇"
    near = await either.account(login_of(either, "county_supervisor", VILLAGE))
    case = await reach_record(platform, near, "case", CASE)
    resident = await reach_record(platform, near, "resident", RESIDENT)
    assert await by_leave_of(platform, near, case, resident)


async def test_a_consent_about_a_stranger_shows_nothing_of_them(tmp_path: Path) -> None:
    async with office(tmp_path) as desk:
        await put_matter(desk.small, VILLAGE, aid=False)
        clerk = await elsewhere(desk.small, Role.DESK_CLERK)
        given = {
            **{"resident": RESIDENT, "items": [], "data_kinds": ["name"], "purpose": "x", "recipients": ["民政局"]},
            **{"means": "signature", "text_hash": "0" * 64, "signed_at": "2026-11-01T09:00:00+08:00"},
            **{"valid_until": "2027-11-01", "village": TOWN_ELSEWHERE, "helper": clerk.id},
        }
        await put_record(desk.small, "consent", OWN, given)
        browser = await desk.sign_in(clerk.login)
        told = await browser.get(f"/console/consents/{OWN}")
        assert told.status_code == 200
        whole = await browser.post(f"/console/consents/{OWN}/unmask", reason="核对")
        assert not [one for one in ("宁采薇", "139****0077", "13912340077") if one in told.text + whole.text]
