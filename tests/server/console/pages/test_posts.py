"""A helper moves to another village and hands work over; each by whoever may, within their scope."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from server.actions.take_step import read_record
from tests.server.actions.rounds import round_of
from tests.server.actions.test_hand_over_work import lead_login
from tests.server.actions.test_list_followup import login_of
from tests.server.console.office import Office, office
from tests.small_centre import HELPER, VILLAGE


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Office]:
    async with office(tmp_path) as made:
        yield made


async def other_village(desk: Office) -> tuple[str, str]:
    """Another village's code, and how it is typed."""
    sql = """SELECT v.code, t.name, v.name FROM places v JOIN places t ON t.code = v.parent
             WHERE v.parent = (SELECT parent FROM places WHERE code = ?) AND v.code <> ? ORDER BY v.code"""
    code, town, village = (await desk.small.fetch(sql, [VILLAGE, VILLAGE]))[0]
    return str(code), f"{town} {village}"


async def test_an_administrator_moves_a_helper_and_the_grants_follow(desk: Office) -> None:
    browser = await desk.sign_in(desk.login_of("administrator"))
    helper, (code, typed) = await desk.small.account(HELPER), await other_village(desk)
    here = f"/console/helpers/{helper.id}"
    await browser.get(here)
    wrong = await browser.post(f"{here}/move", place="没有这个村")
    assert (wrong.status_code, "请从名单中选" in wrong.text) == (422, True)
    done = await browser.post(f"{here}/move", place=typed)
    assert done.headers["location"] == f"{here}?done=move"
    assert "已调岗" in (await browser.get(f"{here}?done=move")).text
    moved = await desk.small.account(HELPER)
    assert (moved.site, moved.scope.places, moved.role) == (code, frozenset({code}), helper.role)
    grants = await desk.small.fetch("SELECT bucket FROM grants WHERE account = ? AND ended_at IS NULL", [helper.id])
    assert (f"place:{code}",) in grants
    assert (f"place:{VILLAGE}",) not in grants
    assert desk.forgotten


async def test_a_supervisor_hands_claims_over_and_moves_nobody(desk: Office) -> None:
    work = round_of(desk.small)
    await work.open()
    claim = await work.claim(await desk.small.enrol(HELPER))
    helper, lead = await desk.small.account(HELPER), lead_login(desk.small, work.unit)
    browser = await desk.sign_in(login_of(desk.small, "county_supervisor", VILLAGE))
    here = f"/console/helpers/{helper.id}"
    page = (await browser.get(here)).text
    assert "移交手上的认领" in page
    assert "/move" not in page
    for nobody in ("nobody", HELPER):
        assert (await browser.post(f"{here}/hand-over", taker=nobody)).status_code == 422
    done = await browser.post(f"{here}/hand-over", taker=lead)
    assert "已移交认领 1 项" in done.text
    held = await read_record(desk.platform, "claim", claim)
    assert held is not None
    assert held.fields["claimed_by"] == (await desk.small.account(lead)).id
    assert (await browser.post(f"{here}/move", place="x")).status_code == 404
