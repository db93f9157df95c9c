"""The way through what the console shows only after somebody did something: a form that is open, a question before a
look, a refusal, a mishap, what comes out of a printer, and the residents' page from question to rating.

Laws: what is pressed is found without words, so that one way leads through both languages. It changes the world it
walks in, and comes after the pictures of what was there.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import pyotp
from playwright.sync_api import Page

from fixtures.world import Role
from server.actions.sign_in import GivenSignIn
from tests.journeys.console import Clerk
from tests.journeys.others import Others
from tests.journeys.town import Town

PAPER = {"width": 794, "height": 1123}
"""A4 as browsers measure it."""
AFTER_ONE_TRY_TOO_MANY = 11
Take = Callable[[str], None]


class Step(Protocol):
    """One part of the way, signed in as its role."""

    def __call__(self, somebody: Clerk, town: Town, take: Take) -> None: ...


def open_all(page: Page) -> None:
    """Every form that is folded."""
    page.locator("details.step").evaluate_all("all => all.forEach(it => { it.open = true })")


def send(page: Page, action_ends: str) -> None:
    """Presses the button of a form, whether or not its page would let it go."""
    form = page.locator(f'form[method="post"][action$="{action_ends}"]').first
    with page.expect_navigation():
        form.evaluate("it => { it.noValidate = true; it.requestSubmit(it.querySelector('button')) }")


def on_paper(somebody: Clerk, take: Take, name: str) -> None:
    size = somebody.page.viewport_size
    somebody.page.emulate_media(media="print")
    somebody.page.set_viewport_size(PAPER)  # type: ignore[arg-type]
    take(f"{name}-on_paper")
    somebody.page.emulate_media(media="screen")
    assert size is not None
    somebody.page.set_viewport_size(size)


def first_of(town: Town, sql: str, *parameters: object) -> str:
    found = town.ask(sql, *parameters)
    return str(found[0][0]) if found else ""


def why_of_aid(somebody: Clerk, town: Town, take: Take) -> None:
    """The first case over which the law wants to know why somebody looks."""
    for (case,) in town.ask("SELECT id FROM cases WHERE state = 'received' ORDER BY item, id"):
        somebody.open(f"/console/desk/{case}")
        if somebody.page.locator("#reason").count():
            take("case-why")
            return


def case_with(step: str, somebody: Clerk, town: Town, *passed: str) -> str:
    """A case on which this clerk can take the step; never one of those that are passed."""
    for (case,) in town.ask("SELECT id FROM cases WHERE state IN ('accepted', 'reviewing') ORDER BY state, id"):
        if case not in passed:
            somebody.open(f"/console/desk/{case}")
            if somebody.page.locator(f"details#{step}").count():
                return str(case)
    raise AssertionError(f"nobody can {step} anything here")


def a_case(somebody: Clerk, town: Town, take: Take) -> None:
    page = somebody.page
    somebody.open("/console/desk/" + "0" * 32)
    take("absent")
    why_of_aid(somebody, town, take)
    case = case_with("transfer", somebody, town)
    on_paper(somebody, take, "case")
    open_all(page)
    take("case-forms")
    somebody.context.set_offline(True)
    page.locator("#steps form button").first.click()
    page.locator("#offline").wait_for()
    take("case-offline")
    somebody.context.set_offline(False)
    somebody.open(f"/console/desk/{case}")
    open_all(page)
    page.locator("#unmask-reason").fill("x")
    send(page, "/unmask")
    take("unmask-refused")
    page.locator("#reason").fill("核对证件")
    send(page, "/unmask")
    take("case-unmasked")
    somebody.open(f"/console/desk/{case}")
    send(page, "/transfer")
    take("case-refused")
    somebody.open(f"/console/desk/{case}")
    page.locator("[name=csrf]").evaluate_all("all => all.forEach(it => { it.value = 'x' })")
    send(page, "/transfer")
    take("form_out_of_date")
    case_behind(somebody, town, take, case)


def case_behind(somebody: Clerk, town: Town, take: Take, *passed: str) -> None:
    """Two tabs: one goes ahead, what was typed in the other is told to be too late."""
    here = case_with("review", somebody, town, *passed)
    ahead = somebody.context.new_page()
    ahead.goto(somebody.page.url)
    send(ahead, "/review")
    ahead.close()
    somebody.page.locator('[name="in.review"]').evaluate("it => { it.value = '材料齐全，开始审查' }")
    send(somebody.page, "/review")
    take("case-behind")
    somebody.open(f"/console/desk/{here}")


def the_desk(somebody: Clerk, town: Town, take: Take) -> None:
    page = somebody.page
    somebody.open("/console/desk?number=341800000000000000000")
    take("desk-nothing_found")
    somebody.open("/console/tickets/new")
    page.locator('[name="in.text"]').fill("家里老人来问")
    send(page, "/tickets/new")
    take("ticket-refused")
    for kind, table in (("ratings", "ratings"), ("consents", "consents")):
        for (record,) in town.ask(f"SELECT id FROM {table} ORDER BY id"):
            somebody.open(f"/console/{kind}/{record}")
            if page.locator("#steps").count():
                open_all(page)
                take(f"{kind}-forms")
                break
    for path, name in (("tasks", "task"), ("tickets", "ticket"), ("lights", "light"), ("calls", "call")):
        somebody.open(f"/console/{path}")
        page.locator(f'main a[href^="/console/{path}/"]:not([href$="/new"])').first.click()
        page.wait_for_load_state()
        open_all(page)
        take(f"{name}-forms")
    together(somebody, take)
    town.tamper("UPDATE staff_sessions SET factor_at = factor_at - 900000 WHERE ended_at IS NULL")
    somebody.open("/console/desk")
    send(page, "/desk/export")
    take("step_up")
    page.locator("#code").fill("000000")
    send(page, "/console/factor")
    take("step_up-wrong")


def together(somebody: Clerk, take: Take) -> None:
    page = somebody.page
    somebody.open("/console/desk/together/transfer")
    send(page, "/together/transfer")
    take("together-refused")
    for box in page.locator("main tbody input[type=checkbox]").all()[:2]:
        box.check()
    page.locator('select[name="in.transfer.to"]').select_option(index=1)
    page.locator('[name="in.transfer.reason"]').fill("由对口的单位办理")
    send(page, "/together/transfer")
    take("together-done")


def exporting(somebody: Clerk, town: Town, take: Take) -> None:
    page = somebody.page
    somebody.open("/console/operations")
    form = page.locator('form[action$="/verify"]')
    form.locator("button").click()
    page.locator("#why").wait_for()
    take("export")
    page.locator("#why").fill("季度检查")
    page.route("**/verify", lambda route: None)
    page.locator("form[data-export] button.main-action").click()
    page.locator("progress").wait_for()
    take("export-progress")
    page.locator("[data-cancel]").click()
    page.locator("form[data-export]").wait_for()
    take("export-cancelled")
    page.unroute("**/verify")
    login = first_of(town, "SELECT login FROM accounts WHERE role = 'desk_clerk' ORDER BY login")
    somebody.open(f"/console/operations?login={login}")
    take("audit-found")
    somebody.open("/console/operations?login=nobody")
    take("audit-nothing_found")


def supervising(somebody: Clerk, town: Town, take: Take) -> None:
    page = somebody.page
    if review := first_of(town, "SELECT id FROM reviews ORDER BY id"):
        somebody.open(f"/console/reviews/{review}")
        open_all(page)
        take("review-forms")
    for path, name in (("lights", "light"), ("conflicts", "conflict"), ("parked", "parked")):
        somebody.open(f"/console/{path}")
        here = page.locator(f'main tbody a[href^="/console/{path}/"]').first.get_attribute("href")
        somebody.open(str(here))
        open_all(page)
        take(f"{name}-forms")
        if name != "light":
            send(page, str(here) if name == "conflict" else "/return")
            take(f"{name}-refused")
    month = first_of(town, "SELECT period FROM bulletins WHERE length(period) = 7 ORDER BY period DESC")
    somebody.open(f"/console/bulletins/{month}")
    on_paper(somebody, take, "bulletin")
    open_all(page)
    take("bulletin-forms")
    somebody.open("/console/")
    on_paper(somebody, take, "overview")
    open_all(page)
    take("overview-list")
    somebody.open("/console/bulletins")
    if page.locator("#period").count():
        page.locator("#period").fill("1999-99")
        send(page, "/console/bulletins")
        take("bulletins-refused")


def reviewing(somebody: Clerk, town: Town, take: Take) -> None:
    page = somebody.page
    claim = first_of(town, "SELECT id FROM claims WHERE state = 'submitted' ORDER BY id")
    somebody.open(f"/console/campaigns/claims/{claim}")
    open_all(page)
    take("claim-forms")
    send(page, "/return")
    take("claim-refused")
    campaign = first_of(town, "SELECT id FROM campaigns ORDER BY id")
    for state in ("returned", "published"):
        somebody.open(f"/console/campaigns/{campaign}/claims?state={state}")
        take(f"claims-{state}")
    for look_back, state in town.ask("SELECT id, state FROM look_backs ORDER BY id LIMIT 1"):
        somebody.open(f"/console/campaigns/{campaign}/look-backs?state={state}")
        take("look_backs")
        somebody.open(f"/console/campaigns/look-backs/{look_back}")
        open_all(page)
        take("look_back-forms")
    somebody.open("/console/campaigns")
    open_all(page)
    take("campaigns-forms")
    send(page, "/console/campaigns")
    take("campaigns-refused")
    item = first_of(town, "SELECT id FROM items WHERE catalogue LIKE 'village:%' ORDER BY id")
    somebody.open(f"/console/catalogue/items/{item}/site?search=社区")
    take("catalogue_site-found")
    if page.locator("main .plain-list a").count():
        page.locator("main .plain-list a").first.click()
        page.wait_for_load_state()
        take("catalogue_site")
    somebody.open(f"/console/catalogue/items/{item}")
    open_all(page)
    take("catalogue_item-forms")


def administering(somebody: Clerk, town: Town, take: Take) -> None:
    page = somebody.page
    sql = """SELECT a.id FROM accounts a JOIN devices d ON d.account = a.id
             WHERE a.role = 'helper' AND a.status = 'active' AND d.revoked_at IS NULL ORDER BY a.login"""
    helper = first_of(town, sql)
    somebody.open(f"/console/helpers/{helper}")
    send(page, "/sheet")
    take("activation_sheet")
    on_paper(somebody, take, "activation_sheet")
    somebody.open(f"/console/helpers/{helper}")
    send(page, "/move")
    take("helper-refused")
    somebody.open(f"/console/helpers/{helper}")
    if page.locator('form[action$="/lost"]').count():
        send(page, "/lost")
        take("helper-lost")
    somebody.open(f"/console/helpers/{helper}")
    if page.locator('form[action$="/close"]').count():
        send(page, "/close")
        take("helper-closed")
        send(page, "/reopen")
    somebody.open("/console/helpers")
    page.locator("#search").fill("没有这个人")
    send(page, "/console/helpers")
    take("helpers-nothing_found")


WAYS: tuple[tuple[Role, Step], ...] = (
    (Role.DESK_CLERK, a_case),
    (Role.DESK_CLERK, the_desk),
    (Role.AUDITOR, exporting),
    (Role.COUNTY_SUPERVISOR, supervising),
    (Role.CITY_SUPERVISOR, supervising),
    (Role.CATALOGUE_REVIEWER, reviewing),
    (Role.ADMINISTRATOR, administering),
)


def signing_in(nobody: Clerk, given: GivenSignIn, take: Take) -> None:
    """From the sign-in to the last step of it, each with what is said to a mistake."""
    page = nobody.page
    nobody.open("/console/sign-in")
    take("sign_in")
    page.locator("#login").fill(given.login)
    page.locator("#password").fill("not this one")
    send(page, "/console/sign-in")
    take("sign_in-wrong")
    nobody.open("/console/password")
    take("password")
    page.locator("#code").fill("ABCD-EFGH")
    page.locator("#password").fill("short")
    page.locator("#again").fill("shorter")
    send(page, "/console/password")
    take("password-wrong")
    nobody.open("/console/sign-in")
    page.locator("#login").fill(given.login)
    page.locator("#password").fill(given.password)
    send(page, "/console/sign-in")
    page.locator("#code").wait_for()
    take("factor")
    page.locator("#code").fill("000000")
    send(page, "/console/factor")
    take("factor-wrong")
    page.locator("#code").fill(pyotp.TOTP(given.secret).now())
    send(page, "/console/factor")
    nobody.at("/console/")


def first_factor(nobody: Clerk, given: GivenSignIn, town: Town, take: Take) -> None:
    """Somebody who has no authenticator yet."""
    page = nobody.page
    town.tamper("DELETE FROM staff_factors WHERE account = (SELECT id FROM accounts WHERE login = ?)", given.login)
    nobody.open("/console/sign-in")
    page.locator("#login").fill(given.login)
    page.locator("#password").fill(given.password)
    send(page, "/console/sign-in")
    page.locator(".qr").wait_for()
    take("factor-first")
    page.locator("#code").fill("000000")
    send(page, "/console/factor")
    take("factor-first-wrong")


def too_many(nobody: Clerk, take: Take) -> None:
    """Whoever guesses is told to wait."""
    page = nobody.page
    nobody.open("/console/sign-in")
    for _ in range(AFTER_ONE_TRY_TOO_MANY):
        page.locator("#login").fill("guesser")
        page.locator("#password").fill("one of many")
        send(page, "/console/sign-in")
    take("sign_in-too_many")


def rating(resident: Clerk, town: Town, take: Take) -> None:
    """A case that is over: asked after, rated, its consent taken back; and somebody who guesses."""
    page, others = resident.page, Others(town.centre)
    sql = """SELECT number, resident FROM cases WHERE state = 'finished' AND id NOT IN (SELECT of_case FROM ratings)
             ORDER BY finished_at, id LIMIT 1"""
    [[number, who]] = town.ask(sql)
    held = others.fields("resident", who)
    last4 = str(held["citizen_id"])[-4:].upper()
    ask(resident, number, last4)
    page.locator(".grades").wait_for()
    take("rate")
    page.locator("details.step").evaluate_all("all => all.forEach(it => { it.open = true })")
    take("rate-consent")
    page.locator('form[action="/r/rating"]').evaluate("it => it.noValidate = true")
    send(page, "/r/rating")
    take("rate-nothing_chosen")
    page.locator(".grades input").nth(1).check()
    page.locator("#said").fill("办得很快，谢谢")
    send(page, "/r/rating")
    take("rated")
    open_all(page)
    send(page, "/r/consent")
    take("consent-asked")
    for _ in range(AFTER_ONE_TRY_TOO_MANY):
        ask(resident, number, "0000" if last4 != "0000" else "1111")
    take("too_many")


def ask(resident: Clerk, number: str, last4: str) -> None:
    resident.open("/r/")
    resident.page.locator("#number").fill(number)
    resident.page.locator("#last4").fill(last4)
    send(resident.page, "/r/")
