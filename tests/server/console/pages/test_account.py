"""A person sees the own sessions and ends those that are not theirs any more."""

from __future__ import annotations

import re
from pathlib import Path

from tests.server.console.office import office


async def test_another_browser_of_the_same_person_is_put_out(tmp_path: Path) -> None:
    async with office(tmp_path) as desk:
        login = desk.login_of("desk_clerk")
        first = await desk.sign_in(login)
        second = await desk.enter_password(login)
        page = await first.get("/console/account")
        other = re.search(r'name="session" value="([^"]+)"', page.text)
        assert other
        await first.post("/console/account/session", session=other[1])
        assert (await second.get("/console/factor")).headers["location"].startswith("/console/sign-in")
        assert (await first.get("/console/account")).status_code == 200


async def test_nobody_ends_a_session_of_somebody_else(tmp_path: Path) -> None:
    async with office(tmp_path) as desk:
        clerk = await desk.sign_in(desk.login_of("desk_clerk"))
        supervisor = await desk.sign_in(desk.login_of("county_supervisor"))
        rows = await desk.small.fetch("SELECT id, account FROM staff_sessions")
        clerks = [
            ident for ident, account in rows if account == (await desk.small.account(desk.login_of("desk_clerk"))).id
        ]
        await supervisor.post("/console/account/session", session=clerks[0])
        assert (await clerk.get("/console/account")).status_code == 200
