"""Coming in by the pages: errors in one's language, throttled guesses, and no way to be sent elsewhere."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.server.console.office import PASSWORD, Office, office


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Office]:
    async with office(tmp_path) as made:
        yield made


async def test_the_first_sign_in_sets_a_password_and_an_authenticator(desk: Office) -> None:
    clerk = await desk.sign_in(desk.login_of("desk_clerk"))
    page = await clerk.get("/console/account")
    assert "验证器" in page.text
    assert (await clerk.get("/console/sign-in")).headers["location"] == "/console/"


async def test_a_wrong_password_is_told_and_the_login_kept_in_the_form(desk: Office) -> None:
    answer = await desk.browser().post("/console/sign-in", login="nobody", password="wrong")
    assert answer.status_code == 401
    assert "账号或密码不对" in answer.text
    assert 'value="nobody"' in answer.text


async def test_guesses_are_slowed_but_the_browser_that_knows_the_login_still_comes_in(desk: Office) -> None:
    login = desk.login_of("desk_clerk")
    clerk = await desk.sign_in(login)
    await clerk.post("/console/sign-out")
    guesser = desk.browser()
    answers = [await guesser.post("/console/sign-in", login=login, password="wrong") for _ in range(11)]
    assert [one.status_code for one in answers] == [401] * 10 + [429]
    assert "请15分钟后再试" in answers[-1].text
    assert (await clerk.post("/console/sign-in", login=login, password=PASSWORD)).status_code == 303


async def test_one_is_sent_on_to_a_page_of_the_console_and_nowhere_else(desk: Office) -> None:
    login = desk.login_of("desk_clerk")
    await desk.set_password(login)
    for wanted in ("https://evil.test/", "//evil.test/", "/console//evil.test", "/console/\\evil.test", "/other"):
        answer = await desk.browser().post("/console/sign-in", login=login, password=PASSWORD, next=wanted)
        assert answer.headers["location"] == "/console/factor?next=/console/", wanted
    inside = await desk.browser().post("/console/sign-in", login=login, password=PASSWORD, next="/console/account")
    assert inside.headers["location"] == "/console/factor?next=/console/account"


async def test_a_wrong_code_is_told_and_shows_no_new_secret(desk: Office) -> None:
    login = desk.login_of("desk_clerk")
    await desk.set_password(login)
    half = await desk.enter_password(login)
    await half.get("/console/factor")
    answer = await half.post("/console/factor", code="000000")
    assert answer.status_code == 401
    assert "验证码不对" in answer.text
    assert "secret" not in answer.text
    assert 'name="code"' in answer.text, "the authenticator that was scanned is asked once more"
    assert 'href="/console/factor?next=' in answer.text, "and there is a way to a new one"


async def test_two_passwords_that_differ_spend_no_code(desk: Office) -> None:
    answer = await desk.browser().post("/console/password", code="ABCD-1", password=PASSWORD, again="other")
    assert (answer.status_code, "两次输入的密码不同" in answer.text) == (422, True)
    assert 'value="ABCD-1"' in answer.text, "nobody copies a code twice"


async def test_signing_out_ends_the_session(desk: Office) -> None:
    clerk = await desk.sign_in(desk.login_of("desk_clerk"))
    answer = await clerk.post("/console/sign-out")
    assert answer.headers["location"] == "/console/sign-in"
    assert (await clerk.get("/console/account")).status_code == 303
