"""Whoever supports helpers finds them by place; whoever administers them activates, revokes and closes."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

import httpx
from starlette.applications import Starlette

from server.actions.sign_in import STEP_UP_MS
from server.console.app import console_pages
from server.console.visit import cookie_name
from server.domain.people.roles import Scope
from server.storage.people import update_account
from tests.server.console.office import SAME_SITE, office
from tests.small_centre import HELPER, VILLAGE


async def test_a_supervisor_finds_a_helper_of_the_own_county_and_no_other(tmp_path: Path) -> None:
    async with office(tmp_path) as desk:
        await desk.small.enrol(HELPER)
        browser = await desk.sign_in(desk.login_of("county_supervisor", in_place=VILLAGE))
        helper = await desk.small.account(HELPER)
        assert f"/console/helpers/{helper.id}" in (await browser.get("/console/helpers?search=nobody")).text
        page = await browser.post("/console/helpers", search=HELPER)
        assert f'href="/console/helpers/{helper.id}"' in page.text
        assert "从未" in page.text
        assert (await browser.get(f"/console/helpers/{helper.id}")).status_code == 200
        assert (await browser.get(f"/console/helpers/{'0' * 32}")).status_code == 404
        assert "没有符合条件的人" in (await browser.post("/console/helpers", search="nobody")).text


async def test_a_supervisor_may_look_and_not_revoke(tmp_path: Path) -> None:
    async with office(tmp_path) as desk:
        device = await desk.small.enrol(HELPER)
        browser = await desk.sign_in(desk.login_of("county_supervisor", in_place=VILLAGE))
        helper = await desk.small.account(HELPER)
        await browser.get(f"/console/helpers/{helper.id}")
        for verb in ("lost", "sheet", "close", "reopen"):
            answer = await browser.post(f"/console/helpers/{helper.id}/{verb}", device=device)
            assert answer.status_code == 404
        [[revoked, status]] = await desk.small.fetch(
            "SELECT d.revoked_at, a.status FROM devices d JOIN accounts a ON a.id = d.account WHERE d.id = ?", [device]
        )
        assert (revoked, status) == (None, "active")


async def test_an_administrator_revokes_a_lost_device_and_prints_a_new_sheet(tmp_path: Path) -> None:
    async with office(tmp_path) as desk:
        device = await desk.small.enrol(HELPER)
        await desk.small.tamper("UPDATE devices SET unsent = 3 WHERE id = ?", [device])
        browser = await desk.sign_in(desk.login_of("administrator"))
        helper = await desk.small.account(HELPER)
        await browser.get(f"/console/helpers/{helper.id}")
        lost = await browser.post(f"/console/helpers/{helper.id}/lost", device=device)
        assert "3 项未送出" in lost.text
        assert desk.forgotten == [True], "this process refuses the device from now on"
        foreign = await browser.post(f"/console/helpers/{helper.id}/lost", device="0" * 32)
        assert foreign.status_code == 404
        sheet = await browser.post(f"/console/helpers/{helper.id}/sheet")
        assert re.search(r'<dd class="figure">[0-9A-Z-]{10,14}</dd>', sheet.text)
        assert "<svg" in sheet.text


async def test_behind_a_proxy_a_sheet_names_the_address_that_phones_see_and_waits_as_long_as_is_set(
    tmp_path: Path,
) -> None:
    async with office(tmp_path) as desk:
        browser = await desk.sign_in(desk.login_of("administrator"))
        helper = await desk.small.account(HELPER)
        await browser.get(f"/console/helpers/{helper.id}")
        assert "http://console.test/app/" in (await browser.post(f"/console/helpers/{helper.id}/sheet")).text
        outside = replace(desk.console, origin="https://bangban.example.cn", activation_ms=2 * 86_400_000)
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(Starlette(routes=console_pages(outside))),
            base_url="http://127.0.0.1:8470",
            cookies={cookie_name(outside): browser.client.cookies[cookie_name(desk.console)]},
        ) as behind:
            sheet = await behind.post(
                f"/console/helpers/{helper.id}/sheet", data={"csrf": browser.mark}, headers=SAME_SITE
            )
        assert "<dd>https://bangban.example.cn/app/</dd>" in sheet.text
        ends = await desk.small.fetch("SELECT max(expires_at) FROM activation_codes WHERE account = ?", [helper.id])
        assert ends == [(desk.clock.wall_ms() + 2 * 86_400_000,)]


async def test_closing_and_reopening_are_one_click_each_and_nobody_closes_the_own_account(tmp_path: Path) -> None:
    async with office(tmp_path) as desk:
        login = desk.login_of("administrator")
        browser = await desk.sign_in(login)
        helper, own = await desk.small.account(HELPER), await desk.small.account(login)
        for account, verb, status in (
            (helper, "close", "closed"),
            (helper, "reopen", "active"),
            (own, "close", "active"),
        ):
            answer = await browser.post(f"/console/helpers/{account.id}/{verb}")
            assert (await desk.small.account(account.login)).status == status
            if answer.status_code == 303:
                said = {"close": "账号已停用", "reopen": "账号已重新启用"}[verb]
                assert said in (await browser.get(answer.headers["location"])).text
        assert (answer.status_code, "另一位管理员" in answer.text) == (409, True)
        assert len(desk.forgotten) == 2


async def test_what_gives_access_wants_a_fresh_factor_and_what_takes_it_away_does_not(tmp_path: Path) -> None:
    async with office(tmp_path) as desk:
        device = await desk.small.enrol(HELPER)
        browser = await desk.sign_in(desk.login_of("administrator"))
        helper = await desk.small.account(HELPER)
        here = f"/console/helpers/{helper.id}"
        await browser.get(here)
        desk.clock.advance(STEP_UP_MS)
        lost = await browser.post(f"{here}/lost", device=device)
        assert "设备已停用" in lost.text
        closed = await browser.post(f"{here}/close")
        assert (closed.status_code, closed.headers["location"]) == (303, f"{here}?done=close")
        codes = await desk.small.fetch("SELECT code_hash FROM activation_codes")
        for verb in ("sheet", "reopen", "move"):
            answer = await browser.client.post(
                f"{here}/{verb}",
                data={"csrf": browser.mark, "place": "x"},
                headers={**SAME_SITE, "referer": f"http://console.test{here}"},
            )
            assert answer.headers["location"] == f"/console/factor?next={quote(here, safe='')}", verb
        assert await desk.small.fetch("SELECT code_hash FROM activation_codes") == codes
        assert (await desk.small.account(HELPER)).status == "closed"
        asked = (await browser.get(f"/console/factor?next={here}")).text
        assert "请再按一次按钮" in asked
        assert f'href="{here}"' in asked, "who thinks better of it goes back"
        assert "换一个账号" not in asked
        assert browser.totp is not None
        code = browser.totp.at(desk.clock.wall_ms() // 1000)
        back = await browser.post("/console/factor", code=code, next=here)
        assert back.headers["location"] == here
        await browser.post(f"{here}/reopen")
        assert (await desk.small.account(HELPER)).status == "active"
        assert "激活码只能用一次" in (await browser.post(f"{here}/sheet")).text


async def test_nobody_gives_access_that_reaches_further_than_their_own(tmp_path: Path) -> None:
    """An account works at a site of the county and reaches the city: its sheet would open the city to the county."""
    async with office(tmp_path) as desk:
        login = desk.login_of("administrator")
        admin, helper = await desk.small.account(login), await desk.small.account(HELPER)
        county = f"{VILLAGE[:6]}000000"
        city = next(iter(admin.scope.places))
        unit = sorted((await desk.platform.directory()).units_at(city))
        wide = [Scope(places=frozenset({city})), *([Scope(units=frozenset(unit[:1]))] if unit else [])]
        async with desk.platform.database.write() as tx:
            await update_account(tx, replace(admin, scope=Scope(places=frozenset({county})), site=county))
        browser = await desk.sign_in(login)
        for scope in wide:
            async with desk.platform.database.write() as tx:
                await update_account(tx, replace(helper, scope=scope))
            await browser.get(f"/console/helpers/{helper.id}")
            for verb in ("sheet", "reopen", "move"):
                answer = await browser.post(f"/console/helpers/{helper.id}/{verb}", place=VILLAGE)
                assert (answer.status_code, "超出您的范围" in answer.text) == (403, True), verb
        codes = "SELECT count(*) FROM activation_codes WHERE account = ?"
        assert await desk.small.fetch(codes, [helper.id]) == [(0,)]
        async with desk.platform.database.write() as tx:
            await update_account(tx, helper)
        await browser.get(f"/console/helpers/{helper.id}")
        assert (await browser.post(f"/console/helpers/{helper.id}/sheet")).status_code == 200
