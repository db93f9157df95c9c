"""A queue of several pages leaves as one file, followed row by row and cancelled on the way, on both databases."""

from __future__ import annotations

import asyncio
import io
import os
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlencode

import openpyxl
import pytest
from starlette.types import Message, Scope

from server.actions import list_cases
from server.actions.search_logs import search_looks
from tests.put_record import case_of, put_record
from tests.server.actions.test_list_followup import clerk_of
from tests.server.console.office import SAME_SITE, Browser, Office, office
from tests.server.console.test_exporting import parted
from tests.small_centre import VILLAGE

CASES, A_PAGE = 25, 10
WHY = "月度核对"


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
async def desk(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Office]:
    """With more cases received than a page of rows holds; what is written lies in a folder of its own."""
    url = str(request.getfixturevalue("postgres_url")) if request.param == "postgres" else ""
    monkeypatch.setattr(list_cases, "WHOLE_ROWS", A_PAGE)
    spool = tmp_path / "spool"
    spool.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(spool))
    async with office(tmp_path, database=url) as made:
        for number in range(CASES):
            held = {"state": "received", "holder": f"place:{VILLAGE}", "due": "2026-11-29"}
            fields = case_of(made.small, **held, number=number_of(number), receipt="")
            await put_record(made.small, "case", f"{number:032x}", fields)
        yield made


def number_of(place: int) -> str:
    return f"34188120261122{place:07}"


class Follower:
    """A page's script that sent the form: reads line by line, and goes away once so many rows are told."""

    def __init__(self, browser: Browser, goes_after: int = 1 << 40) -> None:
        said = {"csrf": browser.mark, "state": "received", "why": WHY, "format": "xlsx"}
        self.form = urlencode(said).encode()
        cookies = "; ".join(f"{name}={value}" for name, value in browser.client.cookies.items())
        headers = {
            "host": "console.test",
            "cookie": cookies,
            "content-type": "application/x-www-form-urlencoded",
            "content-length": str(len(self.form)),
            "x-progress": "1",
            **SAME_SITE,
        }
        path = "/console/desk/export"
        self.scope: Scope = {
            **{"type": "http", "http_version": "1.1", "method": "POST", "scheme": "http", "query_string": b""},
            **{"path": path, "raw_path": path.encode(), "root_path": "", "client": ("127.0.0.1", 40_000)},
            "server": ("console.test", 80),
            "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        }
        self.body = b""
        self._sent = False
        self._goes_after = goes_after
        self._gone = asyncio.Event()

    async def receive(self) -> Message:
        if not self._sent:
            self._sent = True
            return {"type": "http.request", "body": self.form, "more_body": False}
        await self._gone.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        self.body += message.get("body", b"")
        lines, _ = parted(self.body)
        if lines and lines[-1].get("rows", 0) >= self._goes_after:
            self._gone.set()


async def at_the_queue(desk: Office) -> Browser:
    clerk = await desk.sign_in((await clerk_of(desk.small)).login)
    await clerk.get("/console/desk")
    return clerk


async def followed(desk: Office, clerk: Browser, goes_after: int = 1 << 40) -> Follower:
    follower = Follower(clerk, goes_after)
    await desk.app(follower.scope, follower.receive, follower.send)
    return follower


async def test_every_page_of_the_list_is_told_as_it_is_written_and_stands_in_the_file(desk: Office) -> None:
    lines, file = parted((await followed(desk, await at_the_queue(desk))).body)
    assert [line["rows"] for line in lines[:-1]] == [0, 10, 20, 25]
    assert {line["of"] for line in lines[:-1]} == {CASES}
    assert (lines[-1]["name"], lines[-1]["bytes"]) == ("bangban-cases.xlsx", len(file))
    sheet = openpyxl.load_workbook(io.BytesIO(file)).active
    assert sheet is not None
    told = {str(cell.value) for row in sheet.iter_rows() for cell in row}
    assert {number_of(place) for place in range(CASES)} <= told


async def test_cancelled_on_the_way_it_ends_there_leaves_nothing_and_the_next_has_its_turn(desk: Office) -> None:
    clerk = await at_the_queue(desk)
    before = asyncio.all_tasks()
    lines, rest = parted((await followed(desk, clerk, goes_after=A_PAGE)).body)
    assert (lines[-1], rest) == ({"rows": A_PAGE, "of": CASES}, b"")
    assert os.listdir(tempfile.gettempdir()) == []
    assert asyncio.all_tasks() == before, "nobody writes on"
    assert not desk.console.exporting.locked()
    looks = await search_looks(desk.platform, record="received")
    assert [(one.kind, one.said) for one in looks] == [("case_list", f"导出：{WHY}")], "the look stays in the log"
    assert parted((await followed(desk, clerk)).body)[0][-1]["name"] == "bangban-cases.xlsx"
