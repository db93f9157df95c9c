"""A page that asks why, where its answer leads, and the reason on its way through the forms."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from server.actions.search_logs import search_looks
from tests.aid_scene import CASE, CONFLICT, CONSENT, OVER, PICTURE, RATING, RESIDENT, TASK, TICKET, put_matter
from tests.server.actions.test_show_file import JPEG, keep_licence, put_picture
from tests.server.console.office import Browser, Office, office
from tests.server.console.scene import hidden
from tests.small_centre import HELPER, VILLAGE

WHY = "核对材料"


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Office]:
    async with office(tmp_path) as made:
        helper = (await made.small.account(HELPER)).id
        await put_matter(made.small, VILLAGE, aid=True, helper=helper)
        await put_picture(made.small, tmp_path)
        await keep_licence(made.small, HELPER, RESIDENT)
        yield made


async def supervisor(desk: Office) -> Browser:
    return await desk.sign_in(desk.login_of("county_supervisor", in_place=VILLAGE))


@pytest.mark.parametrize(
    ("path", "action", "shown"),
    [
        (f"desk/{CASE}", f"desk/{CASE}", "屋顶塌了一半"),
        (f"calls/{OVER}", f"calls/{OVER}", "宁采薇"),
        (f"consents/{CONSENT}", f"consents/{CONSENT}", "宁采薇"),
        (f"tickets/{TICKET}", f"tickets/{TICKET}", "电话里哭了很久"),
        (f"ratings/{RATING}", f"ratings/{RATING}", "等了四十天"),
        (f"tasks/{TASK}", f"tasks/{TASK}", "宁采薇"),
        (f"conflicts/{CONFLICT}", f"conflicts/{CONFLICT}/look", "磨盘山下第七户"),
    ],
)
async def test_the_question_leads_to_the_page_and_the_page_keeps_its_answer(
    desk: Office, path: str, action: str, shown: str
) -> None:
    browser = await supervisor(desk)
    asked = await browser.get(f"/console/{path}")
    assert asked.status_code == 200
    assert shown not in asked.text
    assert f'action="/console/{action}"' in asked.text
    back = re.search(r'class="button" href="([^"]*)"', asked.text)
    assert back
    assert (await browser.get(back[1])).status_code == 200, "and leads back to something"
    opened = await browser.post(f"/console/{action}", reason=WHY)
    assert (opened.status_code, shown in opened.text) == (200, True)
    assert f'name="reason" value="{WHY}"' in opened.text or path.startswith(("calls", "desk"))


async def test_a_picture_by_its_address_alone_asks_and_then_comes(desk: Office) -> None:
    browser, path = await supervisor(desk), f"/console/desk/{CASE}/file/{PICTURE}"
    asked = await browser.get(path)
    assert asked.content != JPEG
    assert f'action="{path}"' in asked.text
    assert (await browser.post(path, reason="x")).content != JPEG
    assert (await browser.post(path, reason=WHY)).content == JPEG
    assert (await browser.get(path)).content != JPEG, "the reason was for that one picture"
    await browser.get("/console/account")
    await browser.post(f"/console/desk/{CASE}", reason=WHY)
    assert (await browser.get(path)).content == JPEG, "the case's page names it"


async def test_a_step_that_came_without_a_reason_is_not_taken(desk: Office) -> None:
    browser, path = await supervisor(desk), f"/console/tickets/{TICKET}"
    opened = (await browser.post(path, reason=WHY)).text
    seen = hidden(opened, f"{path}/answer")
    bare = await browser.post(f"{path}/answer", **seen, **{"in.answer": "已经入户核实，本周发放。"})
    assert (bare.status_code, "没有办理" in bare.text) == (422, True)
    assert f'action="{path}"' in bare.text
    taken = await browser.post(f"{path}/answer", **seen, **{"in.answer": "已经入户核实，本周发放。", "reason": WHY})
    assert taken.status_code == 303, taken.text
    [account] = await desk.small.fetch(
        "SELECT id FROM accounts WHERE login = ?", [desk.login_of("county_supervisor", in_place=VILLAGE)]
    )
    told = await search_looks(desk.platform, account=account[0])
    assert {one.said for one in told if one.record == TICKET} == {WHY}


async def test_no_page_puts_its_reason_into_an_address(desk: Office) -> None:
    browser = await supervisor(desk)
    await browser.get("/console/account")
    opened = await browser.post(f"/console/tickets/{TICKET}", reason=WHY)
    addresses = re.findall(r'(?:href|action|src)="([^"]*)"', opened.text)
    assert addresses
    assert not [one for one in addresses if "reason" in one or "%E6" in one]
    assert (await browser.get(f"/console/tickets/{TICKET}?reason={WHY}")).text.count("电话里哭了很久") == 0
