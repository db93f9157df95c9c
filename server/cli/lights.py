"""`bangban lights`: what shines in an account's scope, or how many by place or unit; `--run` looks at all clocks."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from server.actions.list_watching import LightCount, LightRow, count_lights, list_lights
from server.actions.raise_lights import LightReport, raise_lights
from server.centre import open_centre, open_writer, platform_of
from server.cli.centre import DatabaseOption, DataOption, JsonOption, fail, run, settings_with
from server.cli.terminal import terminal
from server.cli.watching_tables import show
from server.domain.supervision.lights import Level, LightState
from server.settings import Settings
from server.storage.people import accounts_by_login

ROWS = (
    ("level", "级别 level"),
    ("code", "时限 clock"),
    ("place", "区划 place"),
    ("number", "编号 number"),
    ("holder", "承办 holder"),
    ("due", "到期 due"),
    ("level_since", "起始 since"),
    ("explain_due", "说明期限 explain by"),
    ("stage", "阶段 stage"),
    ("order", "督办单 order"),
)
COUNTS = (
    ("area", "区划/主体 area"),
    ("unknown", "不明 unknown"),
    ("blue", "蓝 blue"),
    ("yellow", "黄 yellow"),
    ("red", "红 red"),
    ("red_plus", "红+ red+"),
)


class Count(StrEnum):
    PLACE = "place"
    UNIT = "unit"


def lights(
    login: Annotated[str, typer.Option("--as", help="A supervisor's login: whose scope is shown.")] = "",
    count: Annotated[Count | None, typer.Option("--count", help="How many, by place or unit.")] = None,
    state: Annotated[LightState, typer.Option("--state", help="Lit, explained or cleared.")] = LightState.LIT,
    level: Annotated[Level | None, typer.Option("--level", help="One level alone.")] = None,
    run_now: Annotated[bool, typer.Option("--run", help="Look at all clocks now, as the schedule does.")] = False,
    database: DatabaseOption = None,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """What shines, the longest first. A server need not be running; one that runs looks every ten minutes."""
    settings = settings_with(database, data)
    if run_now:
        done = run(_run(settings))
        terminal(stderr=as_json).print(f"{done.raised} raised, {done.changed} changed, {done.cleared} cleared")
        if not login:
            return
    if not login:
        fail("say whose scope: --as LOGIN")
    if count is not None:
        show(run(_count(settings, login, count)), COUNTS, as_json=as_json)
    else:
        levels = (level.value,) if level else tuple(Level)
        show(run(_list(settings, login, state, levels)), ROWS, as_json=as_json)


async def _run(settings: Settings) -> LightReport:
    async with open_centre(settings) as centre, open_writer(centre, lambda raised: None) as writer:
        return await raise_lights(platform_of(centre, writer))


async def _list(settings: Settings, login: str, state: str, levels: tuple[str, ...]) -> list[LightRow]:
    async with open_centre(settings) as centre, open_writer(centre, lambda raised: None) as writer:
        async with centre.database.read() as snapshot:
            account = (await accounts_by_login(snapshot, [login])).get(login)
        if account is None:
            fail(f"no account {login}")
        return await list_lights(platform_of(centre, writer), account, state=state, levels=levels, limit=200)


async def _count(settings: Settings, login: str, count: Count) -> list[LightCount]:
    async with open_centre(settings) as centre, open_writer(centre, lambda raised: None) as writer:
        async with centre.database.read() as snapshot:
            account = (await accounts_by_login(snapshot, [login])).get(login)
        if account is None:
            fail(f"no account {login}")
        return await count_lights(platform_of(centre, writer), account, by_unit=count is Count.UNIT)
