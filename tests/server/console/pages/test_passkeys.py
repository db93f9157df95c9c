"""Passkeys by the pages: added after a fresh factor, used at the second step, for exports, and to sign in alone."""

from __future__ import annotations

import html
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from server.actions.sign_in import STEP_UP_MS
from tests.authenticator import SoftAuthenticator
from tests.server.console.office import PASSWORD, Browser, Office, office

ORIGIN = "http://console.test"


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Office]:
    async with office(tmp_path) as made:
        yield made


def options_in(page: str) -> str:
    found = re.search(r'data-options="([^"]*)"', page)
    assert found, "the page asks for no passkey"
    return html.unescape(found[1])


async def with_key(desk: Office) -> tuple[Browser, SoftAuthenticator, str]:
    login = desk.login_of("desk_clerk")
    clerk, key = await desk.sign_in(login), SoftAuthenticator()
    page = (await clerk.get("/console/account/passkey")).text
    answer = await clerk.post("/console/account/passkey", name="办公室", response=key.create(options_in(page), ORIGIN))
    assert answer.headers["location"] == "/console/account?done=passkey", answer.text
    return clerk, key, login


async def test_a_key_is_added_named_and_removed_on_ones_own_page(desk: Office) -> None:
    clerk, _, _ = await with_key(desk)
    page = (await clerk.get("/console/account")).text
    assert "办公室" in page
    factor = re.findall(r'name="factor" value="(\w+)"', page[page.index("办公室") - 400 :])[0]
    await clerk.post("/console/account/factor/name", factor=factor, name="家里电脑")
    assert "家里电脑" in (await clerk.get("/console/account")).text
    await clerk.post("/console/account/factor/remove", factor=factor)
    assert "家里电脑" not in (await clerk.get("/console/account")).text


async def test_the_last_factor_stays_and_the_page_says_why(desk: Office) -> None:
    clerk = await desk.sign_in(desk.login_of("desk_clerk"))
    await clerk.get("/console/account")
    [[factor]] = await desk.small.fetch("SELECT id FROM staff_factors")
    answer = await clerk.post("/console/account/factor/remove", factor=factor)
    assert (answer.status_code, "这是最后一个" in answer.text) == (409, True)


async def test_it_is_the_second_step_and_the_authenticator_stays_beside_it(desk: Office) -> None:
    _, key, login = await with_key(desk)
    half = await desk.enter_password(login)
    page = (await half.get("/console/factor")).text
    assert 'name="code"' in page
    wrong = await half.post("/console/factor/passkey", response=SoftAuthenticator().get(options_in(page), ORIGIN))
    assert (wrong.status_code, "没有通过" in wrong.text) == (401, True)
    right = await half.post("/console/factor/passkey", response=key.get(options_in(page), ORIGIN), next="/console/desk")
    assert right.headers["location"] == "/console/desk"
    assert (await half.get("/console/desk")).status_code == 200


async def test_it_steps_up_where_a_fresh_factor_is_wanted(desk: Office) -> None:
    clerk, key, _ = await with_key(desk)
    desk.clock.advance(STEP_UP_MS)
    turned = await clerk.get("/console/account/passkey")
    assert turned.headers["location"] == "/console/factor?next=%2Fconsole%2Faccount%2Fpasskey"
    page = (await clerk.get(turned.headers["location"])).text
    answer = await clerk.post(
        "/console/factor/passkey", response=key.get(options_in(page), ORIGIN), next="/console/account/passkey"
    )
    assert answer.headers["location"] == "/console/account/passkey"
    assert (await clerk.get("/console/account/passkey")).status_code == 200


async def test_a_post_that_wants_a_fresh_factor_leads_back_to_its_form_and_changes_nothing(desk: Office) -> None:
    clerk, _, _ = await with_key(desk)
    page = (await clerk.get("/console/account")).text
    factor = re.findall(r'name="factor" value="(\w+)"', page)[-1]
    desk.clock.advance(STEP_UP_MS)
    answer = await clerk.client.post(
        "/console/account/factor/remove",
        data={"csrf": clerk.mark, "factor": factor},
        headers={"sec-fetch-site": "same-origin", "referer": f"{ORIGIN}/console/account"},
    )
    assert answer.headers["location"] == "/console/factor?next=%2Fconsole%2Faccount"
    assert len(await desk.small.fetch("SELECT id FROM staff_factors")) == 2


async def test_it_signs_in_alone_and_a_strangers_does_not(desk: Office) -> None:
    _, key, _ = await with_key(desk)
    browser = desk.browser()
    page = (await browser.get("/console/sign-in")).text
    wrong = await browser.post("/console/sign-in/passkey", response=SoftAuthenticator().get(options_in(page), ORIGIN))
    assert (wrong.status_code, "登录不了" in wrong.text) == (401, True)
    right = await browser.post("/console/sign-in/passkey", response=key.get(options_in(page), ORIGIN))
    assert right.headers["location"] == "/console/"
    assert (await browser.get("/console/account")).status_code == 200


async def test_guessing_with_keys_is_slowed_by_address_and_locks_nobody_out(desk: Office) -> None:
    clerk, _, login = await with_key(desk)
    await clerk.post("/console/sign-out")
    guesser = desk.browser()
    statuses = [(await guesser.post("/console/sign-in/passkey", response="{}")).status_code for _ in range(101)]
    assert statuses == [401] * 100 + [429]
    assert (await clerk.post("/console/sign-in", login=login, password=PASSWORD)).status_code == 303
