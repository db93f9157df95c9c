"""`bangban retention`: what is kept how long and why, what is due, and deleting it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import msgspec
import typer
from rich.table import Table

from server.actions.keep_no_longer import Due, keep_no_longer, retention_due
from server.actions.log_heads import read_signed_heads, signing_key
from server.backups import second_place
from server.centre import open_centre, open_writer, platform_of
from server.cli.centre import DatabaseOption, DataOption, JsonOption, run, settings_with
from server.cli.terminal import terminal
from server.domain.supervision.retention import KEPT
from server.settings import Settings

app = typer.Typer(no_args_is_help=True, help="What is deleted when, and the proof of it.")


@app.command("report")
def report(database: DatabaseOption = None, data: DataOption = None, as_json: JsonOption = False) -> None:
    """What is kept how long, on which law, and how much is due now."""
    _show(run(_work(settings_with(database, data), delete=False)), as_json)


@app.command("run")
def run_now(database: DatabaseOption = None, data: DataOption = None, as_json: JsonOption = False) -> None:
    """Delete what is due, as the schedule does twice a day."""
    _show(run(_work(settings_with(database, data), delete=True)), as_json)


async def _work(settings: Settings, *, delete: bool) -> list[Due]:
    async with open_centre(settings) as centre, open_writer(centre, lambda raised: None) as writer:
        public = signing_key(centre.secrets).public_key()
        signed = await asyncio.to_thread(read_signed_heads, second_place(settings), public)
        work = keep_no_longer if delete else retention_due
        return await work(platform_of(centre, writer), signed)


def _show(rows: Sequence[Due], as_json: bool) -> None:
    if as_json:
        told = [
            {"code": row.code, "days": KEPT[row.code].days, "basis": KEPT[row.code].basis, "due": row.due,
             "deleted": row.deleted}
            for row in rows
        ]  # fmt: skip
        print(msgspec.json.encode(told).decode())
        return
    table = Table("内容 what", "", "天 days", "依据 basis", "到期 due", "已删 deleted")
    for row in rows:
        kept = KEPT[row.code]
        table.add_row(kept.zh, kept.en, str(kept.days), kept.basis, str(row.due), str(row.deleted))
    terminal().print(table)
