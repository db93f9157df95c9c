"""A helper's lists: many claimed at once, given back, filled beside a colleague, returned with reasons; and a filing
whose service was cancelled meanwhile. Nothing of it just disappears.
"""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Playwright, expect

from tests.journeys.others import Others
from tests.journeys.phone import PhoneUser, phone_user, served_centre
from tests.journeys.picture_walk import CANCELLED, file_cancelled
from tests.small_centre import TOWN, VILLAGE

ADDRESS = "汪溪街道为民服务中心"
FLOW = "受理、审核、办结"
LEAD, NEIGHBOUR = f"t{TOWN}", "341881106201"


def claim_all(user: PhoneUser) -> None:
    """Two as a batch that is given back, then every free one at once; one of them is given back."""
    user.press("认领")
    user.screen("认领")
    for place in range(2):
        user.page.get_by_role("checkbox").nth(place).check()
    user.press("领取带走 7 天")
    user.see("我领取带走的")
    user.press("交回")
    user.page.get_by_role("heading", name="我领取带走的").wait_for(state="detached")
    assert user.page.get_by_text("我已领取").count() == 0
    user.press("选中全部可认领的")
    free = user.page.get_by_role("checkbox", checked=True).count()
    assert free > 10
    user.press(f"认领 {free} 项")
    user.page.get_by_role("heading", name="可认领的").wait_for(state="detached")
    open_first(user)
    user.press("退回认领")
    user.press("再点一次，退回认领")
    user.screen("认领")
    assert user.page.get_by_role("checkbox").count() == 1
    user.press("返回")
    user.see(f"{free + 1} 项在手")


def open_first(user: PhoneUser) -> None:
    user.page.get_by_role("listitem").filter(has_text="已认领").first.get_by_role("button").click()
    user.screen("填清单")


def test_lists_are_claimed_shared_and_returned_and_a_refusal_says_what_to_do(
    driver: Playwright, tmp_path: Path
) -> None:
    with (
        served_centre(tmp_path / "centre") as centre,
        phone_user(driver, tmp_path / "profile", centre.address, "claims") as user,
    ):
        others = Others(centre)
        user.enrol(centre.code())
        user.see("都已送达中心")
        user.wait_until_kept()
        user.go_offline()
        claim_all(user)
        user.go_online()
        user.press("现在送出")
        user.see("都已送达中心")
        what_a_colleague_changed(user, others)
        what_a_reviewer_returned(user, others)
        what_was_refused(user, others)


def what_a_colleague_changed(user: PhoneUser, others: Others) -> None:
    claim = next(record for record, state in others.records("claims") if state == "claimed")
    name = others.title_of(claim)
    others.fill_claim(claim, address=ADDRESS)
    user.press("现在送出")
    user.press("项在手")
    line = user.page.get_by_role("listitem").filter(has_text="同事改了")
    expect(line).to_have_count(1)
    expect(line).to_contain_text(name)
    user.picture("changed")
    line.get_by_role("button").click()
    user.see(f"办理地点：— → {ADDRESS}")
    user.see("状态：已认领 → 编制中")
    user.picture("what_changed")
    user.press("返回")
    assert user.page.get_by_text("同事改了").count() == 0, "what was looked at is not told again"
    user.press("返回")


def what_a_reviewer_returned(user: PhoneUser, others: Others) -> None:
    user.press("项在手")
    user.page.get_by_role("listitem").filter(has_text="编制中").get_by_role("button").click()
    user.screen("填清单")
    user.see("只填本地要素")
    assert user.page.get_by_role("textbox").count() < 10, "what is inherited is not asked for"
    user.fill("咨询电话", "0563-1234567")
    user.press("提交审核")
    user.see("已保存")
    user.press("返回")
    user.press("返回")
    user.press("现在送出")
    user.see("都已送达中心")
    [claim] = [record for record, state in others.records("claims") if state == "submitted"]
    others.return_claim(claim, ["contact_wrong", "copied_place"], "电话是邻村的")
    user.press("现在送出")
    user.see("1 项被退回")
    user.press("1 项被退回")
    user.page.get_by_role("listitem").filter(has_text="退回").first.get_by_role("button").click()
    user.see("审核退回：办理地点、时间或电话有误；照抄了别处的内容；电话是邻村的")
    user.picture("returned")
    user.press("返回")
    user.press("返回")


def what_was_refused(user: PhoneUser, others: Others) -> None:
    user.go_offline()
    file_cancelled(user)
    others.cancel_item(CANCELLED, "2026年起不再办理")
    user.go_online()
    user.press("现在送出")
    user.see("1 项中心没有照办")
    user.press("1 项中心没有照办")
    user.screen("中心的答复")
    user.see("不再办理")
    user.see("请告知本人")
    user.see("您送的内容")
    user.see(f" · {CANCELLED}")
    user.see("用原内容重办")
    user.see("在居民家里")
    user.picture("refused")
    user.press("看过了")
    # It is kept first, and only then is the list shown, whose way back leads to the beginning.
    user.page.get_by_role("button", name="看过了").wait_for(state="hidden")
    user.press("返回")
    user.screen("今天")
    assert user.page.get_by_text("中心没有照办").count() == 0
    user.page.get_by_role("navigation").get_by_role("button", name="中心的答复").click()
    user.see("看过的和已办妥的")
    user.see("没有办入")


def register_in(user: PhoneUser, village: str, neighbour: str) -> None:
    """A lead says where somebody new lives; each resident of the list has their village beside them."""
    user.press("开始上门办理")
    user.screen("为谁办？")
    user.see(village)
    user.press("没找到，登记新居民")
    user.fill("姓名", "汪小花")
    user.press("下一步")
    user.see("请先选择")
    user.choose(neighbour)
    user.picture("lives_in")
    user.press("下一步")
    user.screen("办什么事？")
    user.press("先放着")
    user.screen("今天")


def test_a_list_is_copied_from_a_neighbours_without_what_names_its_place(driver: Playwright, tmp_path: Path) -> None:
    with served_centre(tmp_path / "centre") as centre:
        others = Others(centre)
        with phone_user(driver, tmp_path / "helper", centre.address, "neighbour_fills") as user:
            user.enrol(centre.code())
            user.see("都已送达中心")
            user.press("认领")
            user.screen("认领")
            user.page.get_by_role("checkbox").first.check()
            user.press("认领 1 项")
            open_first(user)
            user.fill("办理流程", FLOW)
            user.fill("办理地点", ADDRESS)
            user.press("保存")
            user.see("已保存")
            user.press("返回")
            user.press("返回")
            user.press("现在送出")
            user.see("都已送达中心")
        [(claim, _)] = [one for one in others.records("claims") if one[1] == "filling"]
        own = others.claim_beside(claim, NEIGHBOUR)
        with phone_user(driver, tmp_path / "lead", centre.address, "neighbour_copies") as user:
            user.enrol(centre.code(LEAD))
            user.see("都已送达中心")
            user.wait_until_kept()
            user.go_offline()
            user.press("认领")
            user.screen("认领")
            # Whoever works in several villages is told which one each line is of.
            expect(user.page.get_by_role("listitem").first).to_contain_text(others.place_name(NEIGHBOUR))
            user.picture("places")
            open_first(user)
            user.see(others.place_name(NEIGHBOUR))
            user.press("照邻近单位填")
            user.see("已带入 1 项，看过再保存")
            expect(user.page.get_by_label("办理流程", exact=True)).to_have_value(FLOW)
            expect(user.page.get_by_label("办理地点", exact=True)).to_have_value("")
            user.picture("copied")
            user.press("保存")
            user.see("已保存")
            user.press("返回")
            user.press("返回")
            register_in(user, others.place_name(VILLAGE), others.place_name(NEIGHBOUR))
            user.go_online()
            user.press("现在送出")
            user.see("都已送达中心")
        copied = others.fields("claim", own)
        assert (copied["f.flow"], copied.get("f.address")) == (FLOW, None)
