"""`bangban reviews`: the patterns that need a look in a supervisor's scope; `--run` measures them now."""

from __future__ import annotations

from typing import Annotated

import typer

from server.actions.list_watching import ReviewRow, list_reviews
from server.actions.observe_filings import observe_filings
from server.actions.open_reviews import ReviewReport, open_reviews
from server.centre import open_centre, open_writer, platform_of
from server.cli.centre import DatabaseOption, DataOption, JsonOption, fail, run, settings_with
from server.cli.terminal import terminal
from server.cli.watching_tables import show
from server.domain.supervision.reviews import ReviewState
from server.settings import Settings
from server.storage.people import accounts_by_login

ROWS = (
    ("code", "规则 signal"),
    ("name_zh", "情况 what"),
    ("level", "级别 level"),
    ("place", "区划 place"),
    ("since", "自 since"),
    ("until", "至 until"),
    ("measured", "测得 measured"),
    ("threshold", "阈值 bar"),
    ("evidence", "证据 evidence"),
    ("state", "状态 state"),
    ("finding", "结论 finding"),
)


def reviews(
    login: Annotated[str, typer.Option("--as", help="A supervisor's login: whose scope is shown.")] = "",
    state: Annotated[ReviewState, typer.Option("--state", help="Opened, explained or found.")] = ReviewState.OPENED,
    run_now: Annotated[bool, typer.Option("--run", help="Measure all signals now, as the schedule does.")] = False,
    database: DatabaseOption = None,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """Reviews, which are no penalties: what was measured, from where on it is looked at, what was found."""
    settings = settings_with(database, data)
    if run_now:
        done = run(_run(settings))
        terminal(stderr=as_json).print(
            f"{done.opened} reviews opened, {done.samples} call-backs, {done.proposals} proposals to a person"
        )
        if not login:
            return
    if not login:
        fail("say whose scope: --as LOGIN")
    show(run(_list(settings, login, state)), ROWS, as_json=as_json)


async def _run(settings: Settings) -> ReviewReport:
    async with open_centre(settings) as centre, open_writer(centre, lambda raised: None) as writer:
        platform = platform_of(centre, writer)
        await observe_filings(platform)
        return await open_reviews(platform)


async def _list(settings: Settings, login: str, state: str) -> list[ReviewRow]:
    async with open_centre(settings) as centre, open_writer(centre, lambda raised: None) as writer:
        async with centre.database.read() as snapshot:
            account = (await accounts_by_login(snapshot, [login])).get(login)
        if account is None:
            fail(f"no account {login}")
        return await list_reviews(platform_of(centre, writer), account, state=state, limit=200)
