"""Owns how a list leaves the console as a file: a reason, a look in the log, a watermark, and a file that streams.

Law: the file is written to the disk a page of rows at a time and sent from there, and has no name any more by then.
"""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from tempfile import mkdtemp
from typing import BinaryIO

from starlette.responses import Response, StreamingResponse

from server.actions.export_table import Row, Table, Watermark, write_table
from server.actions.log_read import log_read
from server.console.render import HEADERS, page
from server.console.visit import Visit
from server.console.words import moment_words
from server.domain.supervision.reads import REASON_LENGTH_MAX, is_reason

MEDIA = {
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".pdf": "application/pdf",
}
PART_BYTES = 64 * 1024
EXPORTED = "导出："
"""Before the reason of a look that left as a file."""


def reason_of(visit: Visit) -> str:
    """Why, as it was typed; "" where that says nothing."""
    said = visit.form.get("why", "").strip()[:REASON_LENGTH_MAX]
    return said if is_reason(said) else ""


def ask_why(visit: Visit, fields: Sequence[tuple[str, str]], what: str, back: str, problem: str = "") -> Response:
    """The page before an export. `fields` are what the list was narrowed by; they travel with the reason."""
    status = 422 if problem else 200
    return page(visit, "export.html", status=status, fields=fields, what=what, back=back, problem=problem)


async def export(
    visit: Visit, table: Table, rows: AsyncIterator[Sequence[Row]], *, name: str, kind: str, about: str
) -> Response:
    """The file. `kind` and `about` say in the read log what left."""
    account, why = visit.account, reason_of(visit)
    assert why, "the page asks for a reason first"
    await log_read(visit.console.platform, account, kind, about[:32], f"{EXPORTED}{why}"[:REASON_LENGTH_MAX])
    suffix = ".pdf" if visit.form.get("format") == "pdf" else ".xlsx"
    mark = Watermark(f"{account.name} {account.login}", moment_words(visit.console.now(), visit.english), why)
    folder = Path(await asyncio.to_thread(mkdtemp, prefix="bangban-export-"))
    path = folder / f"{name}{suffix}"
    try:
        await write_table(table, rows, mark, path)
        size, file = path.stat().st_size, path.open("rb")
    finally:
        # The open file stays readable until it is closed: nothing is left behind, whoever leaves when.
        shutil.rmtree(folder, ignore_errors=True)
    headers = {
        **HEADERS,
        "content-disposition": f'attachment; filename="{name}{suffix}"',
        "content-length": str(size),
    }
    return StreamingResponse(_parts(file), media_type=MEDIA[suffix], headers=headers)


async def _parts(file: BinaryIO) -> AsyncIterator[bytes]:
    with file:
        while part := await asyncio.to_thread(file.read, PART_BYTES):
            yield part
