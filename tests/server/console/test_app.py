"""The console's door: nothing without signing in, nothing from elsewhere, and a page for every refusal."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from server.actions.sign_in import IDLE_MS, STEP_UP_MS
from server.console.navigation import STAFF
from server.console.pages import PAGES
from server.console.rows import Level
from server.domain.people.roles import Role
from tests.server.console.office import SAME_SITE, Office, office

FOREIGN_ROWS = 10
"""Of each role at least so many pages and posts are not its own."""


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Office]:
    async with office(tmp_path) as made:
        yield made


def address(path: str) -> str:
    return "/console" + re.sub(r"{\w+}", "f" * 32, path)


async def test_no_page_opens_to_a_stranger_but_the_way_in(desk: Office) -> None:
    stranger = desk.browser()
    for row in PAGES:
        if row.level is Level.OPEN:
            continue
        answer = await stranger.client.request(row.method, address(row.path), headers=SAME_SITE)
        assert answer.status_code == 303, row.path
        assert answer.headers["location"].startswith("/console/sign-in"), row.path


async def test_a_password_alone_opens_only_the_factors_page(desk: Office) -> None:
    login = desk.login_of("desk_clerk")
    await desk.set_password(login)
    half = await desk.enter_password(login)
    for row in PAGES:
        if row.level in (Level.FULL, Level.STEPPED_UP) and row.method == "GET":
            answer = await half.get(address(row.path))
            assert (answer.status_code, answer.headers["location"]) == (303, "/console/factor"), row.path


@pytest.mark.parametrize("role", sorted(STAFF))
async def test_a_page_of_another_role_is_as_absent_as_no_page(desk: Office, role: Role) -> None:
    somebody = await desk.sign_in(desk.login_of(role))
    await somebody.get("/console/account")
    absent = await somebody.get("/console/no-such-page")
    assert absent.status_code == 404
    foreign = [row for row in PAGES if row.level in (Level.FULL, Level.STEPPED_UP) and role not in row.roles]
    assert len(foreign) >= FOREIGN_ROWS, role
    for row in foreign:
        answer = await (somebody.get if row.method == "GET" else somebody.post)(address(row.path))
        assert (answer.status_code, "没有找到" in answer.text) == (404, True), row.path


async def test_a_post_without_its_mark_or_from_another_site_changes_nothing(desk: Office) -> None:
    clerk = await desk.sign_in(desk.login_of("desk_clerk"))
    await clerk.get("/console/account")
    forged = await clerk.client.post(
        "/console/sign-out", data={"csrf": clerk.mark}, headers={"origin": "http://evil.test"}
    )
    unmarked = await clerk.client.post("/console/sign-out", data={}, headers=SAME_SITE)
    silent = await clerk.client.post("/console/sign-out", data={"csrf": clerk.mark})
    assert [one.status_code for one in (forged, unmarked, silent)] == [403, 403, 403]
    assert (await clerk.get("/console/account")).status_code == 200


async def test_an_idle_session_goes_back_to_the_way_in_and_then_on_to_where_it_was(desk: Office) -> None:
    clerk = await desk.sign_in(desk.login_of("desk_clerk"))
    desk.clock.advance(IDLE_MS)
    answer = await clerk.get("/console/account")
    assert answer.headers["location"] == "/console/sign-in?next=%2Fconsole%2Faccount"
    part = await clerk.get("/console/account", **{"hx-request": "true"})
    assert (part.status_code, part.headers["hx-redirect"]) == (401, "/console/sign-in")


async def test_pages_may_not_be_kept_framed_or_given_foreign_scripts(desk: Office) -> None:
    clerk = await desk.sign_in(desk.login_of("desk_clerk"))
    headers = (await clerk.get("/console/")).headers
    assert headers["cache-control"] == "no-store"
    policy = headers["content-security-policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy


async def test_a_form_too_large_is_refused(desk: Office) -> None:
    clerk = await desk.sign_in(desk.login_of("desk_clerk"))
    answer = await clerk.post("/console/account/session", session="x" * 300_000)
    assert answer.status_code == 413


async def test_what_needs_a_fresh_factor_asks_for_one(desk: Office) -> None:
    clerk = await desk.sign_in(desk.login_of("desk_clerk"))
    desk.clock.advance(STEP_UP_MS)
    for row in PAGES:
        if row.level is Level.STEPPED_UP and row.method == "GET":
            answer = await clerk.get(address(row.path))
            assert answer.status_code in (303, 404), row.path


async def test_a_fault_of_ours_is_a_page_that_says_what_to_do(desk: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    async def fails(*_: object) -> None:
        raise RuntimeError("the secret of the database")

    clerk = await desk.sign_in(desk.login_of("desk_clerk"))
    monkeypatch.setattr("server.console.app.visitor_from", fails)
    for path, first in (("/console/desk", "/console/"), ("/r/", "/r/")):
        answer = await clerk.get(path)
        assert (answer.status_code, "系统出错" in answer.text) == (500, True), path
        assert f'href="{first}"' in answer.text
        assert answer.headers["content-security-policy"].startswith("default-src 'none'")
        assert "secret" not in answer.text


async def test_a_resident_who_is_lost_is_led_to_the_residents_page_and_not_to_the_desks(desk: Office) -> None:
    answer = await desk.browser().get("/r/none")
    assert (answer.status_code, 'href="/r/"' in answer.text) == (404, True)


async def test_a_form_is_read_as_a_line_can_hold_it(desk: Office) -> None:
    somebody = await desk.sign_in(desk.login_of("city_supervisor"))
    found = await somebody.post("/console/helpers", search="\u202d王\u202c e\u0301")
    assert 'value="王 é"' in found.text
