"""Tasks come by their last day; one explains and another closes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from server.actions.raise_lights import raise_lights
from sync.core.clock import from_iso
from tests.people import DAY
from tests.server.actions.test_list_followup import clerk_of
from tests.server.actions.test_raise_lights import CASE, put_case
from tests.server.actions.test_raise_lights import platform_on as platform_at
from tests.server.console.office import Office, office
from tests.server.console.scene import TASK, fields_of, open_task, step
from tests.server.merge_policies.test_supervision_orders import LIGHT, ORDER
from tests.small_centre import TOWN

PATH = f"/console/tasks/{TASK}"


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Office]:
    async with office(tmp_path) as made:
        await open_task(made)
        yield made


async def test_a_task_is_listed_by_its_last_day_and_late_ones_say_so(desk: Office) -> None:
    clerk = await desk.sign_in((await clerk_of(desk.small)).login)
    listed = (await clerk.get("/console/tasks")).text
    assert PATH in listed
    assert "差评核实整改" in listed
    assert "没有要办的任务" in (await clerk.get("/console/tasks?due=today")).text
    desk.clock.wall += 40 * DAY
    later = await desk.sign_in(desk.login_of("city_supervisor"))
    assert PATH in (await later.get("/console/tasks?due=today")).text
    assert "已逾期" in (await later.get(PATH)).text


async def test_who_explained_is_not_asked_to_close_and_another_closes(desk: Office) -> None:
    clerk = await desk.sign_in((await clerk_of(desk.small)).login)
    assert (await step(clerk, PATH, "explain", explanation="已回电道歉并补寄"))[0] == 303
    page = (await clerk.get(PATH)).text
    assert "要由另一个人办结" in page
    assert 'id="close"' not in page
    refused = await clerk.post(f"{PATH}/close", epoch="e", rev="1", hash="A" * 43, **{"in.finding": "done"})
    assert refused.status_code == 409
    watcher = await desk.sign_in(desk.login_of("city_supervisor"))
    assert (await step(watcher, PATH, "close", finding="well_founded", finding_note="已整改"))[0] == 303
    assert (await fields_of(desk, "task", TASK))["finding"] == "well_founded"
    assert PATH not in (await watcher.get("/console/tasks")).text


async def test_a_task_is_passed_to_a_desk_or_a_unit_around_it(desk: Office) -> None:
    watcher = await desk.sign_in(desk.login_of("city_supervisor"))
    assert f'value="place:{TOWN}"' in (await watcher.get(PATH)).text
    assert (await step(watcher, PATH, "pass", holder=f"place:{TOWN}"))[0] == 303
    assert (await fields_of(desk, "task", TASK))["holder"] == f"place:{TOWN}"


async def test_a_town_lead_is_not_led_to_the_rating(desk: Office) -> None:
    lead = await desk.sign_in(desk.login_of("town_lead", in_place=TOWN))
    page = await lead.get(PATH)
    assert page.status_code == 200
    assert "/console/ratings/" not in page.text
    assert (await lead.get(f"/console/ratings/{'e' * 32}")).status_code == 404


async def test_an_order_is_found_by_itself_answered_printed_and_checked(desk: Office) -> None:
    """From the lights, from its case and from the tasks; a desk answers and a supervisor checks."""
    await put_case(desk.small)
    await raise_lights(platform_at(desk.small, from_iso("2026-03-09T10:00:00+08:00"))[0])
    path = f"/console/tasks/{ORDER}"
    lead = await desk.sign_in(desk.login_of("town_lead", in_place=TOWN))
    only = (await lead.get("/console/tasks?only=orders")).text
    assert path in only
    assert PATH not in only
    assert "承诺办结时限" in only
    for place in ("/console/lights", f"/console/lights/{LIGHT}"):
        assert path in (await lead.get(place)).text, place
    case = (await lead.get(f"/console/desk/{CASE}")).text
    assert path in case[case.index('id="lights"') :]
    page = (await lead.get(path)).text
    assert "等待承办答复" in page
    assert 'id="close"' not in page
    assert (await step(lead, path, "explain", explanation="等卫健部门回函"))[0] == 303
    watcher = await desk.sign_in(desk.login_of("city_supervisor"))
    assert "已答复，待核查" in (await watcher.get(path)).text
    sheet = await watcher.get(f"{path}/sheet")
    assert (sheet.headers["content-type"], sheet.content[:4]) == ("application/pdf", b"%PDF")
    assert (await watcher.get(f"{PATH}/sheet")).status_code == 404, "no order"
    assert (await step(watcher, path, "close", finding="done"))[0] == 303
    assert path not in (await watcher.get("/console/tasks?only=orders")).text
    assert "已核查办结" in (await watcher.get(path)).text
