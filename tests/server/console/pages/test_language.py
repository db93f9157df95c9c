"""Chinese until the browser says otherwise, and back to the page one was on."""

from __future__ import annotations

from pathlib import Path

from tests.server.console.office import SAME_SITE, office


async def test_a_browser_chooses_its_language_and_stays_on_its_page(tmp_path: Path) -> None:
    async with office(tmp_path) as desk:
        browser = desk.browser()
        assert 'lang="zh-CN"' in (await browser.get("/console/sign-in")).text
        answer = await browser.client.post(
            "/console/language",
            data={"language": "en"},
            headers={**SAME_SITE, "referer": "http://console.test/console/sign-in?next=x"},
        )
        assert answer.headers["location"] == "/console/sign-in"
        page = (await browser.get("/console/sign-in")).text
        assert "Sign in" in page
        assert "登录" not in page


async def test_one_is_never_sent_outside_the_console(tmp_path: Path) -> None:
    async with office(tmp_path) as desk:
        answer = await desk.browser().client.post(
            "/console/language", data={"language": "en"}, headers={**SAME_SITE, "referer": "http://evil.test/x"}
        )
        assert answer.headers["location"] == "/console/"
