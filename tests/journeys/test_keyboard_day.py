"""A clerk's whole day without a mouse: from signing in to handing over, with everything between."""

from __future__ import annotations

from datetime import timedelta

import pyotp
from playwright.sync_api import Browser, expect

from fixtures.world import Role
from server.clock import MachineClock
from server.merge_policies.judging import china_day
from tests.journeys.console import Clerk, clerk
from tests.journeys.keyboard import Keyboard
from tests.journeys.test_console_days import find_case, shows_state, take_step
from tests.journeys.town import COUNTY, Town


def sign_in(somebody: Clerk, keys: Keyboard, town: Town) -> None:
    given = town.sign_in(Role.DESK_CLERK, in_place=COUNTY)
    somebody.open("/console/sign-in")
    keys.type(given.login)
    keys.press("Tab")
    keys.type(given.password)
    keys.press("Enter")
    expect(somebody.page.get_by_label("六位数字")).to_be_focused()
    keys.type(pyotp.TOTP(given.secret).now())
    keys.press("Enter")
    somebody.at("/console/")


def find(somebody: Clerk, keys: Keyboard, number: str) -> None:
    """From any page: the menu, the search by number, the case, and why where the law asks it."""
    keys.to("办件", "a")
    keys.press("Enter")
    somebody.title("办件")
    keys.to("办件编号或临时回执号", "field")
    keys.type(number)
    keys.press("Enter")
    somebody.page.wait_for_url(lambda url: number in url)
    name = somebody.page.locator("td.broad a").first.inner_text()
    keys.to(name, "a")
    keys.press("Enter")
    asked, opened = (somebody.page.get_by_role("heading", name=it) for it in ("请先写明查看理由", "申请人"))
    asked.or_(opened).first.wait_for()
    if asked.count():
        expect(somebody.page.get_by_label("理由", exact=True)).to_be_focused()
        keys.type("核对材料")
        keys.press("Enter")
    opened.wait_for()
    somebody.page.wait_for_load_state()


def day_in(somebody: Clerk, keys: Keyboard, days: int) -> None:
    """Into the field for a day that has the focus, in the order in which this browser asks for its parts."""
    day = china_day(MachineClock().wall_ms()) + timedelta(days=days)
    keys.type(f"{day:%m%d%Y}")
    if somebody.page.evaluate("document.activeElement.value") != day.isoformat():
        keys.press("ArrowLeft", "ArrowLeft")
        keys.type(f"{day:%Y}")
        keys.press("ArrowRight")
        keys.type(f"{day:%m%d}")
    assert somebody.page.evaluate("document.activeElement.value") == day.isoformat()


def test_a_clerk_does_the_whole_day_by_keyboard(browser: Browser, town: Town) -> None:
    with clerk(browser, town.address, "keyboard-day") as somebody:
        keys = Keyboard(somebody)
        sign_in(somebody, keys, town)
        number = town.waiting("received", to_decide=True)
        find(somebody, keys, number)

        keys.to("显示完整的证件号和电话", "summary")
        keys.press("Enter")
        keys.to("为什么要看", "field")
        keys.type("电话里核对本人")
        keys.press("Enter")
        somebody.see("完整信息只在这一次显示")
        keys.to("遮起来", "a")
        keys.press("Enter")
        shows_state(somebody, "已收件")

        keys.open_step("预审通过")
        keys.to("预审意见", "field")
        keys.type("材料清晰")
        keys.send("预审通过")
        shows_state(somebody, "已预审")

        papers = somebody.page.locator("#accept input[type=checkbox]").count()
        keys.open_step("受理")
        for _ in range(papers):
            keys.to("纸质", "field")
            keys.press("Space")
        keys.send("受理")
        shows_state(somebody, "已受理")

        keys.open_step("开始审查")
        keys.send("开始审查")
        shows_state(somebody, "审查中")

        keys.open_step("特别程序")
        keys.choose("程序")
        keys.to("已书面告知申请人", "field")
        keys.press("Space")
        keys.send("特别程序")
        shows_state(somebody, "特别程序")
        keys.open_step("恢复办理")
        keys.send("恢复办理")
        shows_state(somebody, "审查中")

        keys.open_step("作出决定")
        keys.to("是", "field")
        keys.press("Space")
        keys.send("作出决定")
        shows_state(somebody, "已决定")
        keys.open_step("办结")
        keys.to("结果名称", "field")
        keys.type("登记证明")
        keys.send("办结")
        shows_state(somebody, "已办结")
        keys.open_step("送达")
        keys.choose("方式")
        keys.send("送达")
        expect(somebody.page.get_by_text("送达 ·").first).to_be_visible()
        keys.open_step("登记领取")
        keys.to("领取人", "field")
        keys.type("汪秀兰")
        keys.choose("与本人关系")
        keys.send("登记领取")
        shows_state(somebody, "已送达")
        assert town.state_of(number) == "delivered"


def test_a_clerk_returns_with_everything_and_does_several_together_by_keyboard(browser: Browser, town: Town) -> None:
    incomplete = town.waiting("received")
    with clerk(browser, town.address, "keyboard-together") as somebody:
        keys = Keyboard(somebody)
        sign_in(somebody, keys, town)
        find(somebody, keys, incomplete)
        keys.open_step("一次性告知补正")
        rows = somebody.page.locator("#return fieldset input[type=checkbox]")
        for row in rows.all():
            keys.stop()
            expect(row).to_be_focused()
            if not row.is_checked():
                keys.press("Space")
        keys.to("补正期限", "field")
        day_in(somebody, keys, 20)
        keys.to("说明", "field")
        keys.type("请把缺的材料一次带来")
        keys.send("一次性告知补正")
        shows_state(somebody, "待补正")
        assert town.state_of(incomplete) == "to_correct"

        keys.to("办件", "a")
        keys.press("Enter")
        somebody.title("办件")
        keys.to("已办结", "a")
        keys.press("Enter")
        somebody.page.wait_for_url(lambda url: "state=finished" in url)
        keys.to("一起送达", "a")
        keys.press("Enter")
        somebody.title("一起送达")
        for _ in range(2):
            keys.to("选", "field")
            keys.press("Space")
        keys.choose("方式")
        keys.send("一起送达")
        somebody.see("共2件，办了2件")


def test_news_that_comes_leaves_the_keyboard_where_it_was(browser: Browser, town: Town) -> None:
    with clerk(browser, town.address, "keyboard-news") as somebody:
        keys = Keyboard(somebody)
        sign_in(somebody, keys, town)
        number = town.waiting("received")
        find(somebody, keys, number)
        keys.to("跳到办理", "a")
        keys.press("Enter")
        keys.to("受理", "summary")
        held = somebody.page
        held.evaluate("document.activeElement.id = 'before the news'")
        somebody.page = somebody.context.new_page()
        somebody.watch(somebody.page)
        find_case(somebody, number)
        take_step(somebody, "预审通过")
        shows_state(somebody, "已预审")
        expect(held.locator(".page-head .tag").first).to_have_text("已预审")
        expect(held.locator("#accept > summary")).to_be_focused()
        assert held.evaluate("document.getElementById('before the news')") is None, "the part is a new one"
