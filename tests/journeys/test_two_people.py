"""Two people take turns with one phone: each has a store, a PIN and an outbox of their own, and neither touches the
other's unsent work, not even when one of them is turned away for good.
"""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Playwright

from tests.journeys.phone import PIN, PhoneUser, ServedCentre, phone_user
from tests.journeys.test_carrying import LEAD, authors_of
from tests.journeys.test_first_visit import NEW_NAME, file_allowance
from tests.journeys.test_safety import STORES, revoke
from tests.small_centre import HELPER

OTHER_PIN = "975310"


def enrol_beside(user: PhoneUser, code: str) -> None:
    user.press("换一个人登记")
    user.screen("登记这台手机")
    user.fill("激活码", code)
    user.fill("设置密码", OTHER_PIN)
    user.fill("再输入一次密码", OTHER_PIN)
    user.press("登记")
    user.see("都已送达中心")


def test_two_people_on_one_phone_never_touch_each_others_unsent_work(
    driver: Playwright, centre: ServedCentre, tmp_path: Path
) -> None:
    before = authors_of(centre, "case")
    with phone_user(driver, tmp_path / "profile", centre.address, "two_people") as user:
        user.enrol(centre.code())
        user.see("都已送达中心")
        user.wait_until_kept()
        user.go_offline()
        file_allowance(user)
        user.press("回到今天")
        user.see("3 项还没有送达中心")
        [first] = user.page.evaluate(STORES)
        user.lock()

        user.go_online()
        enrol_beside(user, centre.code(LEAD))
        assert user.page.get_by_text(NEW_NAME).count() == 0, "what one has not sent, the other does not see"
        user.exchange()
        assert authors_of(centre, "case") == before, "nor does it travel under the other's name"
        user.lock()
        user.picture("who")
        user.page.get_by_role("radio").first.check()
        user.unlock(OTHER_PIN)
        user.see("密码不对")

        # The second person is turned away: their store goes, and nobody else's.
        user.page.get_by_role("radio").last.check()
        user.unlock(OTHER_PIN)
        user.screen("今天")
        [second] = set(user.page.evaluate(STORES)) - {first}
        revoke(centre, second.removeprefix("bangban-"))
        user.page.evaluate("dispatchEvent(new Event('online'))")
        user.until(f"{STORES}.then((all) => all.length === 1)")
        assert user.page.evaluate(STORES) == [first]
        user.see("您好")

        user.go_offline()
        user.unlock(PIN)
        user.see("3 项还没有送达中心")
        user.go_online()
        user.press("现在送出")
        user.see("都已送达中心")
        assert authors_of(centre, "case") == [*before, HELPER]
