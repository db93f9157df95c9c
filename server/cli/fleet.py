"""`bangban fleet`: the main job on a fresh centre, with as many devices as one wants, and its report."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer
import uvloop
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from fixtures.fleet import run as fleet_run
from fixtures.fleet.browsers import BrowsersMissing, check_ready
from fixtures.fleet.report import Report, show
from fixtures.fleet.run import run_fleet, running_server
from fixtures.fleet.week import RESIDENTS, Numbers, Week
from fixtures.world import Size, World, build_world
from server.actions.load_world import load_world
from server.centre import open_centre
from server.cli.centre import DatabaseOption, settings_with
from server.cli.world import content_of, records_in
from server.merge_policies.judging import china_day
from server.settings import Settings
from sync.core.clock import Clock

PHASES = {
    "world": ("载入数据", "load the world"),
    "enrol": ("设备注册与首次同步", "enrol, first sync"),
    "capture": ("离线一周", "a week offline"),
    "meanwhile": ("期间变化", "meanwhile at the centre"),
    "return": ("恢复连接", "the connection comes back"),
    "read back": ("再次读取", "read what others brought"),
    "compare": ("核对", "compare"),
    "story": ("窗口一周", "a week at the desks"),
}


def fleet(
    devices: Annotated[int, typer.Option("--devices", min=1, max=997, help="Helpers' devices.")] = 997,
    colleagues: Annotated[int, typer.Option("--colleagues", min=0, max=1000, help="Claim workers beside them.")] = 300,
    filings: Annotated[int, typer.Option("--filings", min=0, max=500, help="Of each helper's device.")] = 50,
    claims: Annotated[int, typer.Option("--claims", min=0, max=45, help="Of each device.")] = 20,
    photos: Annotated[int, typer.Option("--photos", min=0, max=50, help="Of each helper's device.")] = 1,
    seed: Annotated[int, typer.Option("--seed", help="Equal seeds make equal weeks.")] = 7,
    small: Annotated[bool, typer.Option("--small", help="In the small world: at most 15 devices.")] = False,
    database: DatabaseOption = None,
    workers: Annotated[int, typer.Option("--workers", min=1, max=16, help="Server processes; more: PostgreSQL.")] = 1,
    browsers: Annotated[int, typer.Option("--browsers", min=0, max=100, help="Real Chromium pages among them.")] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="The figures, and nothing else.")] = False,
) -> None:
    """Let many devices work offline for a week, come back over a bad line, and prove that nothing is lost."""
    numbers = Numbers(
        devices=devices,
        colleagues=colleagues,
        filings=filings,
        claims=claims,
        photos=photos,
        seed=seed,
        small=small,
        browsers=browsers,
    )
    console = Console(stderr=as_json)
    try:
        check_ready(Week(numbers))
    except BrowsersMissing as missing:
        raise typer.BadParameter(str(missing), param_hint="--browsers") from None
    with _own_folder() as folder:
        settings = replace(settings_with(database, folder), workers=workers, port=0)
        report = uvloop.run(_run(numbers, settings, console))
    if as_json:
        print(report.figures.as_json())
    else:
        show(report, console)
    raise typer.Exit(report.exit_code)


@contextmanager
def _own_folder() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="bangban-fleet-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


async def _run(numbers: Numbers, settings: Settings, console: Console) -> Report:
    with Bars(console) as bars:
        await load(build_world(numbers.seed, Size.SMALL if numbers.small else Size.FULL), settings, bars)
        async with running_server(settings) as server:
            return await run_fleet(numbers, settings, server, bars)


async def load(world: World, settings: Settings, progress: fleet_run.Progress, *, clock: Clock | None = None) -> None:
    """The world into an empty centre, now or by another clock than the machine's."""
    progress.begin("world", records_in(world, RESIDENTS))
    async with open_centre(settings, new=True, clock=clock) as centre:
        await load_world(
            centre.database,
            content_of(world, RESIDENTS, on=china_day(centre.clock.wall_ms())),
            policies=centre.policies,
            sealing=centre.sealing,
            now_ms=centre.clock.wall_ms(),
            randomness=centre.randomness,
            on_progress=progress.at,
        )


class Bars:
    """One progress bar a phase. Implements `fixtures.fleet.run.Progress`."""

    def __init__(self, console: Console) -> None:
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        self._bars = Progress(*columns, console=console)
        self._task: TaskID | None = None
        self._total = 0

    def __enter__(self) -> Bars:
        self._bars.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._finish()
        self._bars.stop()

    def begin(self, phase: str, total: int) -> None:
        self._finish()
        zh, en = PHASES[phase]
        self._task, self._total = self._bars.add_task(f"{zh} {en}", total=total), total

    def at(self, done: int) -> None:
        if self._task is not None:
            self._bars.update(self._task, completed=done)

    def _finish(self) -> None:
        if self._task is not None:
            self._bars.update(self._task, completed=self._total)
            self._bars.stop_task(self._task)
