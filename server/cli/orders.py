"""`bangban orders`: the supervision orders (督办单) of red lights in an account's scope: list, answer, check, print.

Laws: the schedule issues them, once for each red light; nobody does by hand. What is answered or checked here is done
in the place of an account, by an operator with a reason, and under the same rules as at a desk.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from server.actions.act_for import act_for
from server.actions.list_followup import WaitingRow, list_tasks
from server.actions.print_order import order_sheet
from server.actions.refusals import NotFound
from server.actions.take_step import Taken, read_record
from server.centre import open_centre, open_writer, platform_of
from server.cli.acting import AsOption, InPlaceOf, OperatorOption, ReasonOption, account_named
from server.cli.centre import DatabaseOption, DataOption, JsonOption, fail, run, settings_with
from server.cli.watching_tables import show
from server.domain.supervision.orders import is_order
from server.domain.supervision.tasks import FINDINGS
from server.settings import Settings
from sync.core.chain import encode_hash
from sync.core.changes import Base

ROWS = (
    ("due", "期限 answer by"),
    ("state", "状态 state"),
    ("place", "区划 place"),
    ("holder", "承办 holder"),
    ("text", "内容 text"),
    ("id", "编号 id"),
)
app = typer.Typer(no_args_is_help=True, help="Supervision orders: list, answer, check, print.")
OrderArgument = Annotated[str, typer.Argument(help="Its id, as `orders list` tells it.")]


@app.command("list")
def list_(
    login: AsOption, database: DatabaseOption = None, data: DataOption = None, as_json: JsonOption = False
) -> None:
    """Those that are not closed, the first to fall due first."""
    show(run(_list(settings_with(database, data), login)), ROWS, as_json=as_json)


@app.command()
def answer(
    order: OrderArgument,
    login: AsOption,
    operator: OperatorOption,
    reason: ReasonOption,
    said: Annotated[str, typer.Option("--text", help="Why it came to this, and what was done; nobody's name.")],
    database: DatabaseOption = None,
    data: DataOption = None,
) -> None:
    """Answer it, and with it its light."""
    who, fields = InPlaceOf(login, operator, reason), {"explanation": said}
    _tell(run(_step(settings_with(database, data), who, order, "task.explain", fields)))


@app.command()
def check(
    order: OrderArgument,
    login: AsOption,
    operator: OperatorOption,
    reason: ReasonOption,
    finding: Annotated[str, typer.Option("--finding", help=f"One of {', '.join(sorted(FINDINGS))}.")],
    note: Annotated[str, typer.Option("--note", help="In words.")] = "",
    database: DatabaseOption = None,
    data: DataOption = None,
) -> None:
    """Check what was answered and close it: a supervisor's, never of who answered."""
    fields = {"finding": finding, **({"finding_note": note} if note else {})}
    _tell(run(_step(settings_with(database, data), InPlaceOf(login, operator, reason), order, "task.close", fields)))


@app.command("print")
def print_(
    order: OrderArgument,
    login: AsOption,
    to: Annotated[Path, typer.Option("--to", help="A file that ends in .pdf.")],
    reason: Annotated[str, typer.Option("--reason", help="Why; kept in the read log.")] = "打印督办单",
    database: DatabaseOption = None,
    data: DataOption = None,
) -> None:
    """Write it out as a sheet to sign."""
    if to.suffix != ".pdf":
        fail(f"{to} should end in .pdf")
    to.write_bytes(run(_print(settings_with(database, data), login, order, reason)))
    print(to)


async def _list(settings: Settings, login: str) -> list[WaitingRow]:
    async with open_centre(settings) as centre, open_writer(centre, lambda buckets: None) as writer:
        platform = platform_of(centre, writer)
        return await list_tasks(platform, await account_named(platform, login), limit=200, orders=True)


async def _print(settings: Settings, login: str, order: str, reason: str) -> bytes:
    async with open_centre(settings) as centre, open_writer(centre, lambda buckets: None) as writer:
        platform = platform_of(centre, writer)
        return await order_sheet(platform, await account_named(platform, login), order, reason)


async def _step(settings: Settings, who: InPlaceOf, order: str, name: str, fields: dict[str, Any]) -> Taken:
    async with open_centre(settings) as centre, open_writer(centre, lambda buckets: None) as writer:
        platform = platform_of(centre, writer)
        account, operator = await account_named(platform, who.login), await account_named(platform, who.operator)
        standing = await read_record(platform, "task", order)
        if standing is None or not is_order(standing.fields):
            raise NotFound(f"no order {order}")
        async with platform.store.read() as unit:
            epoch = (await unit.centre()).epoch
        seen = Base(epoch=epoch, rev=standing.rev, hash=encode_hash(standing.hash))
        return await act_for(
            *(platform, operator, account),
            reason=who.reason,
            kind="task",
            record=order,
            name=name,
            fields=fields,
            seen=seen,
        )


def _tell(taken: Taken) -> None:
    outcome = taken.outcome
    if not outcome.code.has_effect:
        fail("; ".join(f"{one['zh']} / {one['en']}" for one in outcome.detail.get("problems", [])) or outcome.reason)
    print(f"{outcome.code.value}: order {outcome.record}")
