"""The main step of each role, gone wrong in every way: a page says so, and the step has happened once or not at all.

A clerk's are in test_sensible_pages.py, and in a browser with what only a browser does.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from server.actions.build_bulletin import read_bulletin
from server.actions.sign_in import IDLE_MS
from server.console.navigation import STAFF
from server.domain.people.roles import Role, may_change
from tests.server.actions.rounds import round_of
from tests.server.actions.test_build_bulletin import PERIOD, finished
from tests.server.console.office import SAME_SITE, Browser, Office, office
from tests.server.console.scene import fields_of, hidden, open_light
from tests.small_centre import HELPER, VILLAGE


@dataclass(frozen=True)
class Step:
    """`page` holds the form that goes to `path`; `said` is what is filled in beside what the form carries. `stands`
    tells what the step would change; `once` is what it is after it was taken. `behind` and `says`: the answer to a form
    that is behind; `together`: to the later of two at the same moment. `allowed`: who else may take it.
    """

    page: str
    path: str
    stands: Callable[[], Awaitable[object]]
    once: object
    said: dict[str, str] = field(default_factory=dict)
    says: str = "没有执行"
    behind: int = 409
    together: int = 409
    allowed: frozenset[Role] = frozenset()


async def state_of(desk: Office, kind: str, record: str, name: str = "state") -> tuple[object, int]:
    """A field, and how many changes had an effect on the record."""
    sql = "SELECT count(*) FROM changes WHERE record = ? AND code IN ('applied', 'merged')"
    [[effects]] = await desk.small.fetch(sql, [record])
    return (await fields_of(desk, kind, record))[name], effects


def who_may(change: str) -> frozenset[Role]:
    return frozenset(role for role in STAFF if may_change(role, change))


async def a_reviewer_passes_a_list(desk: Office) -> Step:
    work = round_of(desk.small)
    await work.open()
    claim = await work.claim(await desk.small.enrol(HELPER))
    _, effects = await state_of(desk, "claim", claim)
    here = f"/console/campaigns/claims/{claim}"
    return Step(
        here,
        f"{here}/check",
        lambda: state_of(desk, "claim", claim),
        ("checked", effects + 1),
        allowed=who_may("claim.check"),
    )


async def a_supervisor_takes_a_light_further(desk: Office) -> Step:
    light = await open_light(desk)
    _, effects = await state_of(desk, "light", light, "stage")
    here = f"/console/lights/{light}"
    return Step(
        here,
        f"{here}/escalate",
        lambda: state_of(desk, "light", light, "stage"),
        ("supervise", effects + 1),
        {"in.stage": "supervise", "in.why": "两次催办没有结果"},
        allowed=who_may("light.escalate"),
    )


async def the_city_freezes_a_bulletin(desk: Office) -> Step:
    await finished(desk.small, "on_time", 40)
    city = await desk.sign_in(desk.login_of(Role.CITY_SUPERVISOR))
    await city.get("/console/account")
    await city.post("/console/bulletins", period=PERIOD)
    held = await read_bulletin(desk.platform, PERIOD)
    assert held is not None
    _, effects = await state_of(desk, "bulletin", held.id)
    here = f"/console/bulletins/{PERIOD}"
    return Step(here, f"{here}/freeze", lambda: state_of(desk, "bulletin", held.id), ("frozen", effects + 1))


async def an_administrator_closes_an_account(desk: Office) -> Step:
    helper = await desk.small.account(HELPER)

    async def stands() -> object:
        sql = "SELECT count(*) FROM grants WHERE account = ? AND ended_at IS NULL"
        [[grants]] = await desk.small.fetch(sql, [helper.id])
        return (await desk.small.account(HELPER)).status, grants

    here = f"/console/helpers/{helper.id}"
    # Closing what is closed says nothing: it is as it was asked for.
    return Step(here, f"{here}/close", stands, ("closed", 0), says="", behind=303, together=303)


async def an_auditor_checks_the_trail(desk: Office) -> Step:
    async def stands() -> object:
        return await desk.small.fetch("SELECT count(*) FROM changes")

    once = await stands()
    path = "/console/operations/verify"
    return Step("/console/operations", path, stands, once, {"why": "季度检查"}, says="", behind=200, together=200)


STEPS = {
    Role.CATALOGUE_REVIEWER: a_reviewer_passes_a_list,
    Role.COUNTY_SUPERVISOR: a_supervisor_takes_a_light_further,
    Role.CITY_SUPERVISOR: the_city_freezes_a_bulletin,
    Role.ADMINISTRATOR: an_administrator_closes_an_account,
    Role.AUDITOR: an_auditor_checks_the_trail,
}
ROLES = list(STEPS)


@dataclass(frozen=True)
class AtWork:
    """Somebody of a role before a step of theirs. `seen`: what the form carries."""

    desk: Office
    role: Role
    step: Step
    browser: Browser
    seen: dict[str, str]
    before: object

    async def send(self, *, mark: str = "", browser: Browser | None = None) -> tuple[int, str, str]:
        """Presses the button: the status, where it leads and what it says."""
        who = browser or self.browser
        said = {"csrf": mark or who.mark, **self.seen, **self.step.said}
        headers = {**SAME_SITE, "referer": f"http://console.test{self.step.page}"}
        answer = await who.client.post(self.step.path, data=said, headers=headers)
        is_page = answer.headers.get("content-type", "").startswith("text/html")
        return answer.status_code, answer.headers.get("location", ""), answer.text if is_page else ""


@pytest.fixture(params=ROLES, ids=[role.value for role in ROLES])
async def at_work(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[AtWork]:
    role = request.param
    async with office(tmp_path) as desk:
        step = await STEPS[role](desk)
        login = desk.login_of(role, in_place=VILLAGE if role is Role.COUNTY_SUPERVISOR else "")
        # Whoever drafted the bulletin is signed in already.
        browser = desk.browsers[-1] if role is Role.CITY_SUPERVISOR else await desk.sign_in(login)
        page = (await browser.get(step.page)).text
        seen = hidden(page, step.path) if f'action="{step.path}"' in page else {}
        if role is Role.CITY_SUPERVISOR:
            form = page[page.index(f'action="{step.path}"') :]
            told = {name: form.partition(f'name="{name}" value="')[2].partition('"')[0] for name in ("hash", "build")}
            seen = {"edition": "1", **told}
        yield AtWork(desk, role, step, browser, seen, await step.stands())


async def test_two_clicks_at_once_do_it_once(at_work: AtWork) -> None:
    answers = await asyncio.gather(at_work.send(), at_work.send())
    assert await at_work.step.stands() == at_work.step.once
    status, _, said = max(answers)
    assert status == at_work.step.together
    assert at_work.step.says in said or status == 303


async def test_going_back_and_sending_again_does_it_once(at_work: AtWork) -> None:
    status, _, _ = await at_work.send()
    assert status in (200, 303)
    assert await at_work.step.stands() == at_work.step.once
    again = await at_work.send()
    assert (again[0], at_work.step.says in again[2]) == (at_work.step.behind, True)
    assert await at_work.step.stands() == at_work.step.once


async def test_an_expired_session_does_nothing_and_leads_back_to_the_page(at_work: AtWork) -> None:
    at_work.desk.clock.advance(IDLE_MS)
    status, there, _ = await at_work.send()
    assert (status, there) == (303, f"/console/sign-in?next={at_work.step.page.replace('/', '%2F')}")
    assert await at_work.step.stands() == at_work.before


async def test_a_form_with_the_mark_of_another_session_does_nothing(at_work: AtWork) -> None:
    status, _, said = await at_work.send(mark="0" * 64)
    assert (status, "页面已过期" in said) == (403, True)
    assert await at_work.step.stands() == at_work.before


async def test_every_other_role_finds_nothing_there(at_work: AtWork) -> None:
    for role in sorted(STAFF - {at_work.role} - at_work.step.allowed):
        somebody = await at_work.desk.sign_in(at_work.desk.login_of(role))
        await somebody.get("/console/account")
        status, there, said = await at_work.send(browser=somebody)
        assert (status, there, "没有找到" in said) == (404, "", True), role
        assert await at_work.step.stands() == at_work.before, role
