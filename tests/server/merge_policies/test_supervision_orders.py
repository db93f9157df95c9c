"""A red light has its order, once: sent to whoever has to act, answered by them, checked by a supervisor."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from dataclasses import replace
from typing import Any

import pytest

from server.actions.centre_writes import write_edits
from server.actions.desk_change import DeskEdit
from server.actions.list_followup import list_tasks
from server.actions.list_watching import lights_on_case
from server.actions.platform import Platform
from server.actions.raise_lights import LightReport, raise_lights
from server.actions.take_step import Taken, read_record, take_step
from server.centre import open_centre, open_writer
from server.domain.people.reach import account_holder, place_holder
from server.merge_policies.supervision_orders import order_id
from server.merge_policies.supervision_policies import light_id
from server.storage.people import AccountRow
from server.storage.unit_of_work import Engine
from sync.core.changes import OutcomeCode
from sync.core.clock import from_iso
from tests.put_record import put_record
from tests.server.actions.test_raise_lights import CASE, put_case
from tests.server.actions.test_raise_lights import platform_on as platform_at
from tests.small_centre import HELPER, TOWN, VILLAGE, SmallCentre

LATE = from_iso("2026-03-09T10:00:00+08:00")
"""The working day after the promise was due."""
LIGHT = light_id(CASE, "promise")
ORDER = order_id(LIGHT, 1)
ANSWER_BY = "2026-11-27"
"""Three working days after the morning on which a small centre's write path lives."""


def platform_on(small: SmallCentre, now: int = LATE) -> Platform:
    return platform_at(small, now)[0]


async def of_role(small: SmallCentre, role: str) -> AccountRow:
    return await small.account(next(one.login for one in small.world.accounts if one.role == role))


async def lead(small: SmallCentre) -> AccountRow:
    return await small.account(
        next(one.login for one in small.world.accounts if one.role == "town_lead" and TOWN in one.scope_places)
    )


async def fields_of(platform: Platform, kind: str, record: str) -> dict[str, Any]:
    found = await read_record(platform, kind, record)
    assert found is not None
    return dict(found.fields)


async def step(small: SmallCentre, platform: Platform, who: AccountRow, name: str, **fields: Any) -> Taken:
    seen = await small.seen("task", ORDER)
    return await take_step(platform, who, kind="task", record=ORDER, name=name, fields=fields, seen=seen)


async def told(small: SmallCentre, platform: Platform, account: str) -> list[str]:
    """The codes of what an account was told, sorted."""
    rows = await small.fetch("SELECT id FROM notices WHERE bucket = ?", [f"person:{account}"])
    return sorted([str((await fields_of(platform, "notice", row[0])).get("code")) for row in rows])


async def test_a_red_light_has_its_order_once_also_when_two_look_at_once(either: SmallCentre) -> None:
    platform = platform_on(either)
    await put_case(either)
    async with AsyncExitStack() as stack:
        other = either
        if either.centre.database.engine is Engine.POSTGRES:
            centre = await stack.enter_async_context(open_centre(either.centre.settings))
            other = SmallCentre(centre, await stack.enter_async_context(open_writer(centre, lambda _: None)))
        await asyncio.gather(raise_lights(platform), raise_lights(platform_on(other)))
    order = await fields_of(platform, "task", ORDER)
    assert (order["code"], order["about"], order["holder"], order["state"], order["due"]) == (
        *("supervision_order", LIGHT, f"place:{VILLAGE}", "open"),
        ANSWER_BY,
    )
    assert "341881202603020000019承诺办结时限" in order["text"], order["text"]
    assert await either.fetch("SELECT count(*) FROM tasks") == [(1,)]
    [before] = await either.fetch("SELECT count(*) FROM changes")
    assert await raise_lights(platform) == LightReport(), "a later process, or the same after a restart, adds nothing"
    assert await either.fetch("SELECT count(*) FROM changes") == [before]


async def test_yellow_has_none_and_red_plus_no_second_and_red_again_another(either: SmallCentre) -> None:
    platform, clock = platform_at(either, from_iso("2026-03-05T10:00:00+08:00"))
    await put_case(either)
    for day, level, orders in (
        ("2026-03-05", "yellow", 0),
        ("2026-03-09", "red", 1),
        ("2026-03-23", "red_plus", 1),
    ):
        clock.wall = from_iso(f"{day}T10:00:00+08:00")
        await raise_lights(platform)
        assert await either.fetch("SELECT level FROM lights") == [(level,)]
        assert await either.fetch("SELECT count(*) FROM tasks") == [(orders,)], day
    await put_case(either, state="delivered", holder="")
    await raise_lights(platform)
    assert (await fields_of(platform, "task", ORDER))["state"] == "open", "that it is over is for a supervisor to see"
    await put_case(either)
    await raise_lights(platform)
    assert (await fields_of(platform, "light", LIGHT))["order"] == order_id(LIGHT, 2)
    assert await either.fetch("SELECT count(*) FROM tasks") == [(2,)]


async def test_it_is_answered_at_a_desk_and_checked_by_a_supervisor_alone(either: SmallCentre) -> None:
    platform = platform_on(either)
    await put_case(either)
    await raise_lights(platform)
    clerk, supervisor = await lead(either), await of_role(either, "city_supervisor")
    unanswered = await step(either, platform, supervisor, "task.close", finding="done")
    assert unanswered.outcome.reason == "order_unanswered"
    said = await step(either, platform, clerk, "task.explain", explanation="等卫健部门回函，明日办结")
    assert said.outcome.code is OutcomeCode.APPLIED
    light = await fields_of(platform, "light", LIGHT)
    assert (light["state"], light["explanation"], light["explained_by"]) == (
        *("explained", "等卫健部门回函，明日办结"),
        clerk.id,
    )
    assert (await step(either, platform, clerk, "task.close", finding="done")).outcome.reason == "task_own"
    other = replace(await of_role(either, "desk_clerk"), scope=clerk.scope)
    assert (await step(either, platform, other, "task.close", finding="done")).outcome.reason == "order_check"
    closed = await step(either, platform, supervisor, "task.close", finding="well_founded", finding_note="已办结")
    assert closed.outcome.code is OutcomeCode.APPLIED
    order = await fields_of(platform, "task", ORDER)
    assert (order["state"], order["closed_by"], order["finding"]) == ("closed", supervisor.id, "well_founded")


async def test_who_explains_the_light_has_answered_its_order(either: SmallCentre) -> None:
    platform = platform_on(either)
    await put_case(either)
    await raise_lights(platform)
    clerk = await lead(either)
    seen = await either.seen("light", LIGHT)
    fields = {"explanation": "材料在途"}
    await take_step(platform, clerk, kind="light", record=LIGHT, name="light.explain", fields=fields, seen=seen)
    order = await fields_of(platform, "task", ORDER)
    assert (order["state"], order["explanation"], order["explained_by"]) == ("explained", "材料在途", clerk.id)


async def test_a_helper_hears_of_it_on_the_phone_and_answers_there_and_the_supervisor_is_told(
    either: SmallCentre,
) -> None:
    platform, helper, phone = platform_on(either), await either.account(HELPER), await either.enrol(HELPER)
    await put_case(either, holder=account_holder(helper.id))
    await raise_lights(platform)
    assert await told(either, platform, helper.id) == ["order"], "one notice, not one of the light and one of the order"
    watching = list((await fields_of(platform, "light", LIGHT))["watchers"])
    assert watching
    assert [await told(either, platform, one) for one in watching] == [["order_issued"]] * len(watching)
    [(notice,)] = await either.fetch("SELECT id FROM notices WHERE bucket = ?", [f"person:{helper.id}"])
    words = await fields_of(platform, "notice", notice)
    assert (words["about"], words["asks"], ANSWER_BY in words["text_zh"]) == (ORDER, "explanation", True)
    seen = await either.seen("notice", notice)
    answer = either.change("notice", "notice.answer", notice, {"answer": "等卫健部门回函"}, base=seen)
    [outcome] = (await either.send(phone, answer)).outcomes
    assert outcome.code is OutcomeCode.APPLIED
    for kind, record in (("task", ORDER), ("light", LIGHT)):
        fields = await fields_of(platform, kind, record)
        assert (fields["state"], fields["explanation"], fields["explained_by"]) == (
            *("explained", "等卫健部门回函"),
            helper.id,
        )
    assert [await told(either, platform, one) for one in watching] == [["order_answered", "order_issued"]] * len(
        watching
    )
    supervisor = await of_role(either, "city_supervisor")
    await step(either, platform, supervisor, "task.close", finding="done")
    seen = await either.seen("notice", notice)
    late = either.change("notice", "notice.answer", notice, {"answer": "再补一句"}, base=seen)
    [outcome] = (await either.send(phone, late)).outcomes
    assert (outcome.code, outcome.reason) == (OutcomeCode.REFUSED, "answer_too_late")


async def test_it_goes_with_the_case_to_whoever_has_to_act_now(either: SmallCentre) -> None:
    platform, helper = platform_on(either), await either.account(HELPER)
    await put_case(either, holder=account_holder(helper.id))
    await raise_lights(platform)
    await put_case(either)
    await raise_lights(platform)
    assert (await fields_of(platform, "task", ORDER))["holder"] == place_holder(VILLAGE)
    assert await either.fetch("SELECT holder FROM tasks") == [(place_holder(VILLAGE),)]
    desk = list((await fields_of(platform, "light", LIGHT))["told"])
    assert desk
    assert [await told(either, platform, one) for one in desk] == [["order"]] * len(desk)
    await put_case(either, holder=account_holder(helper.id))
    await raise_lights(platform)
    assert await told(either, platform, helper.id) == ["order"], "who was told of it is not told again"


@pytest.mark.parametrize("explained", [False, True])
async def test_a_light_that_was_red_before_orders_were_known_gets_its_own(either: SmallCentre, explained: bool) -> None:
    platform = platform_on(either)
    await put_case(either)
    await raise_lights(platform)
    light = await fields_of(platform, "light", LIGHT)
    older = {name: value for name, value in light.items() if name not in ("order", "watchers")}
    if explained:
        older |= {"state": "explained", "explanation": "材料在途", "explained_by": "b" * 32}
    for table in ("lights", "tasks", "notices"):
        await either.tamper(f"DELETE FROM {table}")
    await put_record(either, "light", LIGHT, older)
    assert (await raise_lights(platform)).changed == 1
    assert (await fields_of(platform, "light", LIGHT))["state"] == ("explained" if explained else "lit")
    order = await fields_of(platform, "task", ORDER)
    assert (order["state"], order.get("explanation", "")) == (
        ("explained", "材料在途") if explained else ("open", "")
    ), "what was said already is said of the order too"
    assert await raise_lights(platform) == LightReport()


async def test_it_is_listed_by_itself_and_on_its_case(either: SmallCentre) -> None:
    platform, supervisor = platform_on(either), await of_role(either, "city_supervisor")
    await put_case(either)
    await raise_lights(platform)
    task = {"place": VILLAGE, "code": "own", "about": "e" * 32, "about_kind": "case", "text": "x", "state": "open"}
    await put_record(either, "task", "d" * 32, {**task, "due": "2026-03-01"}, bucket=f"desk:{VILLAGE}")
    assert {row.id for row in await list_tasks(platform, supervisor)} == {"d" * 32, ORDER}
    [row] = await list_tasks(platform, supervisor, orders=True)
    assert (row.id, row.due, row.about) == (ORDER, ANSWER_BY, LIGHT)
    [line] = await lights_on_case(platform, CASE)
    assert (line.light, line.level, line.order, line.order_state, line.order_due) == (
        *(LIGHT, "red", ORDER, "open"),
        ANSWER_BY,
    )


async def test_a_late_upload_asks_the_helper_what_would_help(either: SmallCentre) -> None:
    platform, helper = platform_on(either), await either.account(HELPER)
    light = light_id(CASE, "sync_lag")
    about: dict[str, Any] = {"place": VILLAGE, "about": CASE, "about_kind": "case", "code": "sync_lag", "level": "red"}
    fields = {**about, "holder": account_holder(helper.id), "told": [helper.id]}
    await write_edits(platform, [(VILLAGE, DeskEdit(kind="light", record=light, name="light.raise", fields=fields))])
    order = await fields_of(platform, "task", order_id(light, 1))
    assert "需要什么帮助" in order["text"]
    assert await told(either, platform, helper.id) == ["order"]
