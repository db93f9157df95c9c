"""`bangban outbound`: how telling the province goes, and a second try for what it refused."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import msgspec
import typer
from rich.table import Table

from server.adapters.province import key_id, outbound_key
from server.centre import open_centre
from server.cli.centre import DatabaseOption, DataOption, JsonOption, fail, run, settings_with
from server.cli.terminal import terminal
from server.credentials import to_base64url
from server.settings import Settings
from server.storage.outbound import OutboundStanding, outbound_standing, wait_again
from sync.core.clock import iso

app = typer.Typer(add_completion=False, no_args_is_help=True, help="What the province is told.")


@app.command()
def status(database: DatabaseOption = None, data: DataOption = None, as_json: JsonOption = False) -> None:
    """How many messages wait, were sent and were refused; since when, and why."""
    standing, public, refusals = run(_status(settings_with(database, data)))
    if as_json:
        told = {**asdict(standing), "public_key": public, "refusals": refusals}
        print(msgspec.json.encode(told).decode())
        return
    table = Table("待发 waiting", "已发 sent", "被拒 refused", "最早待发 oldest", "未读日志 behind")
    oldest = iso(standing.oldest_at) if standing.oldest_at else "–"
    table.add_row(str(standing.waiting), str(standing.sent), str(standing.refused), oldest, str(standing.behind))
    console = terminal()
    console.print(table)
    if standing.channel.tries:
        again = iso(standing.channel.next_at)
        console.print(f"对方不可用 unavailable ×{standing.channel.tries}: {standing.channel.reason}; 下次 next {again}")
    for key, event, why in refusals:
        console.print(f"{key} {event}: {why}")
    console.print(f"公钥 public key: {public}")


@app.command()
def retry(
    key: Annotated[str, typer.Argument(help="A message's key; without it everything that was refused.")] = "",
    database: DatabaseOption = None,
    data: DataOption = None,
) -> None:
    """Let what was refused wait again, and try the channel at once."""
    count = run(_retry(settings_with(database, data), key))
    if key and not count:
        fail(f"no refused message {key}: look at bangban outbound status")
    terminal().print(f"{count} 条重新等待发送 wait to be sent again")


async def _status(settings: Settings) -> tuple[OutboundStanding, str, list[tuple[str, str, str]]]:
    async with open_centre(settings) as centre:
        standing = await outbound_standing(centre.database)
        async with centre.database.read() as snapshot:
            refused = await snapshot.fetch(
                "SELECT message_key, event, reason FROM outbound WHERE state = 'refused' ORDER BY position LIMIT 20"
            )
        public = outbound_key(centre.secrets).public_key()
        told = f"{key_id(public)} {to_base64url(public.public_bytes_raw())}"
        return standing, told, [(row[0], row[1], row[2]) for row in refused]


async def _retry(settings: Settings, key: str) -> int:
    async with open_centre(settings) as centre, centre.database.write() as tx:
        return await wait_again(tx, key)
