"""`bangban campaign`: rounds of claiming. Open one with its frozen list, see how far it is, look back, close it.

Law: the operator acts in the centre's own name, and the read log keeps who it was and why; who reviews lists does so at
a desk.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Annotated, Any, TypeVar

import msgspec
import typer
from rich.table import Table

from server.actions.centre_writes import standing_of
from server.actions.draw_look_back import draw_look_back
from server.actions.hand_over_work import hand_over_work
from server.actions.list_claims import CampaignRow, list_campaigns
from server.actions.open_campaign import open_campaign
from server.actions.platform import Platform
from server.actions.report_progress import ProgressReport, report_progress
from server.actions.take_snapshots import read_days, take_snapshots
from server.actions.take_step import take_step
from server.centre import open_centre, open_writer, platform_of
from server.cli.acting import OperatorOption, ReasonOption, answered_for
from server.cli.centre import DatabaseOption, DataOption, JsonOption, fail, run, settings_with
from server.cli.terminal import terminal
from server.domain.catalogue.progress import By, Progress
from server.settings import Settings
from server.storage.people import accounts_by_login
from server.write import Written
from sync.core.ids import timed_id

T = TypeVar("T")
WIDTH_MIN = 130
# column of Progress → its title
TITLES = {
    "asked": "应认领\nasked",
    "claimed": "已认领\nclaimed",
    "declined": "不认领\ndeclined",
    "filling": "编制中\nfilling",
    "in_review": "审核中\nin review",
    "returned": "退回\nreturned",
    "published": "已发布\npublished",
    "overdue": "逾期\noverdue",
    "returns": "退回次数\nreturns",
}
app = typer.Typer(
    add_completion=False, no_args_is_help=True, help="Rounds of claiming: open, follow, look back, close."
)
RoundOption = Annotated[str, typer.Argument(help="The round's id, or its number; the latest without it.")]


@app.command("open")
def open_command(
    name: Annotated[str, typer.Option("--name", help="第四轮实施清单认领")],
    number: Annotated[int, typer.Option("--round", help="1, 2, 3 ...")],
    start: Annotated[str, typer.Option("--start", help="First day, 2026-12-01.")],
    end: Annotated[str, typer.Option("--end", help="Last day.")],
    operator: OperatorOption,
    reason: ReasonOption,
    catalogue: Annotated[str, typer.Option("--catalogue", help="Whose round: all:<6 digits>.")] = "all:341800",
    place: Annotated[list[str] | None, typer.Option("--place", help="Only below this place; repeatable.")] = None,
    unit: Annotated[list[str] | None, typer.Option("--unit", help="Only this unit; repeatable.")] = None,
    level: Annotated[list[str] | None, typer.Option("--level", help="4 county, 5 town, 6 village.")] = None,
    code: Annotated[list[str] | None, typer.Option("--code", help="Only this base item; repeatable.")] = None,
    exclusive: Annotated[bool, typer.Option("--exclusive", help="One unit of a place implements an item.")] = False,
    database: DatabaseOption = None,
    data: DataOption = None,
) -> None:
    """Open a round: the base items and what is asked of each unit are frozen with a hash."""
    scope = {"places": place or [], "units": unit or [], "levels": level or [], "codes": code or []}
    fields: dict[str, Any] = {"name": name, "round": number, "start": start, "end": end, "catalogue": catalogue}
    fields |= {"exclusive": exclusive, "scope": {key: values for key, values in scope.items() if values}}

    async def work(platform: Platform) -> None:
        campaign = timed_id(platform.clock.wall_ms(), platform.randomness(10))
        centre = await answered_for(platform, operator, reason, kind="campaign", record=campaign, what="campaign.open")
        opened = await open_campaign(platform, centre, campaign, fields, is_centre=True)
        _refused(opened.written)
        print(f"{campaign}\t{opened.units} units\t{opened.base_codes} base items\t{opened.asked} claims asked")

    _on_platform(settings_with(database, data), work)


@app.command("progress")
def progress_command(
    campaign: RoundOption = "",
    by: Annotated[By, typer.Option("--by", help="A row for each county, town, village or unit.")] = By.COUNTY,
    days: Annotated[bool, typer.Option("--days", help="A row for each day that was kept.")] = False,
    database: DatabaseOption = None,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """How far a round is: by area in the order of codes, never by person."""

    async def work(platform: Platform) -> ProgressReport:
        ident = await _find(platform, campaign)
        told = await report_progress(platform, ident, by=by)
        if not days:
            return told
        kept = await read_days(platform, ident, list((await platform.directory()).places))
        return replace(told, rows=kept)

    told = _on_platform(settings_with(database, data), work)
    if as_json:
        rows = [{"area": area, "name": told.names.get(area, area), **_numbers(row)} for area, row in told.rows.items()]
        whole = {"campaign": told.campaign, "name": told.name, "state": told.state, "day": told.day, "rows": rows}
        print(msgspec.json.encode({**whole, "all": _numbers(told.all)}).decode())
        return
    _show(told)


@app.command("sample")
def sample_command(
    operator: OperatorOption,
    reason: ReasonOption,
    campaign: RoundOption = "",
    seed: Annotated[str, typer.Option("--seed", help="Kept with the draw, so that it can be repeated.")] = "",
    database: DatabaseOption = None,
    data: DataOption = None,
) -> None:
    """Draw the look-back: a tenth of every unit's published lists, and all with a complaint."""

    async def work(platform: Platform) -> None:
        ident = await _find(platform, campaign)
        await answered_for(platform, operator, reason, kind="campaign", record=ident, what="look_back.draw")
        drawn, made = await draw_look_back(platform, None, ident, seed or ident)
        print(f"{len(drawn)} drawn with the seed “{seed or ident}”, {made} of them now")

    _on_platform(settings_with(database, data), work)


@app.command("close")
def close_command(
    operator: OperatorOption,
    reason: ReasonOption,
    campaign: RoundOption = "",
    why: Annotated[str, typer.Option("--why", help="What the round came to, in words.")] = "",
    database: DatabaseOption = None,
    data: DataOption = None,
) -> None:
    """Close a round: no new claims. Work in hand goes on to its publication."""

    async def work(platform: Platform) -> None:
        ident = await _find(platform, campaign)
        centre = await answered_for(platform, operator, reason, kind="campaign", record=ident, what="campaign.close")
        async with platform.database.read() as snapshot:
            seen, _ = (await standing_of(snapshot, platform, "campaign", [ident]))[ident]
        taken = await take_step(
            platform,
            centre,
            kind="campaign",
            record=ident,
            name="campaign.close",
            fields={"closed_why": why} if why else {},
            seen=seen,
        )
        if not taken.outcome.code.has_effect:
            fail(f"the round was not closed: {taken.outcome.reason}")
        print(f"{ident} closed")

    _on_platform(settings_with(database, data), work)


@app.command("snapshot")
def snapshot_command(database: DatabaseOption = None, data: DataOption = None) -> None:
    """Keep today's progress of every open round now; the schedule does it by itself, once a day."""

    async def work(platform: Platform) -> None:
        print(f"{await take_snapshots(platform)} kept")

    _on_platform(settings_with(database, data), work)


@app.command("hand-over")
def hand_over_command(
    giver: Annotated[str, typer.Argument(help="The login of who changes post.")],
    taker: Annotated[str, typer.Argument(help="The login of the colleague.")],
    operator: OperatorOption,
    reason: ReasonOption,
    database: DatabaseOption = None,
    data: DataOption = None,
) -> None:
    """Hand a person's claims and leases over to a colleague of the same unit."""

    async def work(platform: Platform) -> None:
        async with platform.database.read() as snapshot:
            found = await accounts_by_login(snapshot, [giver, taker])
        missing = [login for login in (giver, taker) if login not in found]
        if missing:
            fail(f"there is no account {missing[0]}")
        what = f"hand-over {giver} → {taker}"
        await answered_for(platform, operator, reason, kind="claim", record=found[giver].id, what=what)
        done = await hand_over_work(platform, None, found[giver].id, found[taker].id)
        print(f"{done['claim']} claims and {done['lease']} leases handed over")

    _on_platform(settings_with(database, data), work)


def _on_platform(settings: Settings, work: Callable[[Platform], Awaitable[T]]) -> T:
    async def opened() -> T:
        async with open_centre(settings) as centre, open_writer(centre, lambda _buckets: None) as writer:
            return await work(platform_of(centre, writer))

    return run(opened())


async def _find(platform: Platform, said: str) -> str:
    rows = await list_campaigns(platform)
    found = [row for row in rows if said in ("", row.id, str(row.round))]
    if not found:
        fail(f"there is no round {said}: {_rounds(rows)}")
    return found[0].id


def _rounds(rows: list[CampaignRow]) -> str:
    return ", ".join(f"{row.round} {row.name}" for row in rows) or "none was opened"


def _refused(written: Written) -> None:
    for outcome in written.outcomes:
        if not outcome.code.has_effect:
            problems = outcome.detail.get("problems")
            fail(f"the round was not opened: {outcome.reason} {problems or ''}")


def _numbers(row: Progress) -> dict[str, int]:
    return dict(zip(TITLES, row.numbers, strict=True))


def _show(told: ProgressReport) -> None:
    console = terminal()
    console.width = max(console.width, WIDTH_MIN)
    table = Table("区划\narea", "名称\nname", *TITLES.values(), title=f"{told.name} {told.state} {told.day}")
    for area, row in told.rows.items():
        table.add_row(area, told.names.get(area, ""), *map(str, row.numbers))
    table.add_row("", "合计 all", *map(str, told.all.numbers), style="bold")
    console.print(table)
