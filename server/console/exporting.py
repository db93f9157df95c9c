"""Owns how a list leaves the console as a file: a reason, a look in the log, a watermark, and a file that streams.

    a form that is sent      → the file, when it is written
    a form sent by a script  → lines that say how far it is, a line that names the file, then the file

Laws: the file is written to the disk a page of rows at a time and sent from there, and has no name any more by then.
Who goes away, or presses cancel, ends the writing. Few are written at once: the others wait for their turn.
"""

from __future__ import annotations

import asyncio
import json
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp
from typing import BinaryIO

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from server.actions.export_table import Row, Table, Told, Watermark, write_table
from server.actions.log_read import log_read
from server.console.render import HEADERS, page
from server.console.visit import Visit
from server.console.words import moment_words
from server.domain.supervision.reads import REASON_LENGTH_MAX, is_reason
from server.storage.errors import StorageError

MEDIA = {
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".pdf": "application/pdf",
    ".html": "text/html; charset=utf-8",
}
PROGRESS = "x-progress"
"""The header of a form that a script sent, which shows how far it is."""
PROGRESS_MEDIA = "application/x-bangban-export"
PART_BYTES = 64 * 1024
GONE = 499
"""Reaches nobody; the count of answers sees it."""
EXPORTED = "导出："
"""Before the reason of a look that left as a file."""
Write = Callable[[Path, Watermark, Told], Awaitable[object]]


@dataclass(frozen=True, kw_only=True)
class Export:
    """`name` of the file without its suffix; `kind` and `about` say in the read log what left; `of`: about how many
    rows, 0 for nobody knows; `write` writes it, in one of the formats of `suffixes`, the first unless asked otherwise;
    `concluded`: what it says in a sentence, once it is written.
    """

    name: str
    kind: str
    about: str
    write: Write
    of: int = 0
    suffixes: tuple[str, ...] = (".xlsx", ".pdf")
    concluded: Callable[[], str] = lambda: ""


class ClientGone(Exception):
    """Nobody waits for the file any more."""


def rows_written(table: Table, rows: AsyncIterator[Sequence[Row]]) -> Write:
    """Writes a table of rows."""
    return lambda path, mark, told: write_table(table, rows, mark, path, told)


def reason_of(visit: Visit) -> str:
    """Why, as it was typed; "" where that says nothing."""
    said = visit.form.get("why", "").strip()[:REASON_LENGTH_MAX]
    return said if is_reason(said) else ""


def ask_why(
    visit: Visit,
    fields: Sequence[tuple[str, str]],
    what: str,
    back: str,
    problem: str = "",
    suffixes: Sequence[str] = Export.suffixes,
) -> Response:
    """The page before an export. `fields` are what the list was narrowed by; they travel with the reason."""
    status = 422 if problem else 200
    return page(
        visit, "export.html", status=status, fields=fields, what=what, back=back, problem=problem, suffixes=suffixes
    )


async def export(visit: Visit, asked: Export) -> Response:
    """The file, or how far it is and then the file."""
    account, why = visit.account, reason_of(visit)
    assert why, "the page asks for a reason first"
    told = f"{EXPORTED}{why}"[:REASON_LENGTH_MAX]
    await log_read(visit.console.platform, account, asked.kind, asked.about[:32], told)
    suffix = next((one for one in asked.suffixes if one == f".{visit.form.get('format')}"), asked.suffixes[0])
    mark = Watermark(f"{account.name} {account.login}", moment_words(visit.console.now(), visit.english), why)
    made = _Made(asked, f"{asked.name}{suffix}", MEDIA[suffix], mark, visit.console.exporting)
    if PROGRESS in visit.request.headers:
        return _Followed(made)
    return await _plain(visit.request, made)


@dataclass(frozen=True)
class _Made:
    """A file to be made. `turns`: how many more may be written at once."""

    asked: Export
    name: str
    media: str
    mark: Watermark
    turns: asyncio.Semaphore

    @asynccontextmanager
    async def written(self, told: Told) -> AsyncIterator[tuple[int, BinaryIO]]:
        """Its bytes, counted and open. The open file stays readable until it is closed: nothing is left behind on the
        disk, whoever leaves when.
        """
        async with self.turns:
            folder = Path(await asyncio.to_thread(mkdtemp, prefix="bangban-export-"))
            path = folder / self.name
            try:
                await self.asked.write(path, self.mark, told)
                size, file = path.stat().st_size, path.open("rb")
            finally:
                shutil.rmtree(folder, ignore_errors=True)
        with file:
            yield size, file


async def _plain(request: Request, made: _Made) -> Response:
    """Everything at once, for a browser without scripts."""

    async def go_on(_count: int) -> None:
        if await request.is_disconnected():
            raise ClientGone

    writing = made.written(go_on)
    try:
        size, file = await writing.__aenter__()
    except ClientGone:
        return Response(status_code=GONE)

    async def parts() -> AsyncIterator[bytes]:
        try:
            async for part in _parts(file):
                yield part
        finally:
            await writing.__aexit__(None, None, None)

    headers = {
        **HEADERS,
        "content-disposition": f'attachment; filename="{made.name}"',
        "content-length": str(size),
    }
    return StreamingResponse(parts(), media_type=made.media, headers=headers)


class _Followed(Response):
    """Lines of JSON: {"rows", "of"} now and then, at last {"name", "bytes", "type", "said"} with the file behind it, or
    {"failed"}. Who reads it may go at any time, and then the writing ends.
    """

    def __init__(self, made: _Made) -> None:
        super().__init__()
        self._made = made

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def leave() -> None:
            while (await receive())["type"] != "http.disconnect":
                pass

        told = {**HEADERS, "content-type": PROGRESS_MEDIA, "x-accel-buffering": "no"}
        headers = [(name.encode(), value.encode()) for name, value in told.items()]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        working, leaving = (asyncio.ensure_future(one) for one in (self._work(send), leave()))
        try:
            await asyncio.wait((working, leaving), return_when=asyncio.FIRST_COMPLETED)
        finally:
            for one in (working, leaving):
                one.cancel()
            await asyncio.gather(working, leaving, return_exceptions=True)
        if not working.cancelled():
            working.result()

    async def _work(self, send: Send) -> None:
        made = self._made

        async def say(line: object) -> None:
            body = json.dumps(line, ensure_ascii=False).encode() + b"\n"
            await send({"type": "http.response.body", "body": body, "more_body": True})

        async def told(count: int) -> None:
            await say({"rows": count, "of": made.asked.of})

        await told(0)
        try:
            async with made.written(told) as (size, file):
                said = made.asked.concluded()
                await say({"name": made.name, "bytes": size, "type": made.media, **({"said": said} if said else {})})
                async for part in _parts(file):
                    await send({"type": "http.response.body", "body": part, "more_body": True})
        except StorageError:
            await say({"failed": True})
        await send({"type": "http.response.body", "body": b""})


async def _parts(file: BinaryIO) -> AsyncIterator[bytes]:
    while part := await asyncio.to_thread(file.read, PART_BYTES):
        yield part
