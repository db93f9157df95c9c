"""An auditor finds who looked and changed; an administrator sees what runs and no log; nobody else comes in."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from server.actions.tell_process import SILENT_AFTER_MS, Standing, ThisProcess
from server.domain.people.roles import Role, Scope
from server.storage.job_runs import RunBook
from server.storage.people import update_account
from tests.server.console.office import Office, office
from tests.small_centre import HELPER, VILLAGE

HERE, TOWN_ELSEWHERE = "/console/operations", "341881107000"


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Office]:
    async with office(tmp_path) as made:
        yield made


async def test_an_auditor_searches_and_the_search_is_a_look(desk: Office) -> None:
    record = "c" * 32
    await desk.small.register(await desk.small.enrol(HELPER), record=record)
    login = desk.login_of(Role.AUDITOR)
    auditor = await desk.sign_in(login)
    found = (await auditor.get(f"{HERE}?record={record}")).text
    assert "登记居民" in found
    assert "已执行" in found
    assert "applied" not in found
    assert ("log", record) in await desk.small.fetch("SELECT kind, record FROM reads")
    assert "登记居民" in (await auditor.post(HERE, record=record)).text
    assert record in (await auditor.post(HERE, login=login)).text
    assert "没有找到" in (await auditor.post(HERE, login="nobody")).text
    assert record not in (await auditor.get(f"{HERE}?login={login}")).text, "whose login it is stands in no address"


async def test_who_audits_a_part_searches_and_exports_that_part(desk: Office) -> None:
    record, login = "c" * 32, desk.login_of(Role.AUDITOR)
    await desk.small.register(await desk.small.enrol(HELPER), record=record)
    account, county = await desk.small.account(login), f"{VILLAGE[:6]}000000"
    auditor = await desk.sign_in(login)
    for place, is_theirs in ((county, True), (TOWN_ELSEWHERE, False)):
        async with desk.platform.database.write() as tx:
            await update_account(tx, replace(account, scope=Scope(places=frozenset({place})), site=place))
        await auditor.get(HERE)
        assert ("登记居民" in (await auditor.post(HERE, record=record)).text) is is_theirs
        for asked in ({"record": record}, {"login": HELPER}):
            export = await auditor.post(f"{HERE}/export", **asked, why="季度检查")
            assert export.status_code == (200 if is_theirs else 404), asked
        nowhere = await auditor.post(f"{HERE}/export", record="0" * 32, why="季度检查")
        assert nowhere.status_code == 404, "what lies nowhere is for who audits all"


async def test_an_administrator_sees_versions_and_epochs_and_no_log(desk: Office) -> None:
    record = "c" * 32
    await desk.small.register(await desk.small.enrol(HELPER), record=record)
    page = (await (await desk.sign_in(desk.login_of(Role.ADMINISTRATOR))).get(f"{HERE}?record={record}")).text
    [[epoch]] = await desk.small.fetch("SELECT epoch FROM centre")
    assert str(epoch) in page
    assert "登记居民" not in page


async def test_an_administrator_sees_how_the_machine_stands_and_what_to_do(desk: Office) -> None:
    book = RunBook()
    for _ in range(2):
        book.note("parcels", 300, desk.clock.wall_ms(), 9, TimeoutError())
    await book.flush(desk.platform.database)
    page = (await (await desk.sign_in(desk.login_of(Role.ADMINISTRATOR))).get(HERE)).text
    for said in (
        "邮件跟踪",
        "TimeoutError",
        "没有近期核验过的异地备份",
        "有任务失败或没有按时运行",
        "磁盘剩余",
        "限流",
    ):
        assert said in page, said


async def test_every_process_and_what_the_brakes_did_are_shown(desk: Office) -> None:
    other = ThisProcess("a" * 32, lambda: Standing(4, 997, 0, 30, 5), desk.clock.wall_ms)
    killed = ThisProcess("b" * 32, Standing, desk.clock.wall_ms)
    await killed.tell(desk.platform.database)
    desk.clock.advance(SILENT_AFTER_MS + 1)
    await other.tell(desk.platform.database)
    page = (await (await desk.sign_in(desk.login_of(Role.ADMINISTRATOR))).get(HERE)).text
    for said in ("没有消息", "答复本页", "在运行"):
        assert said in page, said
    assert '<td class="number">997</td>' in page
    assert re.search(r"请求过频</dt>\s*<dd>42<", page), "twelve here and thirty there"


async def test_a_clerk_finds_no_such_page(desk: Office) -> None:
    assert (await (await desk.sign_in(desk.login_of(Role.DESK_CLERK))).get(HERE)).status_code == 404
