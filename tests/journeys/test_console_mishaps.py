"""What goes wrong at a desk ends on a page that says so, and changes nothing wrongly."""

from __future__ import annotations

import re

from playwright.sync_api import Browser, Locator, expect

from fixtures.world import Role
from tests.journeys.console import Clerk, clerk
from tests.journeys.test_console_days import find_case, shows_state, take_step
from tests.journeys.town import COUNTY, Town

DONE = "预审通过 ·"


def at_a_case(browser_clerk: Clerk, town: Town, state: str = "received") -> str:
    browser_clerk.sign_in(town.sign_in(Role.DESK_CLERK, in_place=COUNTY))
    number = town.waiting(state)
    find_case(browser_clerk, number)
    return number


def step_button(somebody: Clerk, words: str) -> Locator:
    step = somebody.page.locator(
        "details.step", has=somebody.page.locator("summary", has_text=re.compile(f"^{words}$"))
    )
    step.locator("summary").click()
    return step.get_by_role("button", name=words)


def test_a_second_tab_that_is_behind_changes_nothing_and_keeps_what_was_typed(browser: Browser, town: Town) -> None:
    with clerk(browser, town.address, "two-tabs") as somebody:
        number = at_a_case(somebody, town)
        behind = somebody.page
        button = step_button(somebody, "预审通过")
        behind.get_by_label("预审意见").fill("写了一半的话")
        ahead = somebody.context.new_page()
        somebody.watch(ahead)
        somebody.page = ahead
        find_case(somebody, number)
        take_step(somebody, "预审通过")
        shows_state(somebody, "已预审")
        known = town.changes_of(number)
        somebody.page = behind
        somebody.see("有新的变化。")
        button.click()
        somebody.see("没有执行，记录未改变")
        somebody.see("写了一半的话")
        somebody.see("这一页已经过时")
        somebody.check("stale")
        assert town.changes_of(number) == known
        assert town.state_of(number) == "prechecked"


def test_a_tab_in_which_nobody_types_shows_by_itself_what_the_other_did(browser: Browser, town: Town) -> None:
    with clerk(browser, town.address, "follows") as somebody:
        number = at_a_case(somebody, town)
        behind = somebody.page
        somebody.page = somebody.context.new_page()
        somebody.watch(somebody.page)
        find_case(somebody, number)
        take_step(somebody, "预审通过")
        shows_state(somebody, "已预审")
        expect(behind.locator(".page-head .tag").first).to_have_text("已预审")


def test_a_double_click_does_it_once(browser: Browser, town: Town) -> None:
    with clerk(browser, town.address, "double") as somebody:
        number = at_a_case(somebody, town)
        before = town.changes_of(number)
        step_button(somebody, "预审通过").dblclick()
        shows_state(somebody, "已预审")
        assert town.changes_of(number) == before + 1
        expect(somebody.page.get_by_text(DONE)).to_have_count(1)


def test_going_back_and_sending_again_does_it_once(browser: Browser, town: Town) -> None:
    with clerk(browser, town.address, "back") as somebody:
        number = at_a_case(somebody, town)
        take_step(somebody, "预审通过")
        shows_state(somebody, "已预审")
        known = town.changes_of(number)
        somebody.page.go_back()
        if somebody.page.locator("summary", has_text=re.compile("^预审通过$")).count():
            take_step(somebody, "预审通过")
            somebody.see("没有执行，记录未改变")
        shows_state(somebody, "已预审")
        assert town.changes_of(number) == known


def test_a_lost_connection_loses_nothing_that_was_done_and_does_nothing_that_was_not(
    browser: Browser, town: Town
) -> None:
    with clerk(browser, town.address, "offline") as somebody:
        number = at_a_case(somebody, town)
        here, known = somebody.page.url, town.changes_of(number)
        button = step_button(somebody, "预审通过")
        somebody.page.get_by_label("预审意见").fill("材料清晰")
        somebody.context.set_offline(True)
        button.click()
        somebody.see("现在没有网络，没有送出")
        somebody.check("offline")
        assert town.changes_of(number) == known
        somebody.context.set_offline(False)
        expect(somebody.page.get_by_text("现在没有网络，没有送出")).to_be_hidden()
        expect(somebody.page.get_by_label("预审意见")).to_have_value("材料清晰")
        # A browser that takes itself to be offline beside a centre that answers: on one machine without a network.
        somebody.page.evaluate("Object.defineProperty(navigator, 'onLine', {get: () => false})")
        button.click()
        shows_state(somebody, "已预审")
        assert (somebody.page.url.partition("?")[0], town.changes_of(number)) == (here, known + 1)


def test_a_connection_that_breaks_on_the_way_leaves_it_done_once_or_not_at_all(browser: Browser, town: Town) -> None:
    with clerk(browser, town.address, "broken") as somebody:
        number = at_a_case(somebody, town)
        here, known = somebody.page.url, town.changes_of(number)
        button = step_button(somebody, "预审通过")
        somebody.page.route("**/precheck", lambda route: (route.fetch(max_redirects=0), route.abort()))
        button.click()
        somebody.page.wait_for_url("chrome-error://**")
        assert town.changes_of(number) == known + 1, "the centre had it before the answer was lost"
        somebody.page.unroute("**/precheck")
        somebody.page.goto(here)
        shows_state(somebody, "已预审")
        assert somebody.page.locator("summary", has_text=re.compile("^预审通过$")).count() == 0
        assert town.changes_of(number) == known + 1


def test_an_expired_session_asks_to_sign_in_and_does_nothing(browser: Browser, town: Town) -> None:
    with clerk(browser, town.address, "expired") as somebody:
        number = at_a_case(somebody, town)
        known = town.changes_of(number)
        button = step_button(somebody, "预审通过")
        town.tamper("UPDATE staff_sessions SET seen_at = seen_at - 3600000 WHERE ended_at IS NULL")
        button.click()
        somebody.title("登录")
        somebody.check("sign-in")
        assert town.changes_of(number) == known
        assert town.state_of(number) == "received"


def test_a_wrong_role_a_foreign_place_and_an_absent_case_are_one_page(browser: Browser, town: Town) -> None:
    [[foreign]] = town.ask("SELECT id FROM cases WHERE bucket = 'place:341800000000' ORDER BY id LIMIT 1")
    pages = []
    with clerk(browser, town.address, "foreign") as somebody:
        somebody.sign_in(town.sign_in(Role.COUNTY_SUPERVISOR, in_place=COUNTY))
        for path in (f"/console/desk/{foreign}", f"/console/desk/{'0' * 32}", "/console/operations", "/console/none"):
            answer = somebody.page.goto(town.address + path)
            assert answer is not None
            assert answer.status == 404, path
            pages.append(somebody.page.locator("main").inner_text())
        somebody.check("not-found")
        assert len(set(pages)) == 1
        answer = somebody.page.goto(f"{town.address}/console/?place=341800000000")
        assert answer is not None
        assert answer.status == 404


def test_a_form_from_elsewhere_changes_nothing(browser: Browser, town: Town) -> None:
    with clerk(browser, town.address, "forged") as somebody:
        number = at_a_case(somebody, town)
        known = town.changes_of(number)
        somebody.page.locator("details.step input[name=csrf]").evaluate_all("all => all.forEach(it => it.value = 'x')")
        step_button(somebody, "预审通过").click()
        somebody.see("页面已过期")
        assert town.changes_of(number) == known


def test_english_stays_english_from_page_to_page(browser: Browser, town: Town) -> None:
    with clerk(browser, town.address, "english") as somebody:
        somebody.sign_in(town.sign_in(Role.DESK_CLERK, in_place=COUNTY))
        somebody.press("English")
        somebody.title("宁国市")
        somebody.page.get_by_role("link", name="Cases", exact=True).click()
        somebody.title("Cases")
        assert somebody.page.locator("html").get_attribute("lang") == "en"
        somebody.press("中文")
        somebody.title("办件")
