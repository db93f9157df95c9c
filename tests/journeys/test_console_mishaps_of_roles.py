"""What goes wrong at the other desks in a browser: a reviewer's, a city supervisor's, an administrator's, an auditor's.
Each page that follows says so, and the step has happened once or not at all. A clerk's are in test_console_mishaps.py.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from fixtures.world import Role
from server.console.words import CHINA
from tests.journeys.console import Clerk, clerk
from tests.journeys.town import Town

DAYS_BACK = 40
"""How old the brief is that is frozen here: no other journey's, and over on any day."""
NO_NETWORK = "现在没有网络，没有送出"
EXPIRE = "UPDATE staff_sessions SET seen_at = seen_at - 3600000 WHERE ended_at IS NULL"
EFFECTIVE = "code IN ('applied', 'merged')"


@dataclass(frozen=True)
class Work:
    """A step that can be taken and taken back. `offered`: where its page offers it; `ready`: its button, once its form
    is filled in; `done`: what the page shows after it; `behind`: what is said to a form that comes too late. `stands`:
    what it changes, and `once` what that is after the step was taken once.
    """

    path: str
    offered: Callable[[Page], Locator]
    ready: Callable[[Page], Locator]
    done: Callable[[Page], Locator]
    undo: Callable[[Page], None]
    behind: str
    stands: Callable[[], tuple[str, int]]
    once: Callable[[tuple[str, int]], tuple[str, int]]
    not_theirs: str


def tag(page: Page, words: str) -> Locator:
    return page.locator(".page-head .tag", has_text=words)


def a_reviewer_suspends_an_item(somebody: Clerk, town: Town) -> Work:
    [[item]] = town.ask("SELECT max(id) FROM items WHERE catalogue LIKE 'town:%' AND status = 'active'")

    def ready(page: Page) -> Locator:
        form = page.locator("details#suspend")
        form.locator("summary").click()
        form.locator("[name='in.status_reason']").fill("系统升级")
        return form.get_by_role("button", name="暂停")

    def undo(page: Page) -> None:
        form = page.locator("details#resume")
        form.locator("summary").click()
        form.get_by_role("button", name="恢复").click()
        tag(page, "在办").first.wait_for()

    def stands() -> tuple[str, int]:
        [[status]] = town.ask("SELECT status FROM items WHERE id = ?", item)
        sql = f"SELECT count(*) FROM changes WHERE record = ? AND name = 'item.suspend' AND {EFFECTIVE}"
        return str(status), int(town.ask(sql, item)[0][0])

    return Work(
        path=f"/console/catalogue/items/{item}",
        offered=lambda page: page.locator("details#suspend summary"),
        ready=ready,
        done=lambda page: tag(page, "暂停").first,
        undo=undo,
        behind="没有执行，记录未改变",
        stands=stands,
        once=lambda before: ("suspended", before[1] + 1),
        not_theirs="/console/desk",
    )


def the_city_freezes_a_brief(somebody: Clerk, town: Town) -> Work:
    period = (datetime.now(CHINA) - timedelta(days=DAYS_BACK)).date().isoformat()
    somebody.open("/console/bulletins")
    somebody.fill("起草哪一期", period)
    somebody.press("起草")
    somebody.see("这是草稿")

    def undo(page: Page) -> None:
        form = page.locator("details.step", has=page.locator("summary", has_text="更正这一期"))
        form.locator("summary").click()
        form.locator("[name=why]").fill("补记漏报的办件")
        form.get_by_role("button", name="起草更正版").click()
        page.get_by_text("这是草稿").wait_for()

    def stands() -> tuple[str, int]:
        sql = "SELECT state FROM bulletins WHERE period = ? ORDER BY CAST(edition AS INTEGER) DESC"
        # An edition is one record for the city and one for each town: none is ever frozen twice.
        sent = f"""SELECT count(*) FROM changes c JOIN bulletins b ON b.id = c.record
                   WHERE b.period = ? AND c.name = 'bulletin.freeze' AND c.{EFFECTIVE} GROUP BY c.record"""
        return str(town.ask(sql, period)[0][0]), max((int(row[0]) for row in town.ask(sent, period)), default=0)

    return Work(
        path=f"/console/bulletins/{period}",
        offered=lambda page: page.get_by_role("button", name="定稿", exact=True),
        ready=lambda page: page.get_by_role("button", name="定稿", exact=True),
        done=lambda page: tag(page, "已定稿").first,
        undo=undo,
        behind="没有执行",
        stands=stands,
        once=lambda before: ("frozen", 1),
        not_theirs="/console/operations",
    )


def an_administrator_closes_an_account(somebody: Clerk, town: Town) -> Work:
    [[helper]] = town.ask(
        "SELECT id FROM accounts WHERE role = 'helper' AND status = 'active' ORDER BY login DESC LIMIT 1"
    )

    def undo(page: Page) -> None:
        page.get_by_role("button", name="重新启用").click()
        page.get_by_text("账号已重新启用").wait_for()

    def stands() -> tuple[str, int]:
        [[status]] = town.ask("SELECT status FROM accounts WHERE id = ?", helper)
        sql = "SELECT count(*) FROM grants WHERE account = ? AND ended_at IS NULL"
        return str(status), int(town.ask(sql, helper)[0][0])

    return Work(
        path=f"/console/helpers/{helper}",
        offered=lambda page: page.get_by_role("button", name="离岗停用"),
        ready=lambda page: page.get_by_role("button", name="离岗停用"),
        done=lambda page: tag(page, "已停用").first,
        undo=undo,
        # Closing what is closed is as it was asked for.
        behind="账号已停用",
        stands=stands,
        once=lambda before: ("closed", 0),
        not_theirs="/console/desk",
    )


WORKS: dict[Role, Callable[[Clerk, Town], Work]] = {
    Role.CATALOGUE_REVIEWER: a_reviewer_suspends_an_item,
    Role.CITY_SUPERVISOR: the_city_freezes_a_brief,
    Role.ADMINISTRATOR: an_administrator_closes_an_account,
}


@pytest.mark.parametrize("role", WORKS, ids=[role.value for role in WORKS])
def test_a_step_that_goes_wrong_in_every_way_happens_once_or_not_at_all(
    browser: Browser, town: Town, role: Role
) -> None:
    with clerk(browser, town.address, f"mishaps-{role.value}") as somebody:
        somebody.sign_in(town.sign_in(role))
        work = WORKS[role](somebody, town)
        nothing_is_there(somebody, work.not_theirs)
        for mishap in (two_tabs, double_click, back_button):
            somebody.open(work.path)
            before = work.stands()
            mishap(somebody, work)
            assert work.stands() == work.once(before), mishap.__name__
            somebody.open(work.path)
            work.undo(somebody.page)
        for mishap in (form_of_another_session, lost_connection):
            somebody.open(work.path)
            before = work.stands()
            mishap(somebody, work)
            assert work.stands() == before, mishap.__name__
        somebody.open(work.path)
        before, button = work.stands(), work.ready(somebody.page)
        town.tamper(EXPIRE)
        button.click()
        somebody.title("登录")
        assert work.stands() == before, "nobody acts in a session that is over"


def nothing_is_there(somebody: Clerk, not_theirs: str) -> None:
    """Another role's page, a place out of reach, and what is not there are one page."""
    pages = set()
    for path in (not_theirs, "/console/?place=110000000000", "/console/none"):
        answer = somebody.page.goto(somebody.page.url.partition("/console")[0] + path)
        assert answer is not None
        assert answer.status == 404, path
        pages.add(somebody.page.locator("main").inner_text())
    assert len(pages) == 1


def two_tabs(somebody: Clerk, work: Work) -> None:
    button = work.ready(somebody.page)
    ahead = somebody.context.new_page()
    somebody.watch(ahead)
    ahead.goto(somebody.page.url)
    work.ready(ahead).click()
    work.done(ahead).wait_for()
    ahead.close()
    button.click()
    somebody.see(work.behind)


def double_click(somebody: Clerk, work: Work) -> None:
    work.ready(somebody.page).dblclick()
    work.done(somebody.page).wait_for()


def back_button(somebody: Clerk, work: Work) -> None:
    """The page of before is fetched anew, or the browser kept it: then sending it again is refused."""
    page = somebody.page
    work.ready(page).click()
    work.done(page).wait_for()
    page.go_back()
    work.done(page).or_(work.offered(page)).first.wait_for()
    if work.offered(page).count():
        work.ready(page).click()
        somebody.see(work.behind)


def form_of_another_session(somebody: Clerk, work: Work) -> None:
    button = work.ready(somebody.page)
    somebody.page.locator("[name=csrf]").evaluate_all("all => all.forEach(it => { it.value = 'x' })")
    button.click()
    somebody.title("页面已过期")


def lost_connection(somebody: Clerk, work: Work) -> None:
    button = work.ready(somebody.page)
    somebody.context.set_offline(True)
    button.click()
    somebody.see(NO_NETWORK)
    somebody.context.set_offline(False)
    expect(somebody.page.get_by_text(NO_NETWORK)).to_be_hidden()
    expect(button).to_be_visible()


def test_an_auditors_report_that_goes_wrong_is_made_once_or_not_at_all(browser: Browser, town: Town) -> None:
    def stands() -> tuple[int, int]:
        return (
            int(town.ask("SELECT count(*) FROM changes")[0][0]),
            int(town.ask("SELECT count(*) FROM reads WHERE kind = 'log'")[0][0]),
        )

    with clerk(browser, town.address, "mishaps-auditor") as somebody:
        somebody.sign_in(town.sign_in(Role.AUDITOR))
        page = somebody.page
        nothing_is_there(somebody, "/console/helpers")
        changes, reports = stands()

        before_a_report(somebody).dblclick()
        somebody.see("做好了")
        assert stands() == (changes, reports + 1), "two clicks make one report"
        page.go_back()
        page.get_by_role("button", name="核验并出报告").wait_for()
        assert stands() == (changes, reports + 1), "going back makes none"

        button = before_a_report(somebody)
        somebody.context.set_offline(True)
        button.click()
        somebody.see(NO_NETWORK)
        somebody.context.set_offline(False)
        expect(page.get_by_label("为什么导出")).to_have_value("季度检查")

        button = before_a_report(somebody)
        page.locator("[name=csrf]").evaluate_all("all => all.forEach(it => { it.value = 'x' })")
        button.click()
        somebody.title("页面已过期")

        behind = before_a_report(somebody)
        ahead = somebody.context.new_page()
        somebody.watch(ahead)
        ahead.goto(page.url.partition("/console")[0] + "/console/account")
        ahead.get_by_role("button", name="退出").click()
        ahead.get_by_role("heading", name="登录", level=1).wait_for()
        behind.click()
        somebody.title("登录")
        assert stands() == (changes, reports + 1), "without a network, a mark or a session there is no report"


def before_a_report(somebody: Clerk) -> Locator:
    """The button that makes the report, its reason filled in."""
    somebody.open("/console/operations")
    somebody.press("核验并出报告")
    somebody.fill("为什么导出", "季度检查")
    return somebody.page.get_by_role("button", name="导出", exact=True)
