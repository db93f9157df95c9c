"""`bangban bench`: measures the centre's speed in one run, as ratios, beside the targets."""

from __future__ import annotations

import asyncio
import json
import shutil
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from fixtures.bench.desk_work import with_desk_work
from fixtures.bench.many_cases import with_cases
from fixtures.bench.measures import MEASURES, PEAK_MONTH, QUICK, Bench, Scale
from fixtures.bench.on_postgres import DESKS, WORKERS, measure_desks_on_postgres, measure_on_postgres
from fixtures.bench.site import prepare, settings_in
from fixtures.bench.targets import Figures, table_of
from fixtures.world import Size, build_world
from server.actions.load_world import NewRecord, WorldContent
from server.cli.centre import fail
from server.cli.world import DEFAULT_SEED, content_of

POSTGRES = "postgres"
RESIDENTS = 30


def bench(
    as_json: Annotated[bool, typer.Option("--json", help="Figures under stable keys.")] = False,
    only: Annotated[list[str] | None, typer.Option("--only", help="Only this measurement; may be repeated.")] = None,
    quick: Annotated[bool, typer.Option("--quick", help="Fewer devices and filings; the figures say so.")] = False,
    cases: Annotated[
        int, typer.Option("--cases", min=0, help="Cases that are in the centre before anything is measured.")
    ] = 0,
    residents: Annotated[
        int, typer.Option("--residents", min=1, max=1000, help="Residents of each village; 174 make 150,000.")
    ] = RESIDENTS,
    seed: Annotated[int, typer.Option("--seed")] = DEFAULT_SEED,
) -> None:
    """Measure speed as ratios inside one run: everything against what the same disk and processor do by themselves."""
    wanted = only or [*MEASURES, POSTGRES]
    unknown = sorted(set(wanted) - {*MEASURES, POSTGRES})
    if unknown:
        fail(f"no measurement {', '.join(unknown)}: there are {', '.join([*MEASURES, POSTGRES])}")
    scale = replace(QUICK if quick else Scale(), cases=cases)
    console = Console(stderr=True)
    with tempfile.TemporaryDirectory(prefix="bangban-bench-") as folder:
        sections = asyncio.run(_measure(Path(folder), wanted, scale, _Worlds(seed, residents), console))
    if quick:
        told: Figures = {"quick": f"scaled down: {scale.devices} devices, {scale.month} of {PEAK_MONTH} filings"}
        sections.insert(0, ("scale", told))
    if as_json:
        print(json.dumps({key: value for _, figures in sections for key, value in figures.items()}))
    else:
        Console().print(table_of(sections))


@dataclass(frozen=True)
class _Worlds:
    """A world's records are made on demand, so each loading takes a world of its own."""

    seed: int
    residents: int

    def whole(self) -> WorldContent:
        return content_of(build_world(self.seed, Size.FULL), self.residents)

    def full_centre(self, cases: int) -> WorldContent:
        """With what lies on its desks."""
        now = time.time_ns() // 1_000_000
        return with_desk_work(with_cases(self.whole(), cases, now_ms=now) if cases else self.whole(), now_ms=now)


async def _measure(
    folder: Path, wanted: list[str], scale: Scale, worlds: _Worlds, console: Console
) -> list[tuple[str, Figures]]:
    console.print("preparing the world …")
    on_files = [name for name in wanted if name != POSTGRES]
    desks = frozenset(wanted) & DESKS.keys()
    sections: list[tuple[str, Figures]] = []
    if on_files:
        base = folder / "base"
        base.mkdir()
        if desks == frozenset(wanted):
            content = worlds.full_centre(scale.cases)
        else:
            content = worlds.whole() if {"memory", *desks} & {*wanted} else without_unit_items(worlds.whole())
            now = time.time_ns() // 1_000_000
            content = with_cases(content, scale.cases, now_ms=now) if scale.cases else content
        bench = Bench(await prepare(settings_in(base), content, devices=scale.devices), folder, scale)
        for name in on_files:
            console.print(f"measuring {name} …")
            sections.append((name, await MEASURES[name](bench)))
        shutil.rmtree(base)
    if desks and desks == frozenset(wanted):
        console.print("measuring desks on PostgreSQL …")
        sections += await measure_desks_on_postgres(folder, worlds.full_centre(scale.cases), scale, desks)
    if POSTGRES in wanted:
        for workers in WORKERS:
            console.print(f"measuring PostgreSQL with {workers} …")
            fresh = without_unit_items(worlds.whole())
            figures = await measure_on_postgres(folder, fresh, scale, workers)
            sections.append((f"PostgreSQL, {workers} workers", figures))
    return sections


def without_unit_items(content: WorldContent) -> WorldContent:
    """What a village or town reads; the county units' 43,465 items only take up room."""

    def kept() -> Iterator[NewRecord]:
        return (one for one in content.records if not (one.kind == "item" and "unit" in one.fields))

    return replace(content, records=kept())
