"""`bangban bulletin`: the daily brief and the monthly bulletin. Build, freeze, correct, verify and export them.

Law: outcomes over areas and units, never over a person; a village's figures go to its town and to no list.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated, TypeVar

import typer

from server.actions.build_bulletin import (
    PeriodInvalid,
    build_bulletin,
    read_bulletin,
    verify_bulletin,
)
from server.actions.export_bulletin import WRITERS, sheets_of, title_of
from server.actions.freeze_bulletin import BulletinMoved, BulletinUnfounded, freeze_bulletin
from server.actions.object_to_bulletin import object_to_bulletin
from server.actions.platform import Platform
from server.actions.take_step import Taken
from server.centre import open_centre, open_writer, platform_of
from server.cli.acting import AsOption, InPlaceOf, OperatorOption, ReasonOption, answered_for, vouched
from server.cli.centre import DatabaseOption, DataOption, fail, run, settings_with
from server.domain.record_fields import text
from server.settings import Settings
from sync.central.known import Record

T = TypeVar("T")
app = typer.Typer(add_completion=False, no_args_is_help=True, help="The daily brief and the monthly bulletin.")
PeriodArgument = Annotated[str, typer.Argument(help="A month like 2026-11, or a day like 2026-11-22.")]


@app.command("build")
def build_command(period: PeriodArgument, database: DatabaseOption = None, data: DataOption = None) -> None:
    """Draft the period's bulletin from the data, anew each time until it is frozen."""
    _tell(_on_platform(settings_with(database, data), lambda platform: build_bulletin(platform, period)))


@app.command("freeze")
def freeze_command(
    period: PeriodArgument,
    operator: OperatorOption,
    reason: ReasonOption,
    database: DatabaseOption = None,
    data: DataOption = None,
) -> None:
    """Freeze the draft with the data that made it. From then on it is only corrected."""

    async def work(platform: Platform) -> Record:
        await answered_for(platform, operator, reason, kind="bulletin", record=period, what="bulletin.freeze")
        return await freeze_bulletin(platform, period)

    try:
        _tell(_on_platform(settings_with(database, data), work))
    except BulletinMoved:
        fail("somebody has just built or frozen it: look at it again")
    except BulletinUnfounded as unfounded:
        fail(f"it does not follow from its own rows ({unfounded}): build it anew", 2)


@app.command("correct")
def correct_command(
    period: PeriodArgument,
    why: Annotated[str, typer.Option("--why", help="What was wrong; printed on the new edition.")],
    operator: OperatorOption,
    database: DatabaseOption = None,
    data: DataOption = None,
) -> None:
    """Draft the next edition of a frozen bulletin; the one before says that it was corrected."""

    async def work(platform: Platform) -> Record:
        await answered_for(platform, operator, why, kind="bulletin", record=period, what="bulletin.correct")
        return await build_bulletin(platform, period, why=why)

    _tell(_on_platform(settings_with(database, data), work))


@app.command("object")
def object_command(
    period: PeriodArgument,
    login: AsOption,
    operator: OperatorOption,
    reason: ReasonOption,
    place: Annotated[str, typer.Option("--place", help="The area for which it is said, 12 digits.")],
    said: Annotated[str, typer.Option("--text", help="What is wrong, without anybody's name.")],
    database: DatabaseOption = None,
    data: DataOption = None,
) -> None:
    """An office objects: a task for the city's desk, until three working days after the bulletin was frozen."""

    async def objecting(platform: Platform) -> Taken:
        who = InPlaceOf(login, operator, reason)
        account, acts = await vouched(platform, who, kind="bulletin", record=period, what="task.open")
        return await object_to_bulletin(platform, account, period, place, said, operator=acts)

    outcome = _on_platform(settings_with(database, data), objecting).outcome
    if not outcome.code.has_effect:
        fail("; ".join(f"{one['zh']} / {one['en']}" for one in outcome.detail.get("problems", [])) or outcome.reason)
    print(f"{outcome.code.value}: task {outcome.record}")


@app.command("verify")
def verify_command(period: PeriodArgument, database: DatabaseOption = None, data: DataOption = None) -> None:
    """Find every number again: in the frozen rows, and by counting the cases once more."""
    found = _on_platform(settings_with(database, data), lambda platform: verify_bulletin(platform, period))
    if found.unfounded:
        fail(f"edition {found.edition} does not follow from its rows: {', '.join(found.unfounded)}", 2)
    print(f"edition {found.edition}: everything follows from its rows")
    if found.recounted:
        print(f"the cases give other rows by now ({', '.join(found.recounted)}): correct it if that matters")
    else:
        print("the cases give the same rows")


@app.command("export")
def export_command(
    period: PeriodArgument,
    to: Annotated[Path, typer.Option("--to", help="A file that ends in .xlsx, .pdf or .html.")],
    place: Annotated[str, typer.Option("--place", help="A town, for its own villages.")] = "",
    edition: Annotated[int, typer.Option("--edition", min=0, help="The latest without it.")] = 0,
    database: DatabaseOption = None,
    data: DataOption = None,
) -> None:
    """Write it out as a spreadsheet, a PDF or a page."""
    if to.suffix not in WRITERS:
        fail(f"{to} should end in one of {', '.join(WRITERS)}")
    found = _on_platform(
        settings_with(database, data), lambda platform: read_bulletin(platform, period, place=place, edition=edition)
    )
    if found is None:
        fail(f"there is no bulletin of {period}: build it first")
    WRITERS[to.suffix](found.fields, to)
    print(f"{title_of(found.fields)} in {to}")


def _tell(record: Record) -> None:
    sheets = sheets_of(record.fields)
    rows = ", ".join(f"{len(sheet.rows)} {sheet.title}" for sheet in sheets)
    print(f"{title_of(record.fields)}: {rows}; {text(record.fields, 'data_hash')[:16]}")


def _on_platform(settings: Settings, work: Callable[[Platform], Awaitable[T]]) -> T:
    async def opened() -> T:
        async with open_centre(settings) as centre, open_writer(centre, lambda _buckets: None) as writer:
            return await work(platform_of(centre, writer))

    return run(opened(), PeriodInvalid)
