"""Who is called back is shown one by one; what they say becomes a rating, or a task to find out."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from server.console.pages.calls import NOT_ASKED_FORM
from server.domain.cases.ratings import rating_id
from server.domain.supervision.tasks import NOT_ASKED
from sync.core.ids import derived_id
from tests.server.actions.test_list_followup import clerk_of
from tests.server.actions.test_show_case import CASE
from tests.server.console.office import Browser, Office, office
from tests.server.console.scene import fields_of, finish_case, stranger_of
from tests.small_centre import TOWN, VILLAGE


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Office]:
    async with office(tmp_path) as made:
        await finish_case(made)
        yield made


DONE = "b" * 32
PATH = f"/console/calls/{DONE}"


async def clerk_at(desk: Office) -> Browser:
    return await desk.sign_in((await clerk_of(desk.small)).login)


async def test_the_list_names_nobody_and_the_call_shows_the_number_once_it_is_asked_for(desk: Office) -> None:
    clerk = await clerk_at(desk)
    listed = (await clerk.get("/console/calls")).text
    assert PATH in listed
    assert "13812345678" not in listed
    assert "王秀英" not in listed
    call = (await clerk.get(PATH)).text
    assert "138****5678" in call
    assert "13812345678" not in call
    asked = (await clerk.post(f"{PATH}/unmask", reason="回访")).text
    assert 'href="tel:13812345678"' in asked
    assert ("case", DONE) in await desk.small.fetch("SELECT kind, record FROM reads")


async def test_a_rating_by_call_is_recorded_once_and_the_case_leaves_the_list(desk: Office) -> None:
    clerk = await clerk_at(desk)
    await clerk.get(PATH)
    said = {"in.grade": "2", "in.text": "跑了两趟"}
    assert (await clerk.post(f"{PATH}/rate", **said)).status_code == 303
    rating = await fields_of(desk, "rating", rating_id(DONE))
    assert (rating["grade"], rating["channel"], rating["text"], rating["place"]) == (2, "call", "跑了两趟", VILLAGE)
    again = await clerk.post(f"{PATH}/rate", **said)
    assert (again.status_code, "没有执行" in again.text) == (409, True)
    assert PATH not in (await clerk.get("/console/calls")).text
    assert "差评核实整改" in (await clerk.get("/console/tasks")).text
    assert "不满意" in (await clerk.get(PATH)).text


async def test_who_did_not_ask_for_it_makes_a_task_and_leaves_the_list(desk: Office) -> None:
    clerk = await clerk_at(desk)
    assert NOT_ASKED_FORM.words[0] in (await clerk.get(PATH)).text
    assert (await clerk.post(f"{PATH}/not-asked")).status_code == 303
    task = await fields_of(desk, "task", derived_id("task", NOT_ASKED, DONE))
    assert (task["code"], task["about"], task["state"]) == (NOT_ASKED, DONE, "open")
    assert (await clerk.post(f"{PATH}/not-asked")).status_code == 409
    assert PATH not in (await clerk.get("/console/calls?done=not-asked")).text
    assert NOT_ASKED_FORM.words[0] in (await clerk.get("/console/tasks")).text


async def test_without_a_grade_nothing_is_recorded(desk: Office) -> None:
    clerk = await clerk_at(desk)
    await clerk.get(PATH)
    refused = await clerk.post(f"{PATH}/rate", **{"in.text": "没有说"})
    assert (refused.status_code, "没有说" in refused.text) == (409, True)


async def test_only_what_is_over_is_called_about_and_only_within_reach(desk: Office) -> None:
    clerk = await clerk_at(desk)
    assert (await clerk.get(f"/console/calls/{CASE}")).status_code == 404
    stranger = await desk.sign_in(stranger_of(desk))
    assert (await stranger.get(PATH)).status_code == 404
    lead = await desk.sign_in(desk.login_of("town_lead", in_place=TOWN))
    assert (await lead.get("/console/calls")).status_code == 404
    auditor = await desk.sign_in(desk.login_of("auditor"))
    assert "现在没有您可以做的" in (await auditor.get(PATH)).text
