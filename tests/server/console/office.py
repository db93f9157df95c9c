"""A console over the small world, and browsers of staff who have signed in."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import httpx
import pyotp
from argon2 import PasswordHasher
from starlette.applications import Starlette
from starlette.routing import Mount

from server.actions.activate_account import activate_account
from server.actions.export_table import Told
from server.actions.measure_machine import Machine
from server.actions.platform import Platform
from server.actions.sign_in import StaffDoor
from server.actions.tell_process import Standing, ThisProcess
from server.actions.verify_audit import AuditReport, verify_audit
from server.adapters.licences import LicenceRegister
from server.centre import platform_of
from server.console.app import create_console, create_resident_pages
from server.console.streams import Streams
from server.console.throttle import Throttle
from server.console.wiring import Console
from server.passwords import Passwords
from server.storage.blobs import open_blobs
from server.wakeups import Wakes
from tests.people import HandClock
from tests.small_centre import SmallCentre, small_centre

PASSWORD = "胡乐村的核桃树很老了2026"
SAME_SITE = {"sec-fetch-site": "same-origin"}
QUICK = PasswordHasher(time_cost=1, memory_cost=64)


@dataclass
class Browser:
    """One browser. `post` brings back the mark of the last page, as a form does."""

    client: httpx.AsyncClient
    mark: str = ""
    totp: pyotp.TOTP | None = None

    async def get(self, path: str, **headers: str) -> httpx.Response:
        answer = await self.client.get(path, headers=headers)
        found = re.search(r'name="csrf" value="([0-9a-f]+)"', answer.text)
        if found:
            self.mark = found[1]
        return answer

    async def post(self, path: str, **fields: str) -> httpx.Response:
        return await self.client.post(path, data={"csrf": self.mark, **fields}, headers=SAME_SITE)


@dataclass
class Office:
    small: SmallCentre
    platform: Platform
    console: Console
    app: Starlette
    clock: HandClock
    forgotten: list[bool] = field(default_factory=list)
    """One for each time that devices' standings were to be looked up anew."""
    browsers: list[Browser] = field(default_factory=list)

    def browser(self) -> Browser:
        transport = httpx.ASGITransport(self.app, client=("127.0.0.1", 40_000), raise_app_exceptions=False)
        made = Browser(httpx.AsyncClient(transport=transport, base_url="http://console.test"))
        self.browsers.append(made)
        return made

    def login_of(self, role: str, *, in_place: str = "") -> str:
        """An account of this role, whose scope holds the place when one is named."""
        return next(
            one.login
            for one in self.small.world.accounts
            if one.role == role and (not in_place or any(in_place.startswith(p[:6]) for p in one.scope_places))
        )

    async def set_password(self, login: str) -> None:
        made = await activate_account(
            self.platform.database,
            self.console.door.secrets,
            login,
            actor="admin",
            now_ms=self.clock.wall_ms(),
            randomness=self.platform.randomness,
        )
        answer = await self.browser().post("/console/password", code=made.code, password=PASSWORD, again=PASSWORD)
        assert answer.status_code == 200, answer.text

    async def enter_password(self, login: str) -> Browser:
        browser = self.browser()
        answer = await browser.post("/console/sign-in", login=login, password=PASSWORD)
        assert answer.status_code == 303, answer.text
        return browser

    async def sign_in(self, login: str) -> Browser:
        """Password and a new authenticator."""
        await self.set_password(login)
        browser = await self.enter_password(login)
        secret = re.search(r'<code class="secret">([A-Z2-7]+)</code>', (await browser.get("/console/factor")).text)
        assert secret
        browser.totp = pyotp.TOTP(secret[1])
        answer = await browser.post("/console/factor", code=browser.totp.at(self.clock.wall_ms() // 1000))
        assert answer.status_code == 303, answer.text
        await browser.get("/console/")
        return browser


@asynccontextmanager
async def office(folder: Path, *, database: str = "", licences: LicenceRegister | None = None) -> AsyncIterator[Office]:
    async with small_centre(folder, database=database) as small:
        clock = HandClock()
        forgotten: list[bool] = []
        platform = replace(
            platform_of(small.centre, small.writer), clock=clock, forget_standings=lambda: forgotten.append(True)
        )
        centre = small.centre
        door = StaffDoor(
            centre.database, centre.secrets, centre.sealing, Passwords(QUICK), clock.wall_ms, centre.randomness
        )
        blobs = open_blobs(f"file://{folder}/blobs", centre.sealing)
        throttle, streams = Throttle(), Streams(Wakes())
        process = ThisProcess(
            "p" * 32, lambda: Standing(pages=streams.count, slowed=throttle.turned_away, refused=12), clock.wall_ms
        )
        machine = Machine(folder, folder / "second", 24, 1, process)

        async def check_trail(told: Told) -> AuditReport:
            return await verify_audit(centre.database, centre.sealing, centre.secrets, folder / "second", told)

        console = Console(
            platform=platform,
            door=door,
            blobs=blobs,
            built=folder,
            machine=machine,
            throttle=throttle,
            streams=streams,
            licences=licences,
            check_trail=check_trail,
        )
        routes = [Mount("/console", create_console(console)), Mount("/r", create_resident_pages(console))]
        app = Starlette(routes=routes)
        made = Office(small, platform, console, app, clock, forgotten)
        try:
            yield made
        finally:
            for browser in made.browsers:
                await browser.client.aclose()
