"""What comes back: a desk returns a case, a colleague fills the same field, a notice. All is settled on the
phone, without a network.
"""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Playwright, ViewportSize

from tests.journeys.others import Others
from tests.journeys.phone import SMALL, PhoneUser, ServedCentre, phone_user
from tests.journeys.test_first_visit import file_allowance

LARGE = {"width": 412, "height": 915}
LYING: ViewportSize = {"width": 800, "height": 360}
ID_CARD, CARD = "居民身份证", "社会保障卡"
PLACE, HOURS = "前村党群服务中心", "8:30-11:30"


def take_a_claim(user: PhoneUser) -> None:
    user.press("认领")
    user.screen("认领")
    user.page.get_by_role("checkbox").first.check()
    user.picture("claims")
    user.press("认领 1 项")
    user.see("已认领")


def bring(user: PhoneUser, material: str, button: str) -> None:
    group = user.page.get_by_role("group", name=material)
    user.choose("收了纸质件", group)
    user.press(button)
    user.see("已保存，有网络时自动送出")


def decide(user: PhoneUser) -> None:
    """Every field for what this phone said."""
    for side in ("我的", "对方的", "原来的"):
        user.see(side)
    for field in user.page.get_by_role("group").all():
        field.get_by_role("radio").first.check()
    user.picture("conflict")
    user.page.set_viewport_size(LYING)
    user.picture("conflict_lying")
    user.page.set_viewport_size(SMALL)
    user.picture("conflict_small")
    user.press("就这样定")
    user.screen("今天")


def test_what_came_back_is_settled_on_the_phone_without_a_network(
    driver: Playwright, either: ServedCentre, tmp_path: Path
) -> None:
    others = Others(either)
    with phone_user(driver, tmp_path / "profile", either.address, "answers", LARGE) as user:
        user.enrol(either.code())
        user.see("都已送达中心")
        user.wait_until_kept()
        user.see("没有等着您的事")
        before = dict(others.records("cases"))
        file_allowance(user)
        user.press("回到今天")
        user.see("容缺待补：社会保障卡")
        take_a_claim(user)
        user.press("返回")
        user.see("都已送达中心")
        [case] = dict(others.records("cases")).keys() - before.keys()
        [(claim, _)] = others.records("claims")

        # Without a network: what was promised is brought and a list is filled, while both change at the centre.
        user.go_offline()
        user.press("容缺待补")
        user.screen("办件")
        user.picture("promise")
        bring(user, CARD, "补交")
        user.press("返回")
        user.press("1 项在手")
        user.screen("认领")
        user.page.get_by_role("listitem").get_by_role("button").first.click()
        user.screen("填清单")
        user.fill("办理地点", PLACE)
        user.fill("办理时间", HOURS)
        user.picture("claim")
        user.press("保存")
        user.see("已保存，有网络时自动送出")
        user.press("返回")
        user.press("返回")
        others.return_case(case, "1")
        others.fill_claim(claim, address="汪溪街道为民服务中心")
        others.notify("请本周内走访八十岁以上老人。")

        user.go_online()
        user.press("现在送出")
        user.see("需要补正")
        user.see("2 处与别人的修改不一致")
        user.see("条未读通知")
        user.see("都已送达中心")
        user.picture("waits")

        user.go_offline()
        user.press("中心的答复")
        user.see("等您看的")
        user.picture("answers")
        user.page.get_by_role("listitem").get_by_role("button").first.click()
        user.see("别人同时改了同一处")
        user.see(PLACE)
        user.picture("answer")
        user.press("去决定")
        user.screen("需要决定")
        user.see("汪溪街道为民服务中心")
        user.press("就这样定")
        user.see("还有 1 处没有选")
        decide(user)
        user.press("处与别人的修改不一致")
        user.screen("需要决定")
        decide(user)

        user.press("需要补正")
        user.screen("办件")
        user.see("请补清楚的一份")
        user.press("补正好了，送回窗口")
        user.see("还没有拍照")
        user.picture("correction")
        bring(user, ID_CARD, "补正好了，送回窗口")
        user.press("返回")
        user.press("条未读通知")
        user.see("请本周内走访八十岁以上老人")
        user.picture("notices")
        user.press("知道了")
        user.press("返回")
        user.see("4 项还没有送达中心")
        user.picture("today_small")
        user.page.set_viewport_size(LYING)
        user.picture("today_lying")

        user.go_online()
        user.press("现在送出")
        user.see("都已送达中心")
        assert dict(others.records("cases"))[case] == "received"
        assert {state for _, state in others.records("conflicts")} == {"decided"}
        user.press("中心的答复")
        user.see("看过的和已办妥的")
