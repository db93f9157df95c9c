"""Lists leave as files for who shows a fresh factor and says why; each is logged, marked, and holds no person."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator
from pathlib import Path

import openpyxl
import pytest

from server.actions.search_logs import search_looks
from server.actions.sign_in import STEP_UP_MS
from server.domain.people.roles import Role
from tests.server.actions.test_list_followup import clerk_of
from tests.server.actions.test_pdf_pages import lines_of
from tests.server.actions.test_show_case import CASE, file_case
from tests.server.console.office import SAME_SITE, Office, office
from tests.server.console.scene import fields_of, stranger_of
from tests.server.console.test_exporting import parted

WHY = "月度核对"


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Office]:
    async with office(tmp_path) as made:
        await file_case(made.small)
        yield made


def texts(content: bytes) -> list[str]:
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    assert sheet is not None
    return [str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value]


async def test_the_queue_leaves_with_a_reason_a_mark_and_a_look_and_without_its_person(desk: Office) -> None:
    account = await clerk_of(desk.small)
    clerk = await desk.sign_in(account.login)
    await clerk.get("/console/desk")
    assert "为什么导出" in (await clerk.post("/console/desk/export", state="received")).text
    assert (await clerk.post("/console/desk/export", state="received", why=" ")).status_code == 422
    answer = await clerk.post("/console/desk/export", state="received", why=WHY)
    assert answer.headers["content-disposition"] == 'attachment; filename="bangban-cases.xlsx"'
    assert int(answer.headers["content-length"]) == len(answer.content)
    told = texts(answer.content)
    assert (await fields_of(desk, "case", CASE))["number"] in told
    assert any(account.name in one and WHY in one for one in told)
    assert "王秀英" not in " ".join(told)
    looks = await search_looks(desk.platform, account=account.id)
    assert [(one.kind, one.record, one.said) for one in looks] == [("case_list", "received", f"导出：{WHY}")]


async def test_a_foreign_desk_exports_what_is_its_own(desk: Office) -> None:
    stranger = await desk.sign_in(stranger_of(desk))
    await stranger.get("/console/desk")
    told = texts((await stranger.post("/console/desk/export", state="received", why=WHY)).content)
    assert (await fields_of(desk, "case", CASE))["number"] not in told
    assert (await stranger.post("/console/desk/export", state="nonsense", why=WHY)).status_code == 404


async def test_an_auditor_takes_a_slice_as_a_marked_pdf_and_the_slice_tells_of_it(desk: Office) -> None:
    clerk = await desk.sign_in((await clerk_of(desk.small)).login)
    await clerk.get(f"/console/desk/{CASE}")
    auditor = await desk.sign_in(desk.login_of(Role.AUDITOR))
    await auditor.get(f"/console/operations?record={CASE}")
    answer = await auditor.post("/console/operations/export", record=CASE, why=WHY, format="pdf")
    assert answer.headers["content-type"] == "application/pdf"
    told = lines_of(answer.content)
    assert any("办件 已执行" in line for line in told)
    assert any(line.endswith(WHY) for line in told)
    looks = await search_looks(desk.platform, record=CASE)
    assert (looks[0].kind, looks[0].said) == ("log", f"导出：{WHY}")


async def test_an_export_wants_a_fresh_factor_and_the_right_role(desk: Office) -> None:
    auditor = await desk.sign_in(desk.login_of(Role.AUDITOR))
    await auditor.get("/console/operations")
    clerk = await desk.sign_in((await clerk_of(desk.small)).login)
    await clerk.get("/console/desk")
    assert (await clerk.post("/console/operations/export", record=CASE, why=WHY)).status_code == 404
    desk.clock.advance(STEP_UP_MS)
    for browser, path in ((auditor, "/console/operations/export"), (clerk, "/console/desk/export")):
        answer = await browser.post(path, record=CASE, why=WHY)
        assert answer.headers["location"].startswith("/console/factor"), path
    assert not [one for one in await search_looks(desk.platform, record=CASE) if one.said]


async def test_an_auditor_checks_the_whole_trail_and_takes_the_report(desk: Office) -> None:
    auditor = await desk.sign_in(desk.login_of(Role.AUDITOR))
    assert "核验审计链" in (await auditor.get("/console/operations")).text
    assert "为什么导出" in (await auditor.post("/console/operations/verify")).text
    told = lines_of((await auditor.post("/console/operations/verify", why="季度检查")).content)
    assert any("完整，没有发现问题" in line for line in told)
    assert any("季度检查" in line for line in told)
    await desk.small.tamper("UPDATE changes SET account = 'ffff' WHERE position = (SELECT max(position) FROM changes)")
    answer = await auditor.client.post(
        "/console/operations/verify",
        data={"csrf": auditor.mark, "why": "季度检查", "format": "xlsx"},
        headers={**SAME_SITE, "x-progress": "1"},
    )
    lines, file = parted(answer.content)
    assert lines[-1]["said"].startswith("发现 1 处问题")
    assert "变更被改动：它的链接与前一条接不上" in texts(file)
    [(kind, record)] = {(one.kind, one.record) for one in await search_looks(desk.platform, record="verify")}
    assert (kind, record) == ("log", "verify")
    admin = await desk.sign_in(desk.login_of(Role.ADMINISTRATOR))
    await admin.get("/console/operations")
    assert (await admin.post("/console/operations/verify", why="季度检查")).status_code == 404
