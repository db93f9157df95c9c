"""The audit trail is checked while the centre serves: whole, or what is wrong by its id, and how far it is."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from server.actions import verify_audit as module
from server.actions.log_heads import sign_heads, signing_key
from server.actions.log_read import log_read
from server.actions.verify_audit import AuditReport, size_of_audit, verify_audit
from server.centre import platform_of
from tests.small_centre import HELPER, SmallCentre


async def checked(small: SmallCentre, folder: Path, heard: list[int]) -> AuditReport:
    async def told(count: int) -> None:
        heard.append(count)

    centre = small.centre
    return await verify_audit(centre.database, centre.sealing, centre.secrets, folder, told)


async def work(small: SmallCentre) -> None:
    device = await small.enrol(HELPER)
    for name in ("王秀英", "李大爷", "张奶奶"):
        await small.register(device, name)
    helper = await small.account(HELPER)
    for _ in range(2):
        await log_read(platform_of(small.centre, small.writer), helper, "resident", "c" * 32, "核对电话")


async def test_a_trail_that_nobody_touched_is_whole(either: SmallCentre, tmp_path: Path) -> None:
    await work(either)
    centre = either.centre
    [[changes]] = await either.fetch("SELECT count(*) FROM changes")
    await sign_heads(centre.database, tmp_path, signing_key(centre.secrets), now_ms=centre.clock.wall_ms())
    heard: list[int] = []
    report = await checked(either, tmp_path, heard)
    assert (report.changes, report.chains, report.looks, report.findings.found) == (changes, 2, 2, [])
    assert changes > 3, "those of the helper and those of the centre"
    assert report.signed > 0
    assert heard[-1] == changes + 2 == await size_of_audit(platform_of(centre, either.writer))


@pytest.mark.parametrize(
    ("sql", "code"),
    [
        ("DELETE FROM changes WHERE position = (SELECT max(position) FROM changes)", "log_end"),
        ("UPDATE changes SET account = 'ffff' WHERE position = (SELECT max(position) FROM changes)", "log_link"),
        ("DELETE FROM reads WHERE position = 1", "read_order"),
        ("UPDATE accounts SET name = '别人' WHERE login = (SELECT min(login) FROM accounts)", "account_differs"),
    ],
)
async def test_whoever_alters_it_is_found(either: SmallCentre, tmp_path: Path, sql: str, code: str) -> None:
    await work(either)
    await either.tamper(sql)
    assert code in (await checked(either, tmp_path, [])).findings.codes


async def test_who_stops_waiting_stops_the_checking(
    either: SmallCentre, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = asyncio.Event()

    async def for_ever(*_: object) -> tuple[int, int]:
        begun.set()
        await asyncio.Event().wait()
        return 0, 0

    monkeypatch.setattr(module, "verify_log", for_ever)
    running = asyncio.create_task(checked(either, tmp_path, []))
    await begun.wait()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    async with either.centre.database.read() as snapshot:
        assert await snapshot.fetch("SELECT 1 AS one") == [(1,)]
