"""Whatever somebody does with the pages, they get a page that says what to do, and nothing is changed wrongly."""

from __future__ import annotations

import asyncio
import html
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from server.actions.move_account import close_account
from server.actions.sign_in import IDLE_MS, LIFE_MS
from server.domain.people.roles import Role
from tests.server.actions.test_list_followup import clerk_of, login_of
from tests.server.actions.test_show_case import CASE, file_case
from tests.server.console.office import PASSWORD, SAME_SITE, Browser, Office, office
from tests.server.console.scene import fields_of, stranger_of
from tests.small_centre import VILLAGE

PAGE = f"/console/desk/{CASE}"
ACCEPT = {"in.material.2": "yes"}


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Office]:
    async with office(tmp_path) as made:
        await file_case(made.small)
        yield made


async def clerk_at(desk: Office) -> Browser:
    return await desk.sign_in((await clerk_of(desk.small)).login)


async def seen_by(browser: Browser) -> dict[str, str]:
    page = (await browser.get(PAGE)).text
    found = {name: re.search(f'name="{name}" value="([^"]*)"', page) for name in ("epoch", "rev", "hash")}
    return {name: html.unescape(one[1]) for name, one in found.items() if one}


async def standing(desk: Office) -> tuple[object, int]:
    [[rev]] = await desk.small.fetch("SELECT rev FROM cases WHERE id = ?", [CASE])
    return (await fields_of(desk, "case", CASE))["state"], int(rev)


async def test_two_clicks_at_once_do_it_once_and_the_second_says_so(desk: Office) -> None:
    clerk = await clerk_at(desk)
    seen = await seen_by(clerk)
    answers = await asyncio.gather(*(clerk.post(f"{PAGE}/accept", **seen, **ACCEPT) for _ in range(2)))
    assert sorted(one.status_code for one in answers) == [303, 409]
    assert "这一页已经过时" in next(one.text for one in answers if one.status_code == 409)
    assert await standing(desk) == ("accepted", 2)


async def test_two_tabs_the_later_is_told_and_keeps_what_was_typed(desk: Office) -> None:
    clerk = await clerk_at(desk)
    one, other = await seen_by(clerk), await seen_by(clerk)
    assert (await clerk.post(f"{PAGE}/accept", **one, **ACCEPT)).status_code == 303
    late = await clerk.post(
        f"{PAGE}/return", **other, **{"in.correction.due": "2026-12-24", "in.correction.text": "请补照片"}
    )
    assert (late.status_code, "这一页已经过时" in late.text) == (409, True)
    assert "不能从" not in late.text
    assert '<blockquote class="said">请补照片</blockquote>' in late.text or ">请补照片</textarea>" in late.text
    assert await standing(desk) == ("accepted", 2)


async def test_back_and_once_more_changes_nothing_and_pages_are_never_kept(desk: Office) -> None:
    clerk = await clerk_at(desk)
    seen = await seen_by(clerk)
    done = await clerk.post(f"{PAGE}/accept", **seen, **ACCEPT)
    after = await clerk.get(done.headers["location"])
    assert (after.status_code, after.headers["cache-control"]) == (200, "no-store")
    again = await clerk.post(f"{PAGE}/accept", **seen, **ACCEPT)
    assert again.status_code == 409
    assert await standing(desk) == ("accepted", 2)


async def test_a_stale_page_of_another_clerk_is_told_and_shows_what_is_now(desk: Office) -> None:
    first, second = await clerk_at(desk), await desk.sign_in(login_of(desk.small, "town_lead", VILLAGE))
    seen = await seen_by(second)
    assert (await first.post(f"{PAGE}/accept", **await seen_by(first), **ACCEPT)).status_code == 303
    answer = await second.post(f"{PAGE}/precheck", **seen)
    assert answer.status_code in (404, 409)
    assert await standing(desk) == ("accepted", 2)


@pytest.mark.parametrize("wait", [IDLE_MS, LIFE_MS])
async def test_an_expired_session_leads_to_the_way_in_and_back_and_the_step_is_not_done(
    desk: Office, wait: int
) -> None:
    clerk = await clerk_at(desk)
    seen = await seen_by(clerk)
    desk.clock.advance(wait)
    headers = {**SAME_SITE, "referer": f"http://console.test{PAGE}"}
    answer = await clerk.client.post(f"{PAGE}/accept", data={"csrf": clerk.mark, **seen, **ACCEPT}, headers=headers)
    there = f"/console/sign-in?next={PAGE.replace('/', '%2F')}"
    assert [answer.headers["location"], (await clerk.get(PAGE)).headers["location"]] == [there, there]
    assert await standing(desk) == ("received", 1)


async def test_a_session_that_was_ended_elsewhere_does_nothing_more(desk: Office) -> None:
    clerk = await clerk_at(desk)
    seen = await seen_by(clerk)
    account = await clerk_of(desk.small)
    await close_account(
        desk.platform.database,
        account.id,
        actor="admin",
        now_ms=desk.clock.wall_ms(),
        randomness=desk.platform.randomness,
    )
    assert (await clerk.post(f"{PAGE}/accept", **seen, **ACCEPT)).status_code == 303
    assert await standing(desk) == ("received", 1)


async def test_a_wrong_role_and_a_foreign_place_are_as_absent_as_nothing(desk: Office) -> None:
    seen = await seen_by(await clerk_at(desk))
    absent = []
    for login in (stranger_of(desk), desk.login_of(Role.ADMINISTRATOR), desk.login_of(Role.CATALOGUE_REVIEWER)):
        browser = await desk.sign_in(login)
        await browser.get("/console/account")
        absent.append((await browser.post(f"{PAGE}/accept", **seen, **ACCEPT)).status_code)
        absent.append((await browser.get(PAGE)).status_code)
        assert "没有找到" in (await browser.get(PAGE)).text
    assert set(absent) == {404}
    assert await standing(desk) == ("received", 1)


async def test_a_form_of_a_session_that_ended_is_refused_in_the_next_one(desk: Office) -> None:
    clerk = await clerk_at(desk)
    seen, old = await seen_by(clerk), clerk.mark
    await clerk.post("/console/sign-out")
    again = await desk.enter_password((await clerk_of(desk.small)).login)
    assert clerk.totp is not None
    desk.clock.advance(60_000)
    await again.get("/console/factor")
    await again.post("/console/factor", code=clerk.totp.at(desk.clock.wall_ms() // 1000))
    answer = await again.client.post(f"{PAGE}/accept", data={"csrf": old, **seen, **ACCEPT}, headers=SAME_SITE)
    assert (answer.status_code, "页面已过期" in answer.text) == (403, True)
    assert f'href="{PAGE}"' in answer.text, "the way back to the case, with a form that counts"
    assert await standing(desk) == ("received", 1)


async def test_a_flood_of_wrong_passwords_locks_the_flood_out_and_not_its_owner(desk: Office) -> None:
    login = (await clerk_of(desk.small)).login
    clerk = await desk.sign_in(login)
    await clerk.post("/console/sign-out")
    flood = desk.browser()
    told = [await flood.post("/console/sign-in", login=login, password="x" * 12) for _ in range(12)]
    assert told[-1].status_code == 429
    assert int(told[-1].headers["retry-after"]) > 0
    assert "请" in told[-1].text
    assert (await clerk.post("/console/sign-in", login=login, password=PASSWORD)).status_code == 303
