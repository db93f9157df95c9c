"""`bangban world`: loads the Xuancheng world into an empty centre, or sets its counts beside the published ones.

Owns how the world's plain values become the centre's rows and records. A standard item is held once, in the catalogue
of its level; a unit's own items travel with the unit; residents with their village.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import date
from itertools import groupby
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from fixtures.world import Account, Level, Resident, Size, World, build_world, describe
from fixtures.world.residents import RESIDENTS_DEFAULT
from server.actions.load_world import LoadReport, NewRecord, NotEmpty, WorldContent, load_world
from server.centre import open_centre
from server.cli.centre import DatabaseOption, DataOption, run, settings_with
from server.domain import places
from server.domain.catalogue.base_items import base_item_id
from server.domain.people.roles import Role, Scope
from server.merge_policies.judging import china_day
from server.settings import Settings
from server.storage.people import AccountRow
from server.storage.places import PlaceRow, UnitRow

DEFAULT_SEED = 7
CITY = "341800"
_LEVELS = {
    Level.CITY: places.Level.CITY,
    Level.COUNTY: places.Level.COUNTY,
    Level.TOWN: places.Level.TOWN,
    Level.VILLAGE: places.Level.VILLAGE,
}

app = typer.Typer(add_completion=False, no_args_is_help=True, help="Load or describe the Xuancheng world.")

SmallOption = Annotated[bool, typer.Option("--small", help="One county's corner: 5 villages.")]
SeedOption = Annotated[int, typer.Option("--seed", help="Equal seeds make equal worlds.")]
ResidentsOption = Annotated[int, typer.Option("--residents", min=0, max=1000, help="Residents of each village.")]


@app.command("load")
def load_command(
    small: SmallOption = False,
    seed: SeedOption = DEFAULT_SEED,
    residents: ResidentsOption = RESIDENTS_DEFAULT,
    database: DatabaseOption = None,
    data: DataOption = None,
) -> None:
    """Load the world into an empty database; a new one is made."""
    console = Console()
    began = time.monotonic()
    world = build_world(seed, Size.SMALL if small else Size.FULL)
    report = run(_load(settings_with(database, data), world, residents, console), NotEmpty)
    console.print(
        f"{report.places} places, {report.units} units, {report.accounts} accounts, {report.records} records "
        f"in {report.buckets} buckets, in {time.monotonic() - began:.1f} s"
    )


@app.command("describe")
def describe_command(small: SmallOption = False, seed: SeedOption = DEFAULT_SEED) -> None:
    """The world's counts beside the published figures."""
    table = Table("count", "ours", "published")
    for row in describe(build_world(seed, Size.SMALL if small else Size.FULL)):
        table.add_row(*row)
    Console().print(table)


async def _load(settings: Settings, world: World, residents: int, console: Console) -> LoadReport:
    total = records_in(world, residents)
    columns = (TextColumn("loading"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    async with open_centre(settings, new=True) as centre:
        with Progress(*columns, console=console) as progress:
            task = progress.add_task("records", total=total)
            return await load_world(
                centre.database,
                content_of(world, residents, on=china_day(centre.clock.wall_ms())),
                policies=centre.policies,
                sealing=centre.sealing,
                now_ms=centre.clock.wall_ms(),
                randomness=centre.randomness,
                on_progress=lambda done: progress.update(task, completed=done),
            )


def records_in(world: World, residents: int) -> int:
    """How many records the world is: items and what they rest on, the campaign, the residents."""
    catalogue = len(world.standard_items) + sum(1 for _ in world.base_items())
    return catalogue + sum(world.quotas.values()) + 1 + residents * len(world.villages)


def content_of(world: World, residents: int = RESIDENTS_DEFAULT, *, on: date | None = None) -> WorldContent:
    """The world as the centre keeps it; `on` the day on which it is loaded its round still runs."""
    return WorldContent(
        places=[
            PlaceRow(one.code12, one.name, one.formal_name, _LEVELS[one.level], one.parent, one.kind)
            for one in world.places
        ],
        units=[UnitRow(one.id, one.uscc, one.name, one.place, one.department, one.synthetic) for one in world.units],
        accounts=[_account(one) for one in world.accounts],
        records=_records(world, residents, on),
    )


def _account(one: Account) -> AccountRow:
    scope = Scope(frozenset(one.scope_places), frozenset(one.scope_units))
    return AccountRow(one.id, one.login, one.name, Role(one.role.value), scope, one.site)


def _records(world: World, residents: int, on: date | None) -> Iterator[NewRecord]:
    """Bucket after bucket: a level's base items come with its standard list."""
    base_items = {level: list(rows) for level, rows in groupby(world.base_items(), key=lambda row: row[0])}
    standard_levels = [level for level, _ in groupby(world.standard_items, key=lambda one: one.level)]
    for level in standard_levels:
        for standard in world.standard_items_for(level):
            shared = {"base_item": standard.base_code, "catalogue": f"{level}:{CITY}"}
            yield _item(standard.id, standard.version, {**standard.body, **shared, "key": standard.key})
        yield from map(_base_item, base_items.pop(level.value, ()))
    for rows in base_items.values():
        yield from map(_base_item, rows)
    yield NewRecord("campaign", world.campaign.id, 1, {**world.campaign.body(on), "catalogue": f"all:{CITY}"})
    for item in world.unit_items():
        unit = world.unit_by_id[item.unit_id]
        own = {
            "base_item": item.base_code,
            "code": world.implementing_code(unit, item.base_code),
            "unit": unit.id,
            "place": unit.place,
        }
        yield _item(item.id, item.version, {**item.body, **own})
    for village in world.villages:
        for resident in world.residents_of(village.code12, residents):
            yield NewRecord("resident", resident.id, 1, resident_fields(resident))


def _item(record: str, version: int, body: dict[str, object]) -> NewRecord:
    """An item's rev is its version: a draft pinned to a version is compared with the body of that rev."""
    return NewRecord("item", record, version, {**body, "version": version})


def _base_item(row: tuple[str, str, dict[str, object]]) -> NewRecord:
    level, code, body = row
    fields = {**body, "code": code, "catalogue": f"{level}:{CITY}", "version": 1}
    return NewRecord("base_item", base_item_id(str(body["level"]), code), 1, fields)


def resident_fields(one: Resident) -> dict[str, object]:
    """What a helper would have registered; what is unknown is left out."""
    fields: dict[str, object] = {
        "name": one.name,
        "citizen_id": one.citizen_id,
        "birth": one.birth.isoformat(),
        "sex": one.sex,
        "address": one.address,
        "village": one.village,
        "household": one.household,
        "phone_relation": one.phone_relation,
        "flags": list(one.flags),
    }
    if one.phone:
        fields["phone"] = one.phone
    if one.hukou != one.village:
        fields["hukou"] = one.hukou
    return fields
