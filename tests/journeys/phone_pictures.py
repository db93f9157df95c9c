"""Pictures of every screen of the phone app, for whoever wants to look: in both languages, at three sizes, in normal
and in the largest letters, into build/phone_pictures/.

    python -m tests.journeys.phone_pictures

Laws: screens are reached as a helper reaches them. None is wider than its phone, and axe finds nothing serious on any.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.journeys.accessible import check_accessible
from tests.journeys.others import Others
from tests.journeys.phone import PIN, SMALL, PhoneUser, phone_user, served_centre
from tests.journeys.test_couple import HUSBAND, HUSBAND_ID, find_or_register, photograph
from tests.journeys.test_photographs import CAMERA

FOLDER = Path("build/phone_pictures")
SIZES = {"small": SMALL, "large": {"width": 412, "height": 915}, "lying": {"width": 800, "height": 360}}
SCALES = {"normal": "1", "largest": "1.5"}
LANGUAGES = ("zh", "en")
TOO_WIDE = "document.documentElement.scrollWidth > innerWidth"


class Painter:
    """Takes one screen in all its looks. What could not stand is listed at the end."""

    def __init__(self, user: PhoneUser) -> None:
        self._user = user
        self.wrong: list[str] = []

    def take(self, name: str, *, is_open: bool = True) -> None:
        for language in LANGUAGES:
            self._speak(language, is_open)
            self._hear(f"{name}-{language}")
            for size, viewport in SIZES.items():
                self._user.page.set_viewport_size(viewport)
                for scale, factor in SCALES.items():
                    self._picture(f"{name}-{language}-{size}-{scale}", factor)
        self._user.page.set_viewport_size(SMALL)
        self._speak("zh", is_open)

    def _speak(self, language: str, is_open: bool) -> None:
        """A language is chosen once for all, so the app begins anew with it, at the same place."""
        page = self._user.page
        page.evaluate(f"localStorage.setItem('bangban-language', '{language}')")
        page.reload()
        if is_open:
            page.locator("input[type=password]").fill(PIN)
            page.locator("input[type=password]").press("Enter")
            page.locator("form#unlock").wait_for(state="detached")

    def _hear(self, name: str) -> None:
        try:
            check_accessible(self._user.page, name)
        except AssertionError as found:
            self.wrong.append(str(found))

    def _picture(self, name: str, factor: str) -> None:
        page = self._user.page
        page.evaluate(f"document.documentElement.style.setProperty('--text-scale', '{factor}')")
        page.wait_for_timeout(120)
        page.screenshot(path=FOLDER / f"{name}.png", full_page=True)
        if page.evaluate(TOO_WIDE):
            self.wrong.append(f"{name} is wider than the phone")


def walk(user: PhoneUser, painter: Painter, others: Others, code: str) -> None:
    user.open()
    user.screen("登记这台手机")
    painter.take("01-enrol", is_open=False)
    user.enrol(code)
    user.see("都已送达中心")
    user.wait_until_kept()
    painter.take("02-today")
    user.press("开始上门办理")
    user.screen("为谁办？")
    painter.take("03-resident")
    user.press("返回")
    visit(user, painter)
    work(user, painter, others)


def visit(user: PhoneUser, painter: Painter) -> None:
    find_or_register(user, HUSBAND, HUSBAND_ID)
    painter.take("04-service")
    user.choose("老年证与公交卡一件事")
    user.screen("填写")
    user.press("下一步")
    user.choose("实体证")
    painter.take("05-form")
    user.fill("联系电话", "19900001111")
    user.choose("实体证")
    user.choose("村代领")
    user.press("下一步")
    user.screen("材料")
    user.choose("收了纸质件", user.page.get_by_role("group", name="居民身份证"))
    photograph(user, "近期一寸免冠照片")
    user.choose("以后补（容缺）", user.page.get_by_role("group", name="近期照片"))
    painter.take("06-materials")
    user.choose("已向本人讲清楚")
    user.press("下一步")
    user.screen("委托与同意")
    user.choose("已全部读给本人听")
    user.sign()
    painter.take("07-consent")
    user.choose("已在纸上签名")
    user.press("下一步")
    user.screen("请本人核对")
    painter.take("08-review")
    user.press("本人确认，完成办理")
    user.screen("回执")
    painter.take("09-receipt")
    user.press("记一笔服务")
    user.screen("服务记录")
    painter.take("10-log")
    user.press("返回")


def work(user: PhoneUser, painter: Painter, others: Others) -> None:
    user.press("认领")
    user.screen("认领")
    for place in range(2):
        user.page.get_by_role("checkbox").nth(place).check()
    user.press("领取带走 7 天")
    user.see("我领取带走的")
    painter.take("11-claims")
    user.page.get_by_role("listitem").filter(has_text="已认领").first.get_by_role("button").click()
    user.screen("填清单")
    painter.take("12-claim")
    user.press("返回")
    user.press("返回")
    user.press("现在送出")
    user.see("都已送达中心")
    [card, *_] = [record for record, fields in others.all("case", "cases") if fields.get("leg") == 1]
    others.return_case(card, "2")
    others.notify("请本周内走访八十岁以上老人。")
    user.press("现在送出")
    user.see("需要补正")
    painter.take("13-today-waits")
    user.press("需要补正")
    user.screen("办件")
    painter.take("14-case")
    user.press("返回")
    user.press("条未读通知")
    user.screen("通知")
    painter.take("15-notices")
    user.press("返回")
    user.press("这台手机")
    user.screen("这台手机")
    painter.take("16-phone")


def main() -> None:
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    with tempfile.TemporaryDirectory() as held, sync_playwright() as driver:
        folder = Path(held)
        with (
            served_centre(folder / "centre") as centre,
            phone_user(driver, folder / "profile", centre.address, "pictures", arguments=CAMERA) as user,
        ):
            user.context.grant_permissions(["camera"])
            painter = Painter(user)
            walk(user, painter, Others(centre), centre.code())
    print("\n".join(painter.wrong) or "nothing stands out")


if __name__ == "__main__":
    main()
