"""A supervisor drafts, reads, verifies, freezes and corrects a bulletin, and takes its files with a fresh factor."""

from __future__ import annotations

import io
import re
from collections.abc import AsyncIterator
from pathlib import Path

import openpyxl
import pytest

from server.actions.build_bulletin import read_bulletin
from server.actions.search_logs import search_looks
from server.domain.people.roles import Role
from server.merge_policies.judging import china_day
from tests.put_record import put_record
from tests.server.actions.test_build_bulletin import PERIOD, finished
from tests.server.actions.test_pdf_pages import lines_of
from tests.server.console.office import Office, office
from tests.small_centre import TOWN, VILLAGE

HERE = f"/console/bulletins/{PERIOD}"


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Office]:
    async with office(tmp_path) as made:
        await finished(made.small, "on_time", 40)
        yield made


async def state_of(desk: Office) -> tuple[object, object]:
    held = await read_bulletin(desk.platform, PERIOD)
    assert held is not None
    return held.fields["edition"], held.fields["state"]


def shown(page: str) -> dict[str, str]:
    """What the freezing form carries of the draft that was seen."""
    hash_seen = re.search(r'name="hash" value="([0-9a-f]+)"', page)
    build_seen = re.search(r'name="build" value="([0-9a-f]+)"', page)
    assert hash_seen
    assert build_seen
    return {"edition": "1", "hash": hash_seen[1], "build": build_seen[1]}


async def test_a_bulletin_goes_from_its_draft_to_a_correction(desk: Office) -> None:
    browser = await desk.sign_in(desk.login_of(Role.CITY_SUPERVISOR))
    assert "还没有通报" in (await browser.get("/console/bulletins")).text
    assert (await browser.post("/console/bulletins", period=PERIOD)).status_code == 303
    draft = (await browser.get(HERE)).text
    assert "100.00%" in draft
    assert "40/40" in draft
    assert draft.count('<svg class="chart"') >= 2
    await finished(desk.small, "late", 5, start=100)
    await browser.post("/console/bulletins", period=PERIOD)
    stale = await browser.post(f"{HERE}/freeze", **shown(draft))
    assert (stale.status_code, await state_of(desk)) == (409, (1, "draft"))
    assert (await browser.post(f"{HERE}/freeze", **shown((await browser.get(HERE)).text))).status_code == 303
    assert await state_of(desk) == (1, "frozen")
    held = await read_bulletin(desk.platform, PERIOD)
    assert held is not None
    assert held.fields["frozen_by"] == "city_supervisor"
    assert "结果相同" in (await browser.get(f"{HERE}?verify=1")).text
    assert (await browser.post("/console/bulletins", period=PERIOD)).status_code == 409
    assert (await browser.post(f"{HERE}/correct", why=" ")).status_code == 422
    assert (await browser.post(f"{HERE}/correct", why="补录5件")).status_code == 303
    assert await state_of(desk) == (2, "draft")
    assert "补录5件" in (await browser.get(f"{HERE}?edition=1")).text


async def test_a_month_that_is_not_over_is_drafted_and_not_frozen(desk: Office) -> None:
    browser = await desk.sign_in(desk.login_of(Role.CITY_SUPERVISOR))
    month = china_day(desk.platform.clock.wall_ms()).isoformat()[:7]
    await browser.post("/console/bulletins", period=month)
    page = (await browser.get(f"/console/bulletins/{month}")).text
    assert "这一期结束后才能定稿" in page
    answer = await browser.post(f"/console/bulletins/{month}/freeze", **shown(page))
    assert (answer.status_code, "这一期还没有结束" in answer.text) == (409, True)
    held = await read_bulletin(desk.platform, month)
    assert held is not None
    assert held.fields["state"] == "draft"


async def test_who_has_too_few_cases_for_any_figure_is_named_below_its_table_and_has_no_row(desk: Office) -> None:
    browser = await desk.sign_in(desk.login_of(Role.CITY_SUPERVISOR))
    await browser.post("/console/bulletins", period=PERIOD)
    page = (await browser.get(f"{HERE}?place={TOWN}")).text
    villages = page[page.index("<h2>村（社区），只报本乡镇</h2>") :].partition("</section>")[0]
    [told, *others] = await desk.small.fetch(
        "SELECT name FROM places WHERE parent = ? ORDER BY code = ? DESC, code", [TOWN, VILLAGE]
    )
    assert re.findall(r'<th scope="row">([^<]+)</th>', villages) == [*told]
    assert len(others) > 1
    line, _, named = villages.partition("另有")[2].partition("</summary>")
    assert line.split()[:1] == [str(len(others))]
    assert all(name in named for [name] in others)


async def test_a_period_that_is_none_is_said_and_not_there(desk: Office) -> None:
    browser = await desk.sign_in(desk.login_of(Role.CITY_SUPERVISOR))
    refused = (await browser.post("/console/bulletins", period="soon")).text
    assert "期应写作" in refused
    assert 'value="soon"' in refused
    assert (await browser.get("/console/bulletins/soon")).status_code == 404
    assert (await browser.get(HERE)).status_code == 404


async def test_an_office_objects_for_its_own_area_as_long_as_there_is_time(desk: Office) -> None:
    city = await desk.sign_in(desk.login_of(Role.CITY_SUPERVISOR))
    await city.post("/console/bulletins", period=PERIOD)
    await city.post(f"{HERE}/freeze", **shown((await city.get(HERE)).text))
    lead = await desk.sign_in(f"t{TOWN}")
    page = (await lead.get(HERE)).text
    assert f'<option value="{TOWN}">' in page
    assert page.count("<option value=") == 1, "no area out of reach"
    assert (await lead.post(f"{HERE}/object", place=TOWN, text=" ")).status_code == 422
    assert (await lead.post(f"{HERE}/object", place="341802000000", text="不对")).status_code == 409
    sent = await lead.post(f"{HERE}/object", place=TOWN, text="有5件退件不应计入")
    assert "异议已交市级核对" in (await lead.get(sent.headers["location"])).text
    [(task,)] = await desk.small.fetch("SELECT id FROM tasks WHERE code = 'bulletin_objection'")
    assert "有5件退件不应计入" in (await city.get(f"/console/tasks/{task}")).text
    held = await read_bulletin(desk.platform, PERIOD)
    assert held is not None
    await desk.small.tamper("DELETE FROM bulletins WHERE id = ?", [held.id])
    long_ago = {**held.fields, "frozen_at": "2026-11-02T09:00:00+08:00"}
    await put_record(desk.small, "bulletin", held.id, long_ago, bucket=held.bucket)
    assert "提出异议" not in (await lead.get(HERE)).text
    assert (await lead.post(f"{HERE}/object", place=TOWN, text="晚了")).status_code == 409


async def test_a_town_sees_its_own_villages_and_no_other_town(desk: Office) -> None:
    city = await desk.sign_in(desk.login_of(Role.CITY_SUPERVISOR))
    await city.post("/console/bulletins", period=PERIOD)
    lead = await desk.sign_in(f"t{TOWN}")
    assert PERIOD in (await lead.get(f"/console/bulletins?place={TOWN}")).text
    assert "只报本乡镇" in (await lead.get(f"{HERE}?place={TOWN}")).text
    assert (await lead.get(f"{HERE}?place=341881107000")).status_code == 404
    assert (await lead.post(f"{HERE}/freeze", edition="1")).status_code == 404
    for place, status in ((TOWN, 200), ("341881107000", 404)):
        assert (await lead.post(f"{HERE}/export", place=place, edition="1", why="核对")).status_code == status
    assert await state_of(desk) == (1, "draft")


async def test_files_say_who_when_and_why_need_a_fresh_factor_and_are_logged(desk: Office) -> None:
    login = desk.login_of(Role.CITY_SUPERVISOR)
    browser, account = await desk.sign_in(login), await desk.small.account(login)
    await browser.post("/console/bulletins", period=PERIOD)
    file, why = f"{HERE}/export", "上会用"
    assert "为什么导出" in (await browser.post(file, edition="1")).text
    assert (await browser.post(file, edition="1", why=" ")).status_code == 422
    for kind, start in (("xlsx", b"PK"), ("pdf", b"%PDF"), ("html", b"<!doctype html>")):
        answer = await browser.post(file, edition="1", why=why, format=kind)
        assert (answer.status_code, answer.content.startswith(start)) == (200, True)
        assert answer.headers["content-disposition"] == f'attachment; filename="bangban-{PERIOD}-1.{kind}"'
        told = marks_in(answer.content, kind)
        assert told, kind
        assert all(account.name in one and why in one for one in told), kind
    held = await read_bulletin(desk.platform, PERIOD)
    assert held is not None
    looks = await search_looks(desk.platform, record=held.id)
    assert [(one.kind, one.account, one.said) for one in looks] == [("bulletin", account.id, f"导出：{why}")] * 3
    assert (await browser.post(file, edition="7", why=why)).status_code == 404
    desk.clock.advance(20 * 60_000)
    later = await browser.post(file, edition="1", why=why)
    assert (later.status_code, later.headers["location"].startswith("/console/factor")) == (303, True)


def marks_in(content: bytes, kind: str) -> list[str]:
    """The line above each sheet; what stands across each page of a PDF; what is shown and printed of a page."""
    if kind == "xlsx":
        return [str(sheet["A1"].value) for sheet in openpyxl.load_workbook(io.BytesIO(content)).worksheets[:-1]]
    if kind == "pdf":
        found = [line for line in lines_of(content) if "上会用" in line]
        assert len(found) == 2 * content.count(b"/Type /Page /Parent")
        return found
    return re.findall(r"<p[^>]*>([^<]*上会用[^<]*)</p>", content.decode())
