"""`bangban orders`: what was ordered of whom; answered, checked and printed in somebody's place."""

from __future__ import annotations

import json
from pathlib import Path

from server.actions.raise_lights import raise_lights
from tests.command import bangban, finish
from tests.server.actions.test_raise_lights import put_case
from tests.server.merge_policies.test_supervision_orders import ORDER, platform_on, step
from tests.small_centre import TOWN, small_centre, small_world

CITY = next(one.login for one in small_world().accounts if one.role == "city_supervisor")
LEAD = next(one.login for one in small_world().accounts if one.role == "town_lead" and TOWN in one.scope_places)
CLERK = next(
    one.login
    for one in small_world().accounts
    if one.role == "desk_clerk" and any(TOWN.startswith(place[:6]) for place in one.scope_places)
)
ADMIN = next(one.login for one in small_world().accounts if one.role == "administrator")


async def with_an_order(folder: Path, *, answered: bool = False) -> None:
    async with small_centre(folder) as small:
        platform = platform_on(small)
        await put_case(small)
        await raise_lights(platform)
        if answered:
            await step(small, platform, await small.account(LEAD), "task.explain", explanation="等卫健部门回函")


def test_an_order_is_listed_answered_checked_and_printed(tmp_path: Path) -> None:
    finish(with_an_order(tmp_path))
    here = ("--data", tmp_path)
    [row] = json.loads(bangban("orders", "list", "--as", CITY, *here, "--json"))
    assert (row["id"], row["state"]) == (ORDER, "open")
    assert "承诺办结时限" in bangban("orders", "list", "--as", CITY, *here)
    acting = ("--operator", ADMIN, "--reason", "电话受托")
    check = ("orders", "check", ORDER, "--finding", "done", *acting, *here)
    assert "还没有答复" in bangban(*check, "--as", CITY, code=1)
    said = ("orders", "answer", ORDER, "--text", "等卫健部门回函", *acting, *here)
    assert "applied" in bangban(*said, "--as", LEAD)
    assert "说明人不能自己办结" in bangban(*check, "--as", LEAD, code=1)
    sheet = tmp_path / "order.pdf"
    bangban("orders", "print", ORDER, "--as", CITY, "--to", sheet, *here)
    assert sheet.read_bytes().startswith(b"%PDF")
    bangban("orders", "print", ORDER, "--as", CITY, "--to", tmp_path / "order.doc", *here, code=1)
    assert "说明人不能自己办结" in bangban(*check, "--as", CITY, code=1), "the same operator in another's place"
    for unknown in ("f" * 32, "soon"):
        assert "no order" in bangban("orders", "print", unknown, "--as", CITY, "--to", sheet, *here, code=1)


def test_one_that_its_desk_answered_is_checked_in_a_supervisor_s_place_alone(tmp_path: Path) -> None:
    finish(with_an_order(tmp_path, answered=True))
    here = ("--data", tmp_path)
    check = ("orders", "check", ORDER, "--finding", "done", "--operator", ADMIN, "--reason", "电话受托", *here)
    assert "监督员" in bangban(*check, "--as", CLERK, code=1)
    assert "applied" in bangban(*check, "--as", CITY, "--note", "已看到决定书")
    assert json.loads(bangban("orders", "list", "--as", CITY, *here, "--json")) == []
