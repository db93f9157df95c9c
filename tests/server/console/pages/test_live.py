"""Pages hear of news, clerks on one case see each other, and neither keeps a session or tells what is out of reach."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from starlette.requests import Request
from starlette.responses import Response

from server.actions.sign_in import IDLE_MS
from server.console.pages import live
from server.console.streams import Pace, Streams
from server.console.visit import Visit, visitor_from
from server.domain.people.roles import Scope
from server.storage.people import CLOSED, update_account
from server.wakeups import Wakes
from tests.server.actions.test_list_followup import clerk_of, login_of
from tests.server.actions.test_show_case import CASE, file_case, step
from tests.server.console.office import Browser, Office, office
from tests.server.console.scene import stranger_of
from tests.server.console.test_streams import Reader
from tests.small_centre import HELPER, VILLAGE

PAGE = f"/console/desk/{CASE}"


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Office]:
    async with office(tmp_path) as made:
        await file_case(made.small)
        yield made


class Open:
    """A stream as a browser holds it, with the wakes that it hears."""

    def __init__(self, desk: Office, browser: Browser, path: str, query: str = "", *, beat_s: float = 60) -> None:
        self.wakes = Wakes()
        self.console = replace(
            desk.console,
            streams=Streams(self.wakes, Pace(beat_s=beat_s, gather_s=0, life_s=60)),
            tell=self.wakes.publish,
        )
        cookies = "; ".join(f"{name}={value}" for name, value in browser.client.cookies.items())
        self.request = Request(
            {
                "type": "http",
                "method": "GET",
                "path": path,
                "query_string": query.encode(),
                "headers": [(b"cookie", cookies.encode()), (b"accept", b"text/event-stream")],
                "path_params": {"id": CASE},
            }
        )
        self.reader = Reader()
        self.task: asyncio.Task[None] | None = None

    async def answer(self) -> Response:
        visit = Visit(self.console, self.request, await visitor_from(self.console, self.request), english=False)
        return await (live.show_case(visit) if "desk" in self.request.url.path else live.show(visit))

    async def begin(self) -> Open:
        answer = await self.answer()
        self.task = asyncio.create_task(answer(self.request.scope, self.reader.receive, self.reader.send))
        assert (await self.reader.lines.get()).startswith("retry")
        return self

    async def end(self) -> None:
        assert self.task is not None
        self.reader.left.set()
        await self.task


async def clerk_at(desk: Office) -> Browser:
    return await desk.sign_in((await clerk_of(desk.small)).login)


async def rev_of(desk: Office) -> int:
    return int((await desk.small.fetch("SELECT rev FROM cases WHERE id = ?", [CASE]))[0][0])


async def test_the_queue_hears_of_the_village_and_not_of_another(desk: Office) -> None:
    stream = await Open(desk, await clerk_at(desk), "/console/live").begin()
    assert {f"place:{VILLAGE}", f"desk:{VILLAGE}"} <= stream.wakes.listened_to
    stream.wakes.publish([f"place:{VILLAGE}"])
    assert "news" in await stream.reader.event()
    await stream.end()
    elsewhere = await Open(desk, await desk.sign_in(stranger_of(desk)), "/console/live").begin()
    assert not {f"place:{VILLAGE}", f"desk:{VILLAGE}"} & elsewhere.wakes.listened_to
    await elsewhere.end()


async def test_a_case_page_is_told_only_when_this_case_has_changed(desk: Office) -> None:
    stream = await Open(desk, await clerk_at(desk), f"{PAGE}/live", f"rev={await rev_of(desk)}").begin()
    stream.wakes.publish([f"place:{VILLAGE}"])  # another record of the village
    assert await step(desk.small, "accept", **{"material.2": {"state": "paper"}}) == "applied"
    stream.wakes.publish([f"place:{VILLAGE}"])
    assert "news" in await stream.reader.event()
    assert stream.reader.lines.empty()
    await stream.end()


async def test_a_page_that_is_behind_already_is_told_at_once(desk: Office) -> None:
    stream = await Open(desk, await clerk_at(desk), f"{PAGE}/live", f"rev={await rev_of(desk) - 1}").begin()
    assert "news" in await stream.reader.event()
    await stream.end()


async def test_what_changes_between_a_list_and_its_stream_is_told_at_once_and_nothing_else_is(desk: Office) -> None:
    clerk = await clerk_at(desk)
    for path in ("/console/desk", "/console/"):
        seen = re.findall(r'data-stream="/console/live\?(seen=[0-9]+)"', (await clerk.get(path)).text)
        quiet = await Open(desk, clerk, "/console/live", *seen).begin()
        await quiet.end()
        assert quiet.reader.lines.empty()
        await desk.small.register(await desk.small.enrol(HELPER, path), path)
        late = await Open(desk, clerk, "/console/live", *seen).begin()
        assert "news" in await late.reader.event()
        await late.end()


async def test_a_colleague_is_seen_on_the_page_while_it_is_open_and_not_after(desk: Office) -> None:
    clerk = await clerk_at(desk)
    lead = await desk.sign_in(login_of(desk.small, "town_lead", VILLAGE))
    stream = await Open(desk, clerk, f"{PAGE}/live", f"rev={await rev_of(desk)}").begin()
    name = (await clerk_of(desk.small)).name
    assert name in (await lead.get(f"{PAGE}/others")).text
    assert "也打开着这一件" in (await lead.get(PAGE)).text
    assert "也打开着这一件" in (await clerk.get(f"{PAGE}/others")).text
    await stream.end()
    assert "也打开着这一件" not in (await lead.get(f"{PAGE}/others")).text


async def test_what_is_out_of_reach_has_no_stream_and_nobody_at_it(desk: Office) -> None:
    stranger = await desk.sign_in(stranger_of(desk))
    for last in ("live", "others"):
        assert (await stranger.get(f"{PAGE}/{last}")).status_code == 404
    assert await desk.small.fetch("SELECT * FROM openings") == []


@pytest.mark.parametrize("path", [f"{PAGE}/live", "/console/live"])
async def test_a_stream_ends_with_the_post_of_who_listens_and_with_the_account(desk: Office, path: str) -> None:
    """It would go on to listen to the old places, and to stand there as somebody who has the case open."""
    account = await clerk_of(desk.small)
    clerk = await desk.sign_in(account.login)
    for changed in (replace(account, scope=Scope()), replace(account, status=CLOSED)):
        stream = await Open(desk, clerk, path, beat_s=0.001).begin()
        assert stream.task is not None
        assert not stream.task.done()
        async with desk.platform.database.write() as tx:
            await update_account(tx, changed)
        async with asyncio.timeout(30):
            await stream.task
        async with desk.platform.database.write() as tx:
            await update_account(tx, account)
    assert await desk.small.fetch("SELECT * FROM openings") == []


async def test_what_a_page_fetches_by_itself_keeps_nobody_signed_in(desk: Office) -> None:
    clerk = await clerk_at(desk)
    desk.clock.advance(IDLE_MS - 1)
    assert (await clerk.get("/console/desk", **{"x-live": "1"})).status_code == 200
    await (await Open(desk, clerk, "/console/live").begin()).end()
    desk.clock.advance(1)
    assert (await clerk.get("/console/desk")).status_code == 303


async def test_the_pages_name_their_streams_and_no_script_may_be_written_into_them(desk: Office) -> None:
    clerk = await clerk_at(desk)
    for path, stream in (
        ("/console/", "/console/live?seen="),
        ("/console/desk", "/console/live?seen="),
        (PAGE, f"{PAGE}/live?rev="),
    ):
        text = (await clerk.get(path)).text
        assert f'data-stream="{stream}' in text
        assert "<script>" not in text
        assert " style=" not in text
        assert '"allowEval": false' in text
    assert "data-stream" not in (await clerk.get("/console/account")).text
