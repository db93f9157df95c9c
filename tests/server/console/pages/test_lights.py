"""Lights are counted by area, listed by how long they shine, explained, and taken further one stage at a time."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from server.console.pages.lights import stages_of
from tests.server.actions.test_list_followup import clerk_of
from tests.server.console.office import Office, office
from tests.server.console.scene import fields_of, hidden, open_light, step, stranger_of
from tests.small_centre import TOWN, VILLAGE


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Office]:
    async with office(tmp_path) as made:
        yield made


async def test_the_list_counts_levels_and_names_who_has_to_act(desk: Office) -> None:
    red = await open_light(desk)
    await open_light(desk, level="unknown", about="a" * 32, about_kind="device", code="no_contact", number="")
    watcher = await desk.sign_in(desk.login_of("city_supervisor"))
    listed = (await watcher.get("/console/lights")).text
    assert f"/console/lights/{red}" in listed
    assert "胡乐" in listed
    assert "情况不明" in listed
    only = (await watcher.get("/console/lights?level=red&by=unit")).text
    assert red in only
    assert "与中心联系" not in only
    assert shining(only) == shining(listed) == {"red_plus": 0, "red": 1, "yellow": 0, "blue": 0, "unknown": 1}
    assert "没有由单位承办的" in only
    assert "这里没有亮着的灯" in (await watcher.get("/console/lights?state=cleared")).text


def shining(page: str) -> dict[str, int]:
    """What the cards above the list say."""
    told = re.findall(r'level-card (\w+)".*?class="figure">(\d+)<', page, re.DOTALL)
    return {level: int(count) for level, count in told}


async def test_every_number_of_a_place_or_a_unit_opens_the_lights_that_it_counts(desk: Office) -> None:
    unit = next(one.id for one in desk.small.world.units if one.place == TOWN)
    here = await open_light(desk)
    of_unit = await open_light(desk, level="yellow", about="a" * 32, holder=f"unit:{unit}")
    watcher = await desk.sign_in(desk.login_of("city_supervisor"))
    by_place, by_unit = f"/console/lights?place={VILLAGE}", f"/console/lights?unit={unit}"
    assert f'href="{by_place}&amp;level=red"' in (await watcher.get("/console/lights")).text
    assert f'href="{by_unit}&amp;level=yellow"' in (await watcher.get("/console/lights?by=unit")).text
    only = (await watcher.get(f"{by_unit}&level=yellow")).text
    assert (of_unit in only, here in only, shining(only)["yellow"], "只看 " in only) == (True, False, 1, True)
    assert of_unit not in (await watcher.get(f"{by_place}&level=red")).text
    stranger = await desk.sign_in(stranger_of(desk))
    assert (await stranger.get(by_unit)).status_code == 404


async def test_a_clerk_explains_and_a_supervisor_takes_it_further_one_stage_at_a_time(desk: Office) -> None:
    light = await open_light(desk)
    path = f"/console/lights/{light}"
    clerk = await desk.sign_in((await clerk_of(desk.small)).login)
    page = (await clerk.get(path)).text
    assert "说明原因" in page
    assert "升级督办" not in page
    assert (await step(clerk, path, "explain", explanation="缺一份材料，今天补齐"))[0] == 303
    watcher = await desk.sign_in(desk.login_of("city_supervisor"))
    page = (await watcher.get(path)).text
    assert "缺一份材料，今天补齐" in page
    assert 'value="supervise"' in page
    assert 'value="talk"' not in page
    seen = hidden(page, f"{path}/escalate")
    said = {"in.stage": "supervise", "in.why": "两次催办没有结果"}
    assert (await watcher.post(f"{path}/escalate", **seen, **said)).status_code == 303
    again = await watcher.post(f"{path}/escalate", **seen, **said)
    assert (again.status_code, "没有执行" in again.text) == (409, True)
    skipped = await watcher.post(
        f"{path}/escalate", **hidden(again.text, f"{path}/escalate"), **{"in.stage": "account", "in.why": "x"}
    )
    assert skipped.status_code == 409
    fields = await fields_of(desk, "light", light)
    assert (fields["stage"], [one["stage"] for one in fields["steps"]]) == ("supervise", ["caution", "supervise"])
    page = (await watcher.get(path)).text
    assert "两次催办没有结果" in page
    assert "承诺办结 · 红灯" in page


async def test_a_light_out_of_reach_is_not_there_and_who_only_looks_is_offered_nothing(desk: Office) -> None:
    light = await open_light(desk)
    stranger = stranger_of(desk)
    assert (await (await desk.sign_in(stranger)).get(f"/console/lights/{light}")).status_code == 404
    auditor = await desk.sign_in(desk.login_of("auditor"))
    assert "现在没有您可以做的" in (await auditor.get(f"/console/lights/{light}")).text
    assert (
        await auditor.post(f"/console/lights/{light}/explain", epoch="e", rev="1", hash="A" * 43)
    ).status_code == 404


def test_the_six_stages_stand_in_their_order_with_who_when_and_why() -> None:
    noted = [{"stage": "caution", "at": "2026-11-20T09:00:00+08:00", "by": "a" * 32, "why": "promise red"}]
    stages = stages_of({"stage": "caution", "steps": noted})
    assert [(one.taken, one.is_next) for one in stages] == [
        *[(True, False)] * 2,
        (False, True),
        *[(False, False)] * 3,
    ]
    assert stages[1].why == "promise red"
    assert not any(one.taken or one.is_next for one in stages_of({}))
