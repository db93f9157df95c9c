"""An order is printed with what is on record, for who may read it, and the look is logged."""

from __future__ import annotations

from dataclasses import replace

import pytest

from server.actions.print_order import number_of, order_sheet
from server.actions.raise_lights import raise_lights
from server.actions.refusals import NotFound
from server.domain.people.roles import Scope
from tests.put_record import put_record
from tests.server.actions.test_pdf_pages import lines_of
from tests.server.actions.test_raise_lights import put_case
from tests.server.merge_policies.test_supervision_orders import (
    ANSWER_BY,
    ORDER,
    fields_of,
    lead,
    of_role,
    platform_on,
    step,
)
from tests.small_centre import HELPER, VILLAGE, SmallCentre


async def test_it_says_what_is_on_record_and_leaves_lines_for_the_rest(either: SmallCentre) -> None:
    platform, supervisor = platform_on(either), await of_role(either, "city_supervisor")
    await put_case(either)
    await raise_lights(platform)
    number = number_of(ORDER, await fields_of(platform, "task", ORDER))
    empty = "".join(lines_of(await order_sheet(platform, supervisor, ORDER)))
    assert [words in empty for words in ("督办单", number, "承诺办结时限", ANSWER_BY)] == [True] * 4
    assert "＿＿＿" in empty
    clerk = await lead(either)
    await step(either, platform, clerk, "task.explain", explanation="等卫健部门回函，" * 20 + "明日办结")
    await step(either, platform, supervisor, "task.close", finding="done", finding_note="已看到决定书")
    whole = "".join(lines_of(await order_sheet(platform, supervisor, ORDER)))
    for words in ("明日办结", clerk.name, supervisor.name, "已办好", "已看到决定书"):
        assert words in whole, words
    assert await either.fetch("SELECT count(*) FROM reads WHERE record = ?", [ORDER]) == [(2,)]


async def test_what_is_no_order_or_out_of_reach_is_not_there(either: SmallCentre) -> None:
    platform, supervisor = platform_on(either), await of_role(either, "city_supervisor")
    await put_case(either)
    await raise_lights(platform)
    task = {"place": VILLAGE, "code": "own", "about": "e" * 32, "about_kind": "case", "text": "x", "state": "open"}
    await put_record(either, "task", "d" * 32, {**task, "due": ANSWER_BY}, bucket=f"desk:{VILLAGE}")
    elsewhere = replace(supervisor, scope=Scope(frozenset({"341802000000"}), frozenset()))
    for account, order in (
        (supervisor, "d" * 32),
        (supervisor, "f" * 32),
        (elsewhere, ORDER),
        (await either.account(HELPER), ORDER),
    ):
        with pytest.raises(NotFound):
            await order_sheet(platform, account, order)
