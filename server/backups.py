"""Keeps a centre backed up: starts `bangban backup` as a child when the newest verified backup is older than it may be.

Laws: a backup is copied, opened and verified in a process of its own, never in the one that answers devices. One child
runs at a time; it is looked at, never waited for. One that failed is told, and tried again an hour later. A child that
is stopped leaves no half backup that could be taken for one (server/actions/backup.py).
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path

from server.actions.backup_set import newest_verified
from server.credentials import Secrets
from server.settings import Settings, as_environment

HOUR_MS = 3_600_000
AGAIN_AFTER_MS = HOUR_MS
WORDS_MAX = 500
"""Of what a failed child said."""
COMMAND = (sys.executable, "-c", "from server.cli.main import run; run()", "backup")

Start = Callable[[], Awaitable[asyncio.subprocess.Process]]


class BackupNotMade(Exception):
    """The child ended without a backup: how, and what it said."""


class BackupKeeper:
    """`newest_ms` gives when the newest verified backup was verified, None when there is none."""

    def __init__(self, hours: int, *, newest_ms: Callable[[], int | None], now_ms: Callable[[], int], start: Start):
        self._hours = hours
        self._newest_ms = newest_ms
        self._now_ms = now_ms
        self._start = start
        self._child: asyncio.subprocess.Process | None = None
        self._tried_ms: int | None = None

    async def look(self) -> None:
        """Starts a backup when one is due. Raises BackupNotMade once for a child that failed."""
        if self._child is not None:
            if self._child.returncode is None:
                return
            ended, self._child = self._child, None
            if ended.returncode:
                said = await ended.stderr.read() if ended.stderr is not None else b""
                raise BackupNotMade(f"exit {ended.returncode}: {said.decode(errors='replace').strip()[-WORDS_MAX:]}")
            return
        if await self._is_due():
            self._tried_ms = self._now_ms()
            self._child = await self._start()

    async def _is_due(self) -> bool:
        now = self._now_ms()
        if not self._hours or (self._tried_ms is not None and now - self._tried_ms < AGAIN_AFTER_MS):
            return False
        newest = await asyncio.to_thread(self._newest_ms)
        return newest is None or now - newest >= self._hours * HOUR_MS

    async def ended(self) -> None:
        """Waits for the child that runs, if one does."""
        if self._child is not None:
            await self._child.wait()

    async def close(self) -> None:
        if self._child is not None and self._child.returncode is None:
            with suppress(ProcessLookupError):
                self._child.terminate()
            await self._child.wait()


def keeper_of(settings: Settings, secrets: Secrets, now_ms: Callable[[], int]) -> BackupKeeper:
    async def start() -> asyncio.subprocess.Process:
        return await asyncio.create_subprocess_exec(
            *COMMAND,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
            env={**os.environ, **as_environment(settings), "BANGBAN_SETTINGS": ""},
        )

    def newest_ms() -> int | None:
        manifest = newest_verified(second_place(settings), secrets)
        return manifest.verified_at if manifest is not None else None

    return BackupKeeper(settings.backup_hours, newest_ms=newest_ms, now_ms=now_ms, start=start)


async def backup_age_s(settings: Settings, secrets: Secrets, now_ms: int) -> int | None:
    """Since the newest backup that was verified at a second place; None when there is none."""
    manifest = await asyncio.to_thread(newest_verified, second_place(settings), secrets)
    return (now_ms - manifest.verified_at) // 1000 if manifest is not None and manifest.second_place else None


def second_place(settings: Settings) -> Path:
    """Where backups and signed heads go: the second place when there is one."""
    return Path(settings.second_backup) if settings.second_backup else settings.backup_folder
