"""A consent is withdrawn at a desk, from the case's page or from the task, with the way the resident asked."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.server.actions.test_list_followup import clerk_of
from tests.server.actions.test_show_case import CASE, CONSENT, file_case
from tests.server.console.office import PASSWORD, Office, office
from tests.server.console.scene import fields_of, hidden, step, stranger_of

PATH = f"/console/consents/{CONSENT}"


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Office]:
    async with office(tmp_path) as made:
        await file_case(made.small)
        yield made


async def test_the_page_says_whose_it_is_and_logs_both_looks(desk: Office) -> None:
    clerk = await desk.sign_in((await clerk_of(desk.small)).login)
    page = (await clerk.get(PATH)).text
    assert "王秀英" in page
    assert "办理老年优待证" in page
    looks = {kind for (kind,) in await desk.small.fetch("SELECT kind FROM reads")}
    assert {"consent", "resident"} <= looks


async def test_one_whose_time_is_over_says_so(desk: Office) -> None:
    clerk = await desk.sign_in(login := (await clerk_of(desk.small)).login)
    assert "已过期" not in (await clerk.get(PATH)).text
    desk.clock.advance(366 * 86_400_000)
    later = desk.browser()
    await later.post("/console/sign-in", login=login, password=PASSWORD)
    await later.get("/console/factor")
    assert clerk.totp is not None
    await later.post("/console/factor", code=clerk.totp.at(desk.clock.wall_ms() // 1000))
    assert "已过期，有效到" in (await later.get(PATH)).text


async def test_it_is_withdrawn_from_the_cases_page_with_its_channel_and_once(desk: Office) -> None:
    clerk = await desk.sign_in((await clerk_of(desk.small)).login)
    case = (await clerk.get(f"/console/desk/{CASE}")).text
    seen = hidden(case, f"{PATH}/revoke")
    said = {"in.revoke_channel": "hotline", "in.revoke_reason": "不想办了"}
    answer = await clerk.post(f"{PATH}/revoke", case=CASE, **seen, **said)
    assert (answer.status_code, answer.headers["location"].startswith(f"/console/desk/{CASE}")) == (303, True)
    consent = await fields_of(desk, "consent", CONSENT)
    assert (consent["revoke_channel"], consent["revoke_reason"]) == ("hotline", "不想办了")
    assert consent["revoked_at"]
    assert "同意已撤回，停止处理" in (await clerk.get("/console/tasks")).text
    again = await clerk.post(f"{PATH}/revoke", **seen, **said)
    assert (again.status_code, "已经撤回过了" in again.text) == (409, True)
    assert f"{PATH}/revoke" not in (await clerk.get(f"/console/desk/{CASE}")).text


async def test_it_is_withdrawn_from_its_own_page_too(desk: Office) -> None:
    watcher = await desk.sign_in(desk.login_of("city_supervisor"))
    assert (await step(watcher, PATH, "revoke", revoke_channel="page"))[0] == 303
    page = (await watcher.get(PATH)).text
    assert "已回电核实" in page
    assert "现在没有您可以做的" in page


async def test_a_channel_that_does_not_exist_is_refused(desk: Office) -> None:
    clerk = await desk.sign_in((await clerk_of(desk.small)).login)
    status, page = await step(clerk, PATH, "revoke", revoke_channel="pigeon")
    assert (status, "撤回渠道" in page) == (409, True)


async def test_who_may_not_is_offered_nothing_and_elsewhere_it_is_not_there(desk: Office) -> None:
    auditor = await desk.sign_in(desk.login_of("auditor"))
    assert "现在没有您可以做的" in (await auditor.get(PATH)).text
    assert (await auditor.post(f"{PATH}/revoke", epoch="e", rev="1", hash="A" * 43)).status_code == 404
    assert (await (await desk.sign_in(stranger_of(desk))).get(PATH)).status_code == 404
