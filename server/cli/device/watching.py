"""Owns staying connected: an exchange on every wake, after every change made on this computer, and on a timer.

Laws: the store is held only while an exchange runs, so that a visit can be filed in another window meanwhile. A wake
may be lost; the timer is what guarantees. Refresh tokens are read from the store each time: another command may have
traded them, and one used twice would end the session.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx

from server.cli.device.exchanging import Report, exchange, live_socket, wipe
from server.cli.device.failures import Stopped
from server.cli.device.office import REPLICA, Office, open_unlocked
from server.cli.device.screen import Screen
from server.cli.device.telling import event_as_json, tell_event
from sync.core.clock import Clock
from sync.device.connection import http_client
from sync.device.events import Event
from sync.device.live import LiveSocket
from sync.device.pacing import Pacing
from sync.device.tokens import EARLY_MS, Tokens

LOOK_S = 1.0
"""How often the file is looked at for changes made by another window."""


class StoredTokens(Tokens):
    """Tokens whose refresh token lies in a store that others use as well: it is read anew for each trade, and traded
    while the store is held.
    """

    def __init__(self, watch: Watch, office: Office) -> None:
        super().__init__(
            office.identity.device, office.refresh_token(), office.device_key().sign, watch.keep_token, office.clock
        )
        self._watch = watch

    async def access(self, client: httpx.AsyncClient) -> str:
        if self._access and self._clock.monotonic_ms() <= self._ends - EARLY_MS:
            return self._access
        async with self._watch.borrow() as office:
            self._refresh_token = office.refresh_token()
            return await super().access(client)


class Watch:
    """One window that stays connected. `run` ends when the device must be wiped, or when it is interrupted."""

    def __init__(self, folder: Path, key: bytes, clock: Clock, screen: Screen, live: LiveSocket | None = None) -> None:
        self.folder = folder
        self.exchanged = asyncio.Event()
        """Set after each exchange."""
        self._key = key
        self._clock = clock
        self._screen = screen
        self._live = live
        self._held: Office | None = None
        self._turn = asyncio.Lock()
        self._news = asyncio.Event()
        self._pacing = Pacing(random.random, clock.monotonic_ms())

    async def run(self) -> None:
        async with self._hold() as office:
            server = office.identity.server
            tokens = StoredTokens(self, office)
        async with http_client(server) as client:
            listening = asyncio.ensure_future((self._live or live_socket(server)).listen(client, tokens, self._hear))
            try:
                while True:
                    await self._once(tokens)
                    await self._wait()
            finally:
                listening.cancel()
                await asyncio.gather(listening, return_exceptions=True)

    async def _once(self, tokens: Tokens) -> None:
        async with self._hold() as office:
            report = await exchange(office, self._tell, patience_s=0, tokens=tokens)
            if report.wiped:
                wipe(office, self.folder)
                raise Stopped("wiped")
        self._plan(report)
        self.exchanged.set()

    def _plan(self, report: Report) -> None:
        now = self._clock.monotonic_ms()
        if report.level:
            self._pacing.succeeded()
            self._pacing.level(now)
            self._screen.say("level", "green")
            return
        self._pacing.failed(now)
        if not report.contact:
            self._screen.say("watch_wait", "yellow", seconds=max(1, (self._pacing.due - now) // 1000))

    async def _wait(self) -> None:
        """Until the timer, a wake, or a change made in another window."""
        before = self._changed_at()
        while self._clock.monotonic_ms() < self._pacing.due:
            left = (self._pacing.due - self._clock.monotonic_ms()) / 1_000
            try:
                # Not wait_for: on Python 3.11 it swallows a Ctrl-C that comes together with news.
                async with asyncio.timeout(min(LOOK_S, max(left, 0.01))):
                    await self._news.wait()
                break
            except TimeoutError:
                if self._changed_at() != before:
                    break
        self._news.clear()

    def _changed_at(self) -> tuple[int, ...]:
        files = [self.folder / REPLICA, self.folder / f"{REPLICA}-wal"]
        return tuple(file.stat().st_mtime_ns if file.exists() else 0 for file in files)

    def _hear(self, wakes: list[str], files: dict[str, str]) -> None:
        if wakes or files:
            self._news.set()

    def _tell(self, event: Event) -> None:
        self._screen.emit(event_as_json(event))
        tell_event(self._screen, event)

    @asynccontextmanager
    async def _hold(self) -> AsyncIterator[Office]:
        async with self._turn:
            with open_unlocked(self.folder, self._key, self._clock) as office:
                self._held = office
                try:
                    yield office
                finally:
                    self._held = None

    @asynccontextmanager
    async def borrow(self) -> AsyncIterator[Office]:
        """The store as it is held now, or held for this moment."""
        if self._held is not None:
            yield self._held
            return
        async with self._hold() as office:
            yield office

    def keep_token(self, token: str) -> None:
        """Whoever held the store when the trade began may have let go of it since."""
        if self._held is not None:
            self._held.keep_refresh_token(token)
            return
        with open_unlocked(self.folder, self._key, self._clock) as office:
            office.keep_refresh_token(token)
