"""A ticket is taken in once, answered, called back about, and opened again at most once."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from server.domain.cases.tickets import ticket_id
from tests.server.actions.test_list_followup import clerk_of
from tests.server.actions.test_show_case import CASE, file_case
from tests.server.console.office import Browser, Office, office
from tests.server.console.scene import fields_of, step, stranger_of
from tests.small_centre import TOWN, VILLAGE

NEW = "/console/tickets/new"
SAID = {"in.source": "hotline", "in.type": "complaint", "in.text": "三次上门都没人", "in.phone": "13812345678"}
RECORD = ticket_id("GD20261122001")
PATH = f"/console/tickets/{RECORD}"


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Office]:
    async with office(tmp_path) as made:
        yield made


async def clerk_at(desk: Office) -> Browser:
    return await desk.sign_in((await clerk_of(desk.small)).login)


async def take_in(clerk: Browser, **more: str) -> tuple[int, str]:
    page = (await clerk.get(NEW)).text
    place = next(name for name in re.findall(r'<option value="([^"]+)">', page) if name.endswith("胡乐村"))
    answer = await clerk.post(NEW, **{**SAID, "in.number": "GD20261122001", "place": place, **more})
    return answer.status_code, answer.text


async def test_a_ticket_is_taken_in_and_the_hotlines_number_leads_to_it_the_second_time(desk: Office) -> None:
    clerk = await clerk_at(desk)
    assert (await take_in(clerk))[0] == 303
    assert (await fields_of(desk, "ticket", RECORD))["place"] == VILLAGE
    listed = (await clerk.get("/console/tickets")).text
    assert PATH in listed
    assert "13812345678" not in listed
    status, again = await take_in(clerk)
    assert status == 409
    assert f'href="{PATH}"' in again
    assert "三次上门都没人" in again


async def test_a_cases_number_says_the_place_and_a_wrong_one_is_told(desk: Office) -> None:
    await file_case(desk.small)
    number = str((await fields_of(desk, "case", CASE))["number"])
    clerk = await clerk_at(desk)
    await clerk.get(NEW)
    wrong = await clerk.post(NEW, **SAID, case_number="341881202611220000000")
    assert (wrong.status_code, "没有这个编号的办件" in wrong.text) == (422, True)
    nowhere = await clerk.post(NEW, **SAID, place="不知哪里")
    assert (nowhere.status_code, "三次上门都没人" in nowhere.text) == (422, True)
    taken = await clerk.post(NEW, **SAID, case_number=number)
    assert taken.status_code == 303
    ticket = await fields_of(desk, "ticket", taken.headers["location"].split("/")[3].partition("?")[0])
    assert (ticket["case"], ticket["place"]) == (CASE, VILLAGE)


async def test_what_the_rules_refuse_is_told_with_what_was_typed(desk: Office) -> None:
    clerk = await clerk_at(desk)
    status, page = await take_in(clerk, **{"in.phone": "12"})
    assert status == 409
    assert "电话号码“12”不对" in page
    assert "三次上门都没人" in page


async def test_a_ticket_is_answered_called_back_about_and_reopened_once(desk: Office) -> None:
    clerk = await clerk_at(desk)
    await take_in(clerk)
    assert (await step(clerk, PATH, "pass", holder=f"place:{TOWN}"))[0] == 303
    assert (await step(clerk, PATH, "answer", answer="周三上午上门"))[0] == 303
    assert (await step(clerk, PATH, "reopen", reopen_why="周三没有来"))[0] == 303
    assert (await step(clerk, PATH, "answer", answer="已上门办好"))[0] == 303
    assert PATH not in (await clerk.get("/console/tickets")).text
    assert PATH in (await clerk.get("/console/tickets?state=answered")).text
    page = (await clerk.get(PATH)).text
    assert 'id="reopen"' not in page
    assert "周三没有来" in page
    assert (await step(clerk, PATH, "close", satisfaction="0"))[0] == 303
    fields = await fields_of(desk, "ticket", RECORD)
    assert (fields["state"], fields["satisfaction"], fields["reopened"]) == ("closed", 0, 1)
    assert "没有联系上" in (await clerk.get(PATH)).text


async def test_the_hotlines_number_finds_it_and_a_wrong_one_says_so(desk: Office) -> None:
    clerk = await clerk_at(desk)
    await take_in(clerk)
    found = await clerk.get("/console/tickets?number=GD20261122001")
    assert (found.status_code, found.headers["location"]) == (303, PATH)
    assert "没有这个号的工单" in (await clerk.get("/console/tickets?number=GD0")).text
    stranger = await desk.sign_in(stranger_of(desk))
    assert "没有这个号的工单" in (await stranger.get("/console/tickets?number=GD20261122001")).text


async def test_a_second_click_on_an_answer_is_refused_and_keeps_what_was_typed(desk: Office) -> None:
    clerk = await clerk_at(desk)
    await take_in(clerk)
    assert (await step(clerk, PATH, "answer", answer="甲"))[0] == 303
    again = await clerk.post(f"{PATH}/answer", epoch="e", rev="1", hash="A" * 43, **{"in.answer": "乙"})
    assert (again.status_code, "没有执行" in again.text) == (409, True)
    assert (await fields_of(desk, "ticket", RECORD))["answer"] == "甲"
    assert (await clerk.post(f"{PATH}/answer", **{"in.answer": "乙"})).status_code == 404


async def test_a_ticket_out_of_reach_is_not_there_and_an_auditor_takes_in_none(desk: Office) -> None:
    await take_in(await clerk_at(desk))
    stranger = await desk.sign_in(stranger_of(desk))
    assert (await stranger.get(PATH)).status_code == 404
    auditor = await desk.sign_in(desk.login_of("auditor"))
    assert "现在没有您可以做的" in (await auditor.get(PATH)).text
    assert "/console/tickets/new" not in (await auditor.get("/console/tickets")).text
    assert (await auditor.get(NEW)).status_code == 404
