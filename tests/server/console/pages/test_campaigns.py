"""A reviewer reads a round's progress, returns and passes claims, and draws and closes look-backs."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from server.actions.take_step import read_record
from server.domain.people.roles import Role
from tests.put_record import put_record
from tests.server.actions.rounds import CAMPAIGN, Round, round_of
from tests.server.console.office import Office, office
from tests.server.console.pages.test_desk import hidden
from tests.small_centre import HELPER, TOWN, VILLAGE

ROUND = f"/console/campaigns/{CAMPAIGN}"


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Office]:
    async with office(tmp_path) as made:
        yield made


async def running(desk: Office) -> Round:
    work = round_of(desk.small)
    await work.open()
    return work


async def state_of(desk: Office, kind: str, record: str) -> object:
    held = await read_record(desk.platform, kind, record)
    assert held is not None
    return held.fields["state"]


async def test_a_round_is_opened_and_its_progress_drilled_into(desk: Office) -> None:
    browser = await desk.sign_in(desk.login_of(Role.CATALOGUE_REVIEWER))
    opened = await browser.post("/console/campaigns", name="第五轮", round="5", start="2026-11-01", end="2099-01-31")
    assert opened.status_code == 303
    assert "第五轮" in (await browser.get("/console/campaigns")).text
    here = opened.headers["location"]
    assert "宁国市" in (await browser.get(here)).text
    assert "胡乐" in (await browser.get(f"{here}?by=town&in={TOWN[:6]}000000")).text
    for by in ("village", "unit"):
        assert "胡乐" in (await browser.get(f"{here}?by={by}&in={TOWN}")).text
    assert (await browser.get(f"{here}?in=999999999999")).status_code == 404
    wrong = await browser.post("/console/campaigns", name="", round="7", start="2026-11-01", end="2025-01-31")
    assert wrong.status_code == 409
    assert 'value="2026-11-01"' in wrong.text, "what was typed stands in the form again"
    assert '<details class="step" open>' in wrong.text


async def test_a_claim_is_returned_with_reasons_and_another_passed_on(desk: Office) -> None:
    work = await running(desk)
    device = await desk.small.enrol(HELPER)
    first, second = await work.claim(device, 0), await work.claim(device, 1)
    browser = await desk.sign_in(desk.login_of(Role.CATALOGUE_REVIEWER))
    listed = (await browser.get(f"{ROUND}/claims")).text
    assert first in listed
    [[name]] = await desk.small.fetch("SELECT max(name) FROM base_items WHERE code = ?", [work.codes[0]])
    assert f">{name}</a>" in listed, "an item is called by its name, not by its code alone"
    here = f"/console/campaigns/claims/{first}"
    page = (await browser.get(here)).text
    assert "村服务中心" in page
    assert "事项名称与目录不一致" in page
    assert (await browser.post(f"{here}/return", **hidden(page))).status_code == 409
    said = {"reason.contact_wrong": "yes", "in.due": "2026-12-10", "in.return_note": "电话打不通"}
    assert (await browser.post(f"{here}/return", **hidden(page), **said)).status_code == 303
    held = await read_record(desk.platform, "claim", first)
    assert held is not None
    assert (held.fields["state"], held.fields["return_reasons"]) == ("returned", ["contact_wrong"])
    other = f"/console/campaigns/claims/{second}"
    seen = hidden((await browser.get(other)).text)
    assert (await browser.post(f"{other}/check", **seen)).status_code == 303
    assert (await browser.post(f"{other}/check", **seen)).status_code == 409
    assert await state_of(desk, "claim", second) == "checked"
    assert (await browser.post(f"{other}/unheard", **seen)).status_code == 404


async def test_what_changed_in_the_base_item_is_shown_beside_the_units_own(desk: Office) -> None:
    work = await running(desk)
    claim = await work.claim(await desk.small.enrol(HELPER))
    browser = await desk.sign_in(desk.login_of(Role.CATALOGUE_REVIEWER))
    assert "基本目录有变" not in (await browser.get(f"/console/campaigns/claims/{claim}")).text
    told = {"field": "name", "label": "事项名称", "was": "老年优待证办理", "now": "老年人优待证办理", "own": "老年证"}
    days = {"field": "legal_days", "label": "法定办结时限", "was": 20, "now": 10}
    other = {"unit": work.unit, "campaign": CAMPAIGN, "base_item": work.codes[1], "place": VILLAGE, "state": "filling"}
    await put_record(desk.small, "claim", "9" * 32, {**other, "rebased": [told, days]})
    page = (await browser.get(f"/console/campaigns/claims/{'9' * 32}")).text
    assert "基本目录有变" in page
    assert '老年<ins><span class="hidden-text">加上 </span>人</ins>优待证办理' in page
    assert "本单位写的：老年证" in page
    days_told = 'class="hidden-text">{} </span>{}</'
    assert days_told.format("删去", 20) in page, "a number is read as a whole"
    assert days_told.format("加上", 10) in page
    await browser.post("/console/language", language="en")
    assert "time limit by law" in (await browser.get(f"/console/campaigns/claims/{'9' * 32}")).text


async def test_a_look_back_is_drawn_and_passed_or_sent_to_be_put_right(desk: Office) -> None:
    work = await running(desk)
    await work.publish(await work.claim(await desk.small.enrol(HELPER), 0))
    browser = await desk.sign_in(desk.login_of(Role.CATALOGUE_REVIEWER))
    assert (await browser.get(f"{ROUND}/look-backs")).status_code == 200
    assert (await browser.post(f"{ROUND}/look-backs", seed="2026-11-23")).status_code == 303
    [[ident]] = await desk.small.fetch("SELECT id FROM look_backs")
    assert str(ident) in (await browser.get(f"{ROUND}/look-backs")).text
    here = f"/console/campaigns/look-backs/{ident}"
    seen = hidden((await browser.get(here)).text)
    found = await browser.post(f"{here}/find", **seen, **{"reason.fee_wrong": "yes", "in.deadline": "2026-12-10"})
    assert (found.status_code, await state_of(desk, "look_back", str(ident))) == (303, "to_fix")
    late = await browser.post(f"{here}/pass", **seen)
    assert (late.status_code, "没有执行，记录未改变" in late.text) == (409, True)


async def test_who_reads_no_claims_finds_no_round(desk: Office) -> None:
    work = await running(desk)
    claim = await work.claim(await desk.small.enrol(HELPER), 0)
    clerk = await desk.sign_in(desk.login_of(Role.DESK_CLERK))
    for path in ("/console/campaigns", ROUND, f"/console/campaigns/claims/{claim}"):
        assert (await clerk.get(path)).status_code == 404
