"""Backups that the centre makes by itself: when, in a child, and what a failed one means."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from server.actions.backup_set import newest_verified
from server.backups import AGAIN_AFTER_MS, HOUR_MS, BackupKeeper, BackupNotMade, backup_age_s, keeper_of
from server.settings import as_environment, settings_from
from tests.small_centre import small_centre


class Children:
    """Starts small programs in place of backups, and counts them."""

    def __init__(self, code: str) -> None:
        self.code = code
        self.started: list[asyncio.subprocess.Process] = []

    async def start(self) -> asyncio.subprocess.Process:
        child = await asyncio.create_subprocess_exec(sys.executable, "-c", self.code, stderr=asyncio.subprocess.PIPE)
        self.started.append(child)
        return child

    async def ended(self) -> None:
        await self.started[-1].wait()


def keeper(children: Children, now: list[int], newest: Callable[[], int | None], hours: int = 24) -> BackupKeeper:
    return BackupKeeper(hours, newest_ms=newest, now_ms=lambda: now[0], start=children.start)


async def test_one_is_begun_when_the_newest_is_too_old_and_none_beside_it() -> None:
    children, now = Children("import sys; sys.stdin.read()"), [24 * HOUR_MS - 1]
    keeping = keeper(children, now, lambda: 0)
    await keeping.look()
    assert children.started == []
    now[0] += 1
    for _ in range(3):
        await keeping.look()
    assert len(children.started) == 1
    await keeping.close()
    assert children.started[0].returncode is not None, "nothing is left running"


async def test_none_is_ever_begun_where_the_setting_says_so() -> None:
    children = Children("pass")
    await keeper(children, [10**12], lambda: None, hours=0).look()
    assert children.started == []


async def test_one_that_failed_is_told_once_and_tried_an_hour_later() -> None:
    children, now = Children("import sys; sys.exit('no space left')"), [0]
    keeping = keeper(children, now, lambda: None)
    await keeping.look()
    await children.ended()
    with pytest.raises(BackupNotMade, match="no space left"):
        await keeping.look()
    await keeping.look()
    assert len(children.started) == 1
    now[0] = AGAIN_AFTER_MS
    await keeping.look()
    assert len(children.started) == 2
    await keeping.close()


async def test_the_child_makes_a_verified_backup_at_the_second_place(tmp_path: Path) -> None:
    async with small_centre(tmp_path) as small:
        settings = replace(
            small.centre.settings, second_backup=str(tmp_path.with_name(f"{tmp_path.name}-second")), backup_hours=24
        )
        secrets, now = small.centre.secrets, small.centre.clock.wall_ms
        keeping = keeper_of(settings, secrets, now)
        assert await backup_age_s(settings, secrets, now()) is None
        await keeping.look()
        await keeping.ended()
        await keeping.look()
        assert newest_verified(Path(settings.second_backup), secrets) is not None
        assert await backup_age_s(settings, secrets, now()) is not None


def test_a_child_reads_the_very_settings_of_its_parent() -> None:
    told = {"BANGBAN_ALLOWED_ORIGINS": "https://a.example,https://b.example", "BANGBAN_BACKUP_HOURS": "6"}
    settings = settings_from(told)
    assert settings_from(as_environment(settings)) == settings
