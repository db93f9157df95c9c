"""One couple, three visits, no network: two cards as a bundle, an allowance, help with the insurance; then a dead
battery, a list to fill, a line that breaks off, a case that comes back, and its result in the resident's hand.
"""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Playwright

from fixtures.world import Role
from tests.journeys.bad_line import BadLine, bad_line
from tests.journeys.console import Clerk, clerk, login_of, sign_in_for
from tests.journeys.others import Others
from tests.journeys.phone import PhoneUser, ServedCentre, phone_user
from tests.journeys.test_console_days import find_case, shows_state, take_step
from tests.journeys.test_photographs import CAMERA, stored_files
from tests.small_centre import VILLAGE, small_world

HUSBAND, HUSBAND_ID = "汪德福", "341802193803150010"
WIFE, WIFE_ID = "汪秀英", "341802193507020027"
CARD = "老年人优待证(老年卡)申领"
ALLOWANCE = "80周岁以上老年人高龄津贴申领"
INSURANCE = "城乡居民基本医疗保险缴费(代缴协助)"
TRIES = 40


def find_or_register(user: PhoneUser, name: str, number: str) -> None:
    user.press("开始上门办理")
    user.screen("为谁办？")
    user.fill("姓名，或身份证、电话末几位", name)
    user.see("本村没有找到这位居民")
    user.press("没找到，登记新居民")
    user.fill("身份证号", number)
    user.see("号码无误")
    user.press("下一步")
    user.screen("办什么事？")


def photograph(user: PhoneUser, material: str) -> None:
    group = user.page.get_by_role("group", name=material, exact=True)
    user.choose("拍照", group)
    group.get_by_role("button", name="拍照").click()
    user.page.get_by_role("button", name="拍下", disabled=False).wait_for()
    user.press("拍下")
    group.get_by_role("img", name="照片 1").wait_for()


def agree_and_finish(user: PhoneUser, name: str) -> str:
    """From the consent to the receipt. The first receipt number."""
    user.screen("委托与同意")
    user.choose("已全部读给本人听")
    for tick in user.page.get_by_text("同意使用：").all():
        tick.click()
    user.sign()
    user.picture(f"{name}_consent")
    user.press("下一步")
    user.screen("请本人核对")
    user.picture(f"{name}_review")
    user.press("本人确认，完成办理")
    user.screen("回执")
    user.picture(f"{name}_receipt")
    receipt = user.page.locator(".number").first.inner_text()
    user.press("回到今天")
    return receipt.replace(" ", "")


def file_cards(user: PhoneUser) -> str:
    """Senior card and bus card for the husband, as one bundle."""
    find_or_register(user, HUSBAND, HUSBAND_ID)
    user.press("上年纪了")
    user.picture("bundle_service")
    user.choose("老年证与公交卡一件事")
    user.screen("填写")
    user.see("第 2 件，共 2 件")
    assert user.page.get_by_label("联系电话", exact=True).count() == 1
    user.fill("联系电话", "19900001111")
    user.choose("电子证")
    user.see("送达方式")
    user.choose("实体证")
    user.choose("村代领")
    assert user.page.get_by_role("group", name="送达方式").count() == 1, "what both ask alike is asked once"
    user.picture("bundle_form")
    user.press("下一步")
    user.screen("材料")
    user.see("老年人优待证：由前一件办出，不用交")
    user.see("居民身份证：前一件里已收，不用再交")
    user.choose("收了纸质件", user.page.get_by_role("group", name="居民身份证"))
    photograph(user, "近期一寸免冠照片")
    user.choose("收了纸质件", user.page.get_by_role("group", name="近期照片"))
    user.picture("bundle_materials")
    user.press("下一步")
    return agree_and_finish(user, "bundle")


def file_allowance(user: PhoneUser) -> None:
    find_or_register(user, WIFE, WIFE_ID)
    user.see("每月60元")
    user.picture("allowance_service")
    user.choose(ALLOWANCE)
    user.screen("填写")
    user.fill("联系电话", "19900001111")
    user.choose("90-99周岁")
    user.fill("社保卡账号", "6228480012345678")
    user.press("下一步")
    user.screen("材料")
    photograph(user, "高龄津贴申请审批表")
    user.choose("证照库已有，不用带", user.page.get_by_role("group", name="居民身份证"))
    user.choose("收了纸质件", user.page.get_by_role("group", name="社会保障卡"))
    user.press("下一步")
    agree_and_finish(user, "allowance")


def begin_insurance(user: PhoneUser) -> None:
    """For the wife again, who is found by the initials of her name; left in the middle of the form."""
    user.press("开始上门办理")
    user.screen("为谁办？")
    user.fill("姓名，或身份证、电话末几位", "wxy")
    user.choose(WIFE)
    user.screen("办什么事？")
    user.fill("事项名称", "医疗保险缴费")
    user.choose(INSURANCE)
    user.screen("填写")
    user.fill("联系电话", "19900001111")
    user.fill("缴费年度", "1999")
    user.press("下一步")
    user.see("应在 2020 到 2099 之间")
    user.picture("insurance_form")
    user.draft_kept()


def finish_insurance(user: PhoneUser) -> None:
    """As it was left when the battery was empty."""
    user.press(WIFE)
    user.screen("填写")
    assert user.page.get_by_label("缴费年度", exact=True).input_value() == "1999"
    user.fill("缴费年度", "2027")
    user.press("下一步")
    user.screen("材料")
    for group in user.page.get_by_role("group").all():
        user.choose("收了纸质件", group)
    user.press("下一步")
    agree_and_finish(user, "insurance")


def take_out_claims(user: PhoneUser) -> None:
    """Two lists taken out as a batch; one is filled, the other gets the same."""
    user.press("认领")
    user.screen("认领")
    user.page.get_by_role("checkbox").nth(0).check()
    user.page.get_by_role("checkbox").nth(1).check()
    user.press("领取带走 7 天")
    user.see("我领取带走的")
    user.see("我已领取")
    user.picture("claims_taken_out")
    user.page.get_by_role("listitem").filter(has_text="已认领").first.get_by_role("button").click()
    user.screen("填清单")
    user.fill("办理地点", "前村党群服务中心")
    user.fill("办理时间", "8:30-11:30")
    user.press("保存")
    user.see("已保存，有网络时自动送出")
    user.press("同样填到在手的其他 1 项")
    user.see("已填到 1 份清单")
    user.picture("claim_filled")
    user.press("返回")
    user.press("返回")
    user.screen("今天")


def send_through(user: PhoneUser, line: BadLine) -> None:
    """Over a line that breaks off until all has arrived; a helper who presses now and then does no harm."""
    line.is_bad = True
    user.go_online()
    for _ in range(TRIES):
        user.press("现在送出")
        user.page.get_by_role("button", name="现在送出", disabled=False).wait_for()
        if line.cuts and user.page.get_by_text("都已送达中心").count():
            break
    user.see("都已送达中心")
    line.is_bad = False
    assert line.cuts >= 3, f"the line broke off {line.cuts} times"


def test_a_couple_is_served_without_a_network_to_the_card_in_the_hand(
    driver: Playwright, browser: Browser, either: ServedCentre, tmp_path: Path
) -> None:
    others, profile = Others(either), tmp_path / "profile"
    port = urlsplit(either.address).port
    assert port is not None
    with bad_line(port) as line:
        with phone_user(driver, profile, line.address, "couple", arguments=CAMERA) as user:
            user.context.grant_permissions(["camera"])
            user.enrol(either.code())
            user.see("都已送达中心")
            user.wait_until_kept()
            user.go_offline()
            receipt = file_cards(user)
            file_allowance(user)
            begin_insurance(user)
            user.die()

        with (
            phone_user(driver, profile, line.address, "couple_again", arguments=CAMERA) as user,
            clerk(browser, either.address, "couple_desk") as desk,
        ):
            user.context.grant_permissions(["camera"])
            user.go_offline()
            user.open()
            user.unlock()
            user.screen("今天")
            finish_insurance(user)
            take_out_claims(user)
            user.picture("all_unsent")
            send_through(user, line)
            user.picture("all_sent")

            desk.sign_in(sign_in_for(either, login_of(small_world(), Role.DESK_CLERK, in_place=VILLAGE)))
            card = settle_at_the_desk(user, desk, others, receipt)
            hand_over(user)
            user.go_online()
            user.press("现在送出")
            user.see("都已送达中心")
            user.picture("delivered")
            assert others.fields("case", card)["state"] == "delivered"
    check_centre(others, either)


def settle_at_the_desk(user: PhoneUser, desk: Clerk, others: Others, receipt: str) -> str:
    """The card comes back for its picture, is put right without a network, and decided. The case."""
    [card] = [record for record, fields in others.all("case", "cases") if fields["receipt"] == receipt]
    find_case(desk, receipt)
    return_for_its_picture(desk)
    user.press("现在送出")
    user.see("需要补正：近期一寸免冠照片")
    user.go_offline()
    user.press("需要补正")
    user.screen("办件")
    user.see("盖章看不清")
    photograph(user, "近期一寸免冠照片")
    user.picture("correction")
    user.press("补正好了，送回窗口")
    user.see("已保存，有网络时自动送出")
    user.press("返回")
    user.go_online()
    user.press("现在送出")
    user.see("都已送达中心")
    assert others.fields("case", card)["state"] == "received"
    find_case(desk, receipt)
    take_step(desk, "受理")
    shows_state(desk, "已受理")
    decide(desk)
    take_step(desk, "办结", 结果名称="老年人优待证", 证件或文书号="Y0001")
    shows_state(desk, "已办结")
    desk.picture("finished")
    user.press("现在送出")
    user.see("结果已到，等待送交本人")
    return card


def return_for_its_picture(desk: Clerk) -> None:
    step = desk.page.locator("details#return")
    step.locator("summary").click()
    step.get_by_label("近期一寸免冠照片").check()
    step.get_by_label("补正期限").fill(str(date.today() + timedelta(days=20)))
    step.get_by_label("说明").fill("盖章看不清")
    desk.picture("return")
    step.get_by_role("button", name="一次性告知补正").click()
    shows_state(desk, "待补正")


def decide(desk: Clerk) -> None:
    step = desk.page.locator("details#decide")
    step.locator("summary").click()
    step.get_by_label("是", exact=True).check()
    step.get_by_role("button", name="作出决定").click()
    shows_state(desk, "已决定")


def hand_over(user: PhoneUser) -> None:
    user.go_offline()
    user.press("结果已到，等待送交本人")
    user.screen("办件")
    user.see("把结果送交本人")
    assert user.page.get_by_label("谁领取的", exact=True).input_value() == HUSBAND
    user.picture("hand_over")
    user.press("登记已送交")
    user.see("已保存，有网络时自动送出")
    user.press("返回")


def check_centre(others: Others, centre: ServedCentre) -> None:
    """One bundle with two legs under one consent; four cases; every picture whole."""
    cases = [fields for _, fields in others.all("case", "cases")]
    [(bundle, held)] = others.all("bundle", "bundles")
    legs = [fields for fields in cases if fields.get("bundle") == bundle]
    assert sorted(str(fields["leg"]) for fields in legs) == ["1", "2"]
    assert {fields["consent"] for fields in legs} == {held["consent"]}
    consent = others.fields("consent", str(held["consent"]))
    assert sorted(str(item) for item in consent["items"]) == sorted(str(fields["item"]) for fields in legs)
    ours = [fields for fields in cases if fields["helper"] == held["helper"]]
    assert len({str(fields["receipt"]) for fields in ours}) == len(ours) == 4
    [second] = [fields for fields in legs if fields["leg"] == 2]
    assert dict(second["material.2"])["state"] == "licence", "what the first leg made came to the second"
    assert len(others.all("lease", "leases")) == 1
    filled = [fields for _, fields in others.all("claim", "claims") if fields.get("f.address") == "前村党群服务中心"]
    assert len(filled) == 2
    assert len(stored_files(centre)) == 3
    assert len(stored_files(centre, "signature")) == 3
