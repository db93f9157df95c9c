"""The way through every screen of the phone app that its pictures are taken on: enrolment, a visit with all its steps
and what can be wrong in them, claims, and what comes back.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from playwright.sync_api import Page

from tests.journeys.others import Others
from tests.journeys.phone import PhoneUser
from tests.journeys.test_couple import HUSBAND, HUSBAND_ID, photograph

EIGHT_DAYS_MS = 8 * 86_400_000
LATER_THAN_ALLOWED = "2099-12-31"


class Takes(Protocol):
    """Whoever takes the pictures."""

    def take(self, name: str, *, is_open: bool = True, again: Callable[[Page], None] = ...) -> None: ...


def onward(page: Page) -> None:
    page.locator(".screen-foot .main").click()


def scan(page: Page) -> None:
    page.locator(".screen-body > .button").click()
    page.locator("dialog .frame").wait_for()


def aim(page: Page) -> None:
    """The camera, as far as it says what it sees."""
    page.locator("fieldset > .button .icon").first.click()
    page.locator("dialog .look").wait_for()


def walk_at_home(user: PhoneUser, painter: Takes, code: str) -> None:
    enrol(user, painter, code)
    who_and_what(user, painter)
    papers(user, painter)
    agree(user, painter)
    user.press("本人确认，完成办理")
    user.screen("回执")
    painter.take("15-receipt")
    user.press("记一笔服务")
    user.screen("服务记录")
    painter.take("16-log")
    user.press("返回")
    user.screen("今天")


def enrol(user: PhoneUser, painter: Takes, code: str) -> None:
    user.open()
    user.screen("登记这台手机")
    onward(user.page)
    painter.take("01-enrol", is_open=False, again=onward)
    scan(user.page)
    painter.take("02-scan", is_open=False, again=scan)
    user.enrol(code)
    user.see("都已送达中心")
    user.wait_until_kept()
    painter.take("03-today")
    user.press("锁上")
    user.see("您好")
    painter.take("04-locked", is_open=False)
    user.unlock()
    user.screen("今天")
    user.go_offline()


def who_and_what(user: PhoneUser, painter: Takes) -> None:
    user.press("开始上门办理")
    user.screen("为谁办？")
    painter.take("05-resident")
    user.press("没找到，登记新居民")
    user.fill("身份证号", HUSBAND_ID)
    user.see("号码无误")
    onward(user.page)
    painter.take("06-new_resident", again=onward)
    user.fill("姓名", HUSBAND)
    user.press("下一步")
    user.screen("办什么事？")
    painter.take("07-service")
    user.choose("老年证与公交卡一件事")
    user.screen("填写")
    user.choose("实体证")
    onward(user.page)
    painter.take("08-form", again=onward)
    user.fill("联系电话", "19900001111")
    user.choose("村代领")
    user.press("下一步")
    user.screen("材料")


def papers(user: PhoneUser, painter: Takes) -> None:
    page = user.page
    photograph(user, "居民身份证")
    photograph(user, "近期一寸免冠照片")
    user.choose("本人同意留着这张", page.get_by_role("group", name="居民身份证"), exact=False)
    user.choose("以后补（容缺）", page.get_by_role("group", name="近期照片"))
    painter.take("09-materials")
    latest = page.get_by_label("最迟哪天补上").input_value()
    page.get_by_label("最迟哪天补上").fill(LATER_THAN_ALLOWED)
    onward(page)
    user.see("窗口不能受理")
    painter.take("09-materials_wrong", again=onward)
    page.get_by_label("最迟哪天补上").fill(latest)
    aim(page)
    painter.take("10-camera", again=aim)
    page.keyboard.press("Escape")
    page.locator("dialog").wait_for(state="detached")
    user.choose("已向本人讲清楚")
    user.press("下一步")
    user.screen("委托与同意")


def agree(user: PhoneUser, painter: Takes) -> None:
    onward(user.page)
    painter.take("11-consent", again=onward)
    user.choose("按手印（有见证人）")
    onward(user.page)
    painter.take("12-witness", again=onward)
    user.choose("签名")
    user.choose("已全部读给本人听")
    for tick in user.page.get_by_text("同意使用：").all():
        tick.click()
    user.sign()
    painter.take("13-signed")
    user.press("下一步")
    user.screen("请本人核对")
    painter.take("14-review")


def walk_with_answers(user: PhoneUser, painter: Takes, others: Others) -> None:
    painter.take("17-unsent")
    user.press("看每一项")
    user.screen("送出情况")
    painter.take("18-sending")
    user.press("请同事带走，或替同事带")
    user.screen("没有网络？请人带走")
    painter.take("19-carry")
    user.press("返回")
    claims(user, painter)
    user.go_online()
    user.press("现在送出")
    user.see("都已送达中心")
    come_back(user, others)
    painter.take("22-waits")
    look_at_answers(user, painter)
    user.press("这台手机")
    user.screen("这台手机")
    painter.take("29-phone")
    user.press("返回")
    long_away(user, painter)


def claims(user: PhoneUser, painter: Takes) -> None:
    user.press("认领")
    user.screen("认领")
    for place in range(2):
        user.page.get_by_role("checkbox").nth(place).check()
    user.press("领取带走 7 天")
    user.see("我领取带走的")
    painter.take("20-claims")
    user.page.get_by_role("listitem").filter(has_text="已认领").first.get_by_role("button").click()
    user.screen("填清单")
    painter.take("21-claim")
    user.press("返回")
    user.press("返回")
    user.screen("今天")


def come_back(user: PhoneUser, others: Others) -> None:
    """A list filled twice, a service that is cancelled meanwhile, a case returned, and a notice."""
    user.go_offline()
    user.press("项在手")
    line = user.page.get_by_role("listitem").filter(has_text="已认领").first
    name = line.locator("strong").inner_text()
    line.get_by_role("button").click()
    user.screen("填清单")
    user.fill("办理地点", "前村党群服务中心")
    user.press("保存")
    user.see("已保存")
    user.press("返回")
    user.press("返回")
    file_cancelled(user)
    [claim] = [record for record, _ in others.records("claims") if others.title_of(record) == name]
    others.fill_claim(claim, address="汪溪街道为民服务中心")
    others.cancel_item(CANCELLED, "2026年起不再办理")
    [card, *_] = [record for record, fields in others.all("case", "cases") if fields.get("leg") == 1]
    others.return_case(card, "2")
    others.notify("请本周内走访八十岁以上老人。")
    user.go_online()
    user.press("现在送出")
    user.see("需要补正")
    user.see("中心没有照办")
    user.see("都已送达中心")


CANCELLED = "留守老人信息登记"


def file_cancelled(user: PhoneUser) -> None:
    """A filing whose service is cancelled before it arrives."""
    page = user.page
    user.press("开始上门办理")
    user.screen("为谁办？")
    page.get_by_role("listitem").get_by_role("button").first.click()
    user.screen("办什么事？")
    user.fill("事项名称", CANCELLED)
    user.choose(CANCELLED)
    user.screen("填写")
    for field in page.get_by_role("textbox").all():
        field.fill("19900001111")
    for group in page.locator("fieldset").all():
        group.locator("label").first.click()
    user.press("下一步")
    user.screen("材料")
    for group in page.get_by_role("group").all():
        user.choose("收了纸质件", group)
    user.press("下一步")
    user.screen("委托与同意")
    user.choose("已全部读给本人听")
    for tick in page.get_by_text("同意使用：").all():
        tick.click()
    user.choose("已在纸上签名")
    user.press("下一步")
    user.press("本人确认，完成办理")
    user.screen("回执")
    user.press("回到今天")


def look_at_answers(user: PhoneUser, painter: Takes) -> None:
    user.press("需要补正")
    user.screen("办件")
    painter.take("23-case")
    user.press("返回")
    user.press("条未读通知")
    user.screen("通知")
    painter.take("24-notices")
    user.press("返回")
    user.page.locator("nav").get_by_role("button", name="中心的答复").click()
    user.see("等您看的")
    painter.take("25-answers")
    user.page.get_by_role("listitem").filter(has_text="没有办入").first.get_by_role("button").click()
    user.see("怎么办")
    painter.take("26-refused")
    user.press("返回")
    user.press("返回")
    user.press("与别人的修改不一致")
    user.screen("需要决定")
    painter.take("27-conflict")
    user.press("返回")
    user.screen("今天")


def long_away(user: PhoneUser, painter: Takes) -> None:
    """Eight days without a word from the centre."""
    page = user.page
    page.clock.install()
    page.clock.set_fixed_time(page.evaluate("Date.now()") + EIGHT_DAYS_MS)
    user.go_offline()
    user.press("锁上")
    user.unlock()
    user.see("需要先联系一次中心")
    painter.take("30-long_away")
