"""`bangban demo`: the main job from an empty folder to a report, a week at the desks, and a centre to look around in.

Laws: everything lies in ./var/demo, which is made anew each time; nothing is asked and nothing else is touched. The
helpers come back on the first of five working days that are over, by a clock that is behind, so that the centre that
stays up lives by the machine's.
"""

from __future__ import annotations

import asyncio
import shutil
import signal
import socket
import sys
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import Annotated

import typer
import uvloop
from rich.console import Console

from fixtures.fleet.cast import Cast, Fate, Handset
from fixtures.fleet.centre import ServerProcess, activation_codes
from fixtures.fleet.report import Report, show
from fixtures.fleet.run import DEVICES_FOLDER, run_fleet, running_server
from fixtures.fleet.week import Numbers, Week
from fixtures.story.clock import StoryClock, at_desk, week_before
from fixtures.story.hands import StoryBroke
from fixtures.story.report import show_story
from fixtures.story.week import Told, tell_story
from fixtures.world import Account, World
from server.actions.sign_in import give_sign_in
from server.centre import open_centre, open_writer, platform_of
from server.cli.centre import staff_door
from server.cli.demo_screen import KEYS, ROLE_WORDS, Guest, Screen
from server.cli.fleet import Bars, load
from server.clock import EarlierClock, MachineClock
from server.domain.people.roles import Role
from server.settings import Settings

FOLDER = Path("var/demo")
LIGHT_WEEK = Numbers(devices=997, colleagues=300, filings=10, claims=5, photos=1, seed=7)
SMALL_WEEK = Numbers(devices=15, colleagues=6, filings=10, claims=5, photos=1, seed=7, small=True)
PORT = 8470


def demo(
    once: Annotated[bool, typer.Option("--once", help="End after the report.")] = False,
    small: Annotated[bool, typer.Option("--small", help="In the small world, in a few seconds.")] = False,
    folder: Annotated[Path, typer.Option("--folder", help="Emptied first.")] = FOLDER,
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="Another free one when it is taken.")] = PORT,
) -> None:
    """Load the Xuancheng world, let 997 devices and 300 colleagues work offline, merge, report, let a week pass at the
    desks, and stay up.
    """
    console = Console()
    numbers = SMALL_WEEK if small else LIGHT_WEEK
    _empty(folder)
    raise typer.Exit(uvloop.run(_run(numbers, demo_settings(folder, free_port(port)), console, once=once)))


def demo_settings(folder: Path, port: int = 0) -> Settings:
    """Everything in this folder, whatever a file or the environment say."""
    return Settings(
        data_folder=folder,
        database=f"sqlite:///{folder}/bangban.db",
        master_secret_file=folder / "keys" / "master",
        blobs=f"file://{folder.absolute()}/blobs",
        backup_folder=folder / "backups",
        port=port,
    )


def free_port(port: int) -> int:
    """The port, or 0, which takes any free one: a first try must not fail because something else listens there."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return 0
    return port


def _empty(folder: Path) -> None:
    """Only what a demo made is deleted: its mark says so."""
    mark = folder / ".bangban-demo"
    if folder.exists() and any(folder.iterdir()) and not mark.exists():
        raise typer.BadParameter(f"{folder} holds something that no demo made", param_hint="--folder")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    mark.touch()


async def _run(numbers: Numbers, settings: Settings, console: Console, *, once: bool) -> int:
    week = Week(numbers)
    try:
        report, told = await fill(week, settings, console)
    except StoryBroke as broke:
        console.print(f"[red]窗口一周没有走完。 The week at the desks broke off: {broke}[/]", soft_wrap=True)
        return 1
    if not once:
        async with running_server(settings) as server:
            await _stay_up(week, told, settings, server, console)
    return report.exit_code


async def fill(week: Week, settings: Settings, console: Console) -> tuple[Report, Told]:
    """World, fleet and week at the desks into an empty centre that nobody else runs. Raises StoryBroke."""
    now = MachineClock().wall_ms()
    days = week_before(now)
    behind_ms = now - at_desk(days[0])
    clock = EarlierClock(behind_ms)
    with Bars(console) as bars:
        await load(week.world, settings, bars, clock=clock)
    async with running_server(settings, clock_behind_ms=behind_ms) as server:
        with Bars(console) as bars:
            report = await run_fleet(week.numbers, settings, server, bars, clock=clock)
    shutil.rmtree(settings.data_folder / DEVICES_FOLDER, ignore_errors=True)
    show(report, console)
    _say_how_it_went(report, console)
    with Bars(console) as bars:
        told = await _tell(week, settings, days, bars)
    show_story(told, console)
    return report, told


async def _tell(week: Week, settings: Settings, days: Sequence[date], bars: Bars) -> Told:
    """The week at the desks, in this process: no server runs meanwhile."""
    clock = StoryClock(at_desk(days[0]))
    bars.begin("story", len(days))
    async with open_centre(settings, clock=clock) as centre, open_writer(centre, lambda buckets: None) as writer:
        return await tell_story(platform_of(centre, writer), week.world, days, clock, on_day=bars.at)


def _say_how_it_went(report: Report, console: Console) -> None:
    if report.findings.is_clean:
        console.print(
            "[green]没有丢失，没有重复，没有不一致。 Nothing lost, nothing duplicated, nothing diverged.[/]",
            soft_wrap=True,
        )
    else:
        console.print("[red]有问题，见上。 Something is wrong, see above.[/]")


async def _stay_up(week: Week, told: Told, settings: Settings, server: ServerProcess, console: Console) -> None:
    """Until Ctrl-C or SIGTERM. Enter shows the codes of that moment."""
    people, clock = _guests(week.cast), MachineClock()
    async with open_centre(settings) as centre:
        codes = await activation_codes(centre, [one.account.login for one in people])
        door = staff_door(centre)
        staff = [(_role(one), await give_sign_in(door, one.login, actor="demo")) for one in _at_the_console(week.world)]
    guests = [
        Guest(_role(one.account), one.account.name, one.account.login, codes[one.account.login]) for one in people
    ]
    screen = Screen(server.address, staff, guests, told.shown.receipt, told.shown.last4)

    def say(lines: Iterable[str]) -> None:
        console.print("\n".join(lines), soft_wrap=True, highlight=False, markup=False)

    def on_enter() -> None:
        sys.stdin.readline()
        say(screen.codes(clock.wall_ms() / 1000))

    say([*screen.lines(clock.wall_ms() / 1000), "", *KEYS])
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, ended.set)
    if sys.stdin is not None and sys.stdin.isatty():
        loop.add_reader(sys.stdin.fileno(), on_enter)
    await ended.wait()


def _role(account: Account) -> Role:
    return Role(account.role.value)


def _at_the_console(world: World) -> list[Account]:
    """One of each who works at the console alone; the clerk and the county's supervisor of one county."""
    with_phones = (Role.HELPER, Role.TOWN_LEAD, Role.CLAIM_WORKER)
    roles = [role for role in ROLE_WORDS if role not in with_phones]
    county = next(one.site for one in world.accounts if _role(one) is Role.COUNTY_SUPERVISOR)
    near = [one for one in world.accounts if one.site == county]
    return [next(one for one in (*near, *world.accounts) if _role(one) is role) for role in roles]


def _guests(cast: Cast) -> list[Handset]:
    """A village's helper, its town lead and a claim worker."""
    plain = [one for one in cast.devices if one.fate is Fate.PLAIN]
    return [
        next(one for one in plain if _role(one.account) is Role.HELPER and one.account.scope_places),
        next(one for one in plain if _role(one.account) is Role.TOWN_LEAD),
        next(one for one in plain if _role(one.account) is Role.CLAIM_WORKER),
    ]
