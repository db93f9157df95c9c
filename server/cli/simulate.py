"""`bangban simulate`: searches simulated worlds for faults, seed by seed, and says how to play a failing one again.

Laws: it exits with 1 when an oracle spoke, so also when a planted bug was found; 0 when all was well. With --json,
standard output holds one line and nothing else.
"""

from __future__ import annotations

import json
import time
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from fixtures.simulation.oracles import ORACLES
from fixtures.simulation.plants import PLANTS
from fixtures.simulation.report import Report, broken_by, scenarios_from
from fixtures.simulation.report import simulate as play
from fixtures.simulation.run import Broken, Result, Scenario, parse_scenario
from fixtures.simulation.shrink import shrink

PLANT_SEEDS = 500
SEEDS = 100
SHRINK_RUNS = 40

SeedsOption = Annotated[int | None, typer.Option("--seeds", min=1, help="How many runs.")]
FromOption = Annotated[int, typer.Option("--from", min=0, help="The first seed.")]
JsonOption = Annotated[bool, typer.Option("--json", help="One line of JSON for programs.")]
PlantOption = Annotated[str, typer.Option("--plant", help="Build in a known bug; “list” names them.")]
ReplayOption = Annotated[str, typer.Option("--replay", help="Play one scenario again, as it was printed.")]
ShrinkOption = Annotated[bool, typer.Option("--shrink/--no-shrink", help="Make a failing run small first.")]


def simulate(
    seeds: SeedsOption = None,
    first: FromOption = 1,
    as_json: JsonOption = False,
    plant: PlantOption = "",
    replay: ReplayOption = "",
    shrinking: ShrinkOption = True,
) -> None:
    """Search for faults in simulated worlds, by seed."""
    if plant == "list":
        typer.echo("\n".join(PLANTS))
        return
    console = Console(stderr=as_json)
    broken = _broken(plant, console)
    began = time.monotonic()
    if replay:
        report = play([_scenario(replay, console)], broken, stop=False)
    else:
        count = seeds or (PLANT_SEEDS if plant else SEEDS)
        report = play(scenarios_from(first, count), broken, lambda result: _tell(result, console), stop=bool(plant))
    seconds = time.monotonic() - began
    if as_json:
        typer.echo(json.dumps(report.as_json(seconds)))
    else:
        _print(report, seconds, console)
    if plant:
        _tell_of_plant(plant, report, console)
    for result in report.failed[:1]:
        _tell_how_to_replay(result, broken, plant, shrinking and not replay, console)
    raise typer.Exit(1 if report.violations else 0)


def _broken(plant: str, console: Console) -> Broken:
    try:
        return broken_by(plant)
    except KeyError:
        console.print(f"There is no plant “{plant}”; --plant list names them all.")
        raise typer.Exit(2) from None


def _scenario(text: str, console: Console) -> Scenario:
    try:
        return parse_scenario(text)
    except ValueError as error:
        console.print(f"That is no scenario: {error}")
        raise typer.Exit(2) from None


def _tell(result: Result, console: Console) -> None:
    if result.violations:
        said = result.violations[0]
        console.print(f"seed {result.scenario.seed}: {said.oracle}: {said.detail}", markup=False)


def _tell_of_plant(plant: str, report: Report, console: Console) -> None:
    if not report.failed:
        console.print(f"{plant} ({PLANTS[plant].says}) was not found in {report.seeds} seeds.", markup=False)
        return
    found = report.failed[0]
    console.print(
        f"{plant} ({PLANTS[plant].says}) was found by {found.violations[0].oracle} at seed {found.scenario.seed}.",
        markup=False,
        soft_wrap=True,
    )


def _tell_how_to_replay(result: Result, broken: Broken, plant: str, shrinking: bool, console: Console) -> None:
    said = result.violations[0]
    scenario = shrink(result.scenario, said.oracle, broken, SHRINK_RUNS) if shrinking else result.scenario
    planted = f" --plant {plant}" if plant else ""
    console.print(f"{said.oracle}: {ORACLES[said.oracle]}", markup=False)
    console.print("Play it again with:", markup=False)
    console.print(f"bangban simulate{planted} --replay {scenario.text()}", markup=False, soft_wrap=True)


def _print(report: Report, seconds: float, console: Console) -> None:
    years = f"{report.device_years:.2f} device-years"
    changes = f"{report.changes} changes ({report.changes_per_device_year:,.0f} a device-year)"
    console.print(f"{report.seeds} seeds in {seconds:.1f} s: {report.violations} violations; {years}, {changes}")
    table = Table("fault", "fired")
    for kind, times in sorted(report.faults.items()):
        table.add_row(kind, str(times))
    console.print(table)
