"""What every export keeps to: a reason, a factor, how far it is, and a file that leaves nothing behind on the disk."""

from __future__ import annotations

import asyncio
import json
import os
import re
import tempfile
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from starlette.requests import Request
from starlette.types import Message

import server
from server.actions.export_table import Row, Table, Watermark
from server.console.exporting import GONE, PROGRESS_MEDIA, Export, _Followed, _Made, _plain, rows_written
from server.console.pages import PAGES
from server.console.rows import Level
from server.storage.errors import Busy
from tests.server.actions.test_list_followup import clerk_of
from tests.server.actions.test_show_case import file_case
from tests.server.console.office import SAME_SITE, Office, office


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Office]:
    async with office(tmp_path) as made:
        yield made


def test_every_export_wants_a_fresh_factor() -> None:
    exports = [row for row in PAGES if row.path.endswith(("/export", "/operations/verify"))]
    assert len(exports) == 4
    assert {row.path for row in PAGES if "export" in row.handle.__code__.co_names} == {row.path for row in exports}
    assert {(row.method, row.level) for row in exports} == {("POST", Level.STEPPED_UP)}


def test_every_spreadsheet_of_ours_is_written_without_formulas_and_addresses() -> None:
    """Whoever writes one: texts as texts, and nothing by a call that guesses what a text may be."""
    writers = {
        path.name: told
        for path in Path(server.__file__).parent.rglob("*.py")
        if "Workbook(" in (told := path.read_text(encoding="utf-8")) and "import xlsxwriter" in told
    }
    assert sorted(writers) == ["activity.py", "export_bulletin.py", "export_table.py"]
    for name, told in writers.items():
        assert '"strings_to_formulas": False' in told, name
        assert '"strings_to_urls": False' in told, name
        assert not re.search(r"\b(sheet|notes)\.write(_(row|column|formula|url|rich_string))?\(", told), name


async def test_a_file_that_was_sent_or_failed_lies_nowhere(
    desk: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    clerk = await desk.sign_in((await clerk_of(desk.small)).login)
    await clerk.get("/console/desk")
    for why, status in (("x", 422), ("月度核对", 200)):
        assert (await clerk.post("/console/desk/export", why=why)).status_code == status
    monkeypatch.setattr("server.console.pages.exports.every_case", None)
    assert (await clerk.post("/console/desk/export", why="月度核对")).status_code == 500
    assert not [one for one in os.listdir(tmp_path) if one.startswith("bangban-export-")]


def parted(body: bytes) -> tuple[list[dict[str, Any]], bytes]:
    """The lines before the file, and the file."""
    lines: list[dict[str, Any]] = []
    while body and "name" not in (lines[-1] if lines else {}):
        line, _, body = body.partition(b"\n")
        lines.append(json.loads(line))
    return lines, body


async def test_a_script_hears_how_far_it_is_and_gets_the_same_file(desk: Office) -> None:
    await file_case(desk.small)
    clerk = await desk.sign_in((await clerk_of(desk.small)).login)
    await clerk.get("/console/desk")
    said = {"csrf": clerk.mark, "state": "received", "why": "月度核对", "format": "pdf"}
    plain = await clerk.post("/console/desk/export", **said)
    answer = await clerk.client.post("/console/desk/export", data=said, headers={**SAME_SITE, "x-progress": "1"})
    assert answer.headers["content-type"] == PROGRESS_MEDIA
    assert answer.headers["cache-control"] == "no-store"
    lines, file = parted(answer.content)
    assert lines[:2] == [{"rows": 0, "of": 1}, {"rows": 1, "of": 1}]
    assert lines[2] == {"name": "bangban-cases.pdf", "bytes": len(file), "type": "application/pdf"}
    assert file == plain.content


class Reader:
    """Somebody who reads the answer, and goes away after so many rows."""

    def __init__(self, goes_after: int = 1 << 40) -> None:
        self.body = b""
        self._goes_after = goes_after
        self._gone = asyncio.Event()

    async def receive(self) -> Message:
        await self._gone.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        self.body += message.get("body", b"")
        lines, _ = parted(self.body)
        if lines and lines[-1].get("rows", 0) >= self._goes_after:
            self._gone.set()


class Rows:
    """Pages of rows without an end, unless it is said; how many were asked for."""

    def __init__(self, pages: int = 1 << 40, *, breaks: bool = False) -> None:
        self.asked = 0
        self._pages = pages
        self._breaks = breaks

    async def all(self) -> AsyncIterator[Sequence[Row]]:
        while self.asked < self._pages:
            self.asked += 1
            yield [(str(self.asked), "=1+1")] * 100
            await asyncio.sleep(0)
        if self._breaks:
            raise Busy("the database is gone")


def file_of(rows: Rows, turns: asyncio.Semaphore | None = None) -> _Made:
    table = Table("办件", ("编号", "事项"), (10, 10))
    export = Export(name="a", kind="case_list", about="due", write=rows_written(table, rows.all()), of=900)
    mark = Watermark("孙悦", "2026年11月29日", "核对")
    return _Made(export, "a.xlsx", "x", mark, turns or asyncio.Semaphore(1))


def made(rows: Rows, turns: asyncio.Semaphore | None = None) -> _Followed:
    return _Followed(file_of(rows, turns))


async def test_who_goes_away_ends_the_writing_and_nothing_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    rows, reader, turns = Rows(), Reader(goes_after=300), asyncio.Semaphore(1)
    await made(rows, turns)({"type": "http"}, reader.receive, reader.send)
    assert 3 <= rows.asked < 10
    assert os.listdir(tmp_path) == []
    assert not turns.locked()
    assert len(asyncio.all_tasks()) == 1


async def test_who_goes_away_without_a_script_ends_the_writing_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    rows, turns = Rows(), asyncio.Semaphore(1)

    async def gone() -> Message:
        return {"type": "http.disconnect"}

    answer = await _plain(Request({"type": "http"}, gone), file_of(rows, turns))
    assert (answer.status_code, rows.asked) == (GONE, 1)
    assert os.listdir(tmp_path) == []
    assert not turns.locked()


async def test_rows_that_fail_on_the_way_are_told_and_leave_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    reader = Reader()
    await made(Rows(2, breaks=True))({"type": "http"}, reader.receive, reader.send)
    lines, rest = parted(reader.body)
    assert (lines, rest) == (
        [{"rows": 0, "of": 900}, {"rows": 100, "of": 900}, {"rows": 200, "of": 900}, {"failed": True}],
        b"",
    )
    assert os.listdir(tmp_path) == []


async def test_a_fault_of_ours_is_not_told_as_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    rows, reader = Rows(1), Reader()

    async def broken() -> AsyncIterator[Sequence[Row]]:
        raise ZeroDivisionError
        yield []

    monkeypatch.setattr(rows, "all", broken)
    with pytest.raises(ZeroDivisionError):
        await made(rows)({"type": "http"}, reader.receive, reader.send)
    assert parted(reader.body) == ([{"rows": 0, "of": 900}], b"")
    assert os.listdir(tmp_path) == []


async def test_whoever_comes_third_waits_for_a_turn() -> None:
    turns, rows, reader = asyncio.Semaphore(1), Rows(1), Reader()
    async with turns:
        waiting = asyncio.create_task(made(rows, turns)({"type": "http"}, reader.receive, reader.send))
        await asyncio.sleep(0.05)
        assert (rows.asked, parted(reader.body)[0]) == (0, [{"rows": 0, "of": 900}])
    await waiting
    assert parted(reader.body)[0][-1]["name"] == "a.xlsx"
