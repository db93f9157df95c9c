"""`bangban catalogue`: what is on offer, what changed in it, who departs from it, and the steps of an item's life.

Law: reading knows no scope, a catalogue is public; a step is taken in the name of an account and reaches as far as it,
and the log names the operator who took it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import asdict
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Any, TypeVar

import msgspec
import typer
from rich.table import Table

from server.actions.account_sheet import SheetUnreadable
from server.actions.base_item_sheet import read_base_item_file
from server.actions.import_base_items import BaseImportReport, import_base_items
from server.actions.list_catalogue import (
    PAGE_ROWS_MAX,
    Versions,
    list_base_items,
    list_departures,
    list_items,
    show_versions,
)
from server.actions.list_forbidden_requests import list_forbidden_requests
from server.actions.list_licence_kinds import list_licence_kinds
from server.actions.platform import Platform
from server.actions.publish_item import publish_item
from server.actions.replace_items import Replaced, merge_items, split_item
from server.actions.take_step import Taken
from server.centre import open_centre, open_writer, platform_of
from server.cli.acting import AsOption, InPlaceOf, OperatorOption, ReasonOption, vouched
from server.cli.centre import DatabaseOption, DataOption, JsonOption, fail, run, settings_with
from server.cli.sheets import fail_untaken, show_faults
from server.cli.terminal import terminal
from server.domain.catalogue.licence_kinds import NAMED_WORDS, Named
from server.domain.catalogue.licences import TRUST_WORDS
from server.domain.record_fields import parse_date
from server.merge_policies.judging import china_day
from server.settings import Settings
from sync.core.clock import CHINA, iso

T = TypeVar("T")
DAY_MS = 86_400_000

app = typer.Typer(
    no_args_is_help=True, help="Items: list, versions, who departs; publish, suspend, cancel, split, merge."
)

AfterOption = Annotated[str, typer.Option("--after", help="The last code of the page before.")]
FieldsOption = Annotated[str, typer.Option("--fields", help="What changes, as a JSON object.")]
ToldOption = Annotated[
    str, typer.Option("--reason", help="Told to whoever applies for the old item, and kept under the operator's name.")
]


@app.command("base")
def base_items(
    level: Annotated[str, typer.Option("--level", help="1 state to 6 village.")] = "6",
    after: AfterOption = "",
    database: DatabaseOption = None,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """The base catalogue of one level, by code."""
    rows = _run(settings_with(database, data), lambda platform: list_base_items(platform, level=level, after=after))
    _show(("code 基本编码", "name 名称", "status 状态", "next_on 待生效"), map(asdict, rows), as_json)


@app.command("items")
def items(
    unit: Annotated[str, typer.Option("--unit", help="A unit's id.")] = "",
    catalogue: Annotated[str, typer.Option("--catalogue", help="A standard list, such as village:341800.")] = "",
    after: AfterOption = "",
    database: DatabaseOption = None,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """The items of a unit or of a standard list, by base code."""
    if bool(unit) == bool(catalogue):
        fail("name a --unit or a --catalogue (请指定实施主体或目录)")
    rows = _run(
        settings_with(database, data),
        lambda platform: list_items(platform, unit=unit, catalogue=catalogue, after=after),
    )
    _show(("base_item 基本编码", "name 名称", "status 状态", "next_on 待生效", "id"), map(asdict, rows), as_json)


@app.command("versions")
def versions(
    item: Annotated[str, typer.Argument(help="The item's id.")],
    database: DatabaseOption = None,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """An item's versions, the newest first, with what changed in each, and what waits for its day."""
    told = _run(settings_with(database, data), lambda platform: show_versions(platform, item))
    _show(("version 版本", "status 状态", "field 要素", "before 原", "after 现"), _changes(told), as_json)


@app.command("departures")
def departures(
    item: Annotated[str, typer.Argument(help="The standard item's id.")],
    after: Annotated[str, typer.Option("--after", help="The last site's record of the page before.")] = "",
    database: DatabaseOption = None,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """Which sites depart from a standard item, in what, and why."""
    rows = _run(settings_with(database, data), lambda platform: list_departures(platform, item, after=after))
    columns = ("place 区划", "field 要素", "standard 标准", "local 本地", "reason 理由")
    _show(columns, map(asdict, rows), as_json)


@app.command("requests")
def requests(
    since: Annotated[str, typer.Option("--since", help="First day, 2026-11-01.")],
    until: Annotated[str, typer.Option("--until", help="Last day.")],
    database: DatabaseOption = None,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """Requests for materials that must not be asked for: refused, and told here."""
    first, last = _day_ms(since), _day_ms(until) + DAY_MS
    rows = _run(
        settings_with(database, data),
        lambda platform: list_forbidden_requests(platform.database, since_ms=first, until_ms=last),
    )
    told = ({**asdict(one), "at": iso(one.at)} for one in rows)
    _show(("at 时间", "place 区划", "case 办件", "account 账号"), told, as_json)


@app.command("licences")
def licences(database: DatabaseOption = None, data: DataOption = None, as_json: JsonOption = False) -> None:
    """The kinds of electronic licences, which of them are synthetic, and how many are kept in which class of trust."""
    rows = _run(settings_with(database, data), lambda platform: list_licence_kinds(platform.database))
    if as_json:
        print(msgspec.json.encode(rows).decode())
        return
    columns = ("name 证照", "family 类别", "named 出处", *(f"{one} {one.upper()}" for one in "abcd"))
    told = ({**asdict(row), "named": NAMED_WORDS[Named(row.named)][0]} for row in rows)
    _show((*columns, "expired 过期", "void 作废"), told, False)
    for trust, (zh, en) in TRUST_WORDS.items():
        terminal().print(f"{trust.value}  {zh} / {en}")


@app.command("step")
def step(
    item: Annotated[str, typer.Argument(help="The item's id.")],
    verb: Annotated[str, typer.Argument(help="publish, suspend, resume or cancel.")],
    login: AsOption,
    operator: OperatorOption,
    reason: ReasonOption,
    fields: FieldsOption = "{}",
    effective_from: Annotated[str, typer.Option("--from", help="The day it takes effect; at once without it.")] = "",
    base: Annotated[bool, typer.Option("--base", help="It is a base item.")] = False,
    database: DatabaseOption = None,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """A new version of an item, at once or from a day on."""
    said, day = _object(fields), parse_date(effective_from)
    if effective_from and day is None:
        fail("--from is no day (--from 应为日期，如2026-12-01)")
    kind = "base_item" if base else "item"

    async def work(platform: Platform) -> Taken:
        who = InPlaceOf(login, operator, reason)
        account, acts = await vouched(platform, who, kind=kind, record=item, what=f"{kind}.{verb}")
        return await publish_item(
            platform, account, item, said, kind=kind, effective_from=day, verb=verb, operator=acts
        )

    _tell([_run(settings_with(database, data), work)], as_json)


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="The province's export, xlsx or csv.")],
    login: AsOption,
    operator: OperatorOption,
    reason: ReasonOption,
    check: Annotated[bool, typer.Option("--check", help="Only tell what differs and what is wrong.")] = False,
    partial: Annotated[bool, typer.Option("--partial", help="Take the good rows although others are bad.")] = False,
    effective_from: Annotated[str, typer.Option("--from", help="The day it takes effect; at once without it.")] = "",
    database: DatabaseOption = None,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take over the base catalogue: new base items, new versions of those that differ; every bad row is told."""
    day = parse_date(effective_from)
    if effective_from and day is None:
        fail("--from is no day (--from 应为日期，如2026-12-01)")
    content = file.read_bytes()

    async def work(platform: Platform) -> BaseImportReport:
        rows = read_base_item_file(content, china_day(platform.clock.wall_ms()))
        # No record of ours stands for a file: its fingerprint tells later which one it was.
        mark, who = sha256(content).hexdigest()[:32], InPlaceOf(login, operator, reason)
        account, acts = await vouched(platform, who, kind="base_item", record=mark, what=f"import {file.name}")
        return await import_base_items(
            *(platform, account, rows), partial=partial, check_only=check, effective_from=day, operator=acts
        )

    report = _run(settings_with(database, data), work, SheetUnreadable)
    if as_json:
        print(msgspec.json.encode(asdict(report)).decode())
    else:
        _tell_import(report)
    if report.refused:
        fail_untaken()


@app.command("split")
def split(
    item: Annotated[str, typer.Argument(help="The item's id.")],
    parts: Annotated[list[str], typer.Option("--part", help="A new item, as a JSON object of what differs.")],
    reason: ToldOption,
    login: AsOption,
    operator: OperatorOption,
    database: DatabaseOption = None,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """One item becomes several; it stays, cancelled, and names them."""
    new = [_object(one) for one in parts]

    async def work(platform: Platform) -> Replaced:
        who = InPlaceOf(login, operator, reason)
        account, acts = await vouched(platform, who, kind="item", record=item, what="item.split")
        return await split_item(platform, account, item, new, reason, operator=acts)

    done = _run(settings_with(database, data), work)
    _tell(done.steps, as_json, done)


@app.command("merge")
def merge(
    old: Annotated[list[str], typer.Argument(help="The items' ids.")],
    whole: FieldsOption,
    reason: ToldOption,
    login: AsOption,
    operator: OperatorOption,
    database: DatabaseOption = None,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """Several items become one; they stay, cancelled, and name it."""
    new = _object(whole)

    async def work(platform: Platform) -> Replaced:
        who = InPlaceOf(login, operator, reason)
        account, acts = await vouched(platform, who, kind="item", record=old[0], what="item.merge")
        return await merge_items(platform, account, old, new, reason, operator=acts)

    done = _run(settings_with(database, data), work)
    _tell(done.steps, as_json, done)


def _run(settings: Settings, work: Callable[[Platform], Awaitable[T]], *refusals: type[Exception]) -> T:
    async def opened() -> T:
        async with open_centre(settings) as centre, open_writer(centre, lambda buckets: None) as writer:
            return await work(platform_of(centre, writer))

    return run(opened(), *refusals)


def _tell_import(report: BaseImportReport) -> None:
    console = terminal()
    show_faults(console, report.faults)
    if report.differences:
        columns = ("code 基本编码", "level 层级", "field 要素", "before 原", "after 现")
        _show(columns, map(asdict, report.differences), False)
    for one in report.gone:
        console.print(f"不在文件中 not in the file: {one}")
    console.print(
        f"{report.rows} rows 行: {report.new} new 新增, {report.changed} changed 有变化, {report.same} same 相同, "
        f"{report.elsewhere} of the state or province 国家省级, {len(report.gone)} not in the file 文件中没有, "
        f"{len(report.faults)} faults 问题; {report.taken} taken 已导入"
    )


def _changes(told: Versions) -> Iterable[dict[str, object]]:
    waiting = [{"version": f"→ {told.waiting_from}", "status": "", **asdict(one)} for one in told.waiting]
    rows: list[dict[str, object]] = list(waiting)
    for row in told.rows:
        head: dict[str, object] = {"version": row.version, "status": row.status}
        rows += [{**head, **asdict(one)} for one in row.differences] or [
            {**head, "field": "", "before": "", "after": ""}
        ]
    return rows


def _show(columns: Sequence[str], rows: Iterable[dict[str, object]], as_json: bool) -> None:
    listed = list(rows)
    if as_json:
        print(msgspec.json.encode(listed).decode())
        return
    table = Table(*columns, caption=f"{len(listed)}" + (" …" if len(listed) == PAGE_ROWS_MAX else ""))
    for row in listed:
        table.add_row(*(_cell(row[column.partition(" ")[0]]) for column in columns))
    terminal().print(table)


def _cell(value: object) -> str:
    return value if isinstance(value, str) else "" if value is None else msgspec.json.encode(value).decode()


def _tell(steps: Sequence[Taken], as_json: bool, done: Replaced | None = None) -> None:
    told = [
        {"outcome": one.outcome.code.value, "reason": one.outcome.reason, "detail": one.outcome.detail} for one in steps
    ]
    if as_json:
        print(msgspec.json.encode({"steps": told, "made": list(done.made) if done else []}).decode())
    else:
        for one in steps:
            terminal().print(f"{one.outcome.code.value} {one.outcome.reason} {one.outcome.record}")
            for problem in (*one.outcome.detail.get("problems", []), *one.outcome.detail.get("advice", [])):
                terminal().print(f"  {problem['zh']} / {problem['en']}")
    if not all(one.outcome.code.has_effect for one in steps):
        raise typer.Exit(1)


def _object(said: str) -> dict[str, Any]:
    try:
        return msgspec.json.decode(said, type=dict[str, Any])
    except (msgspec.MsgspecError, ValueError):
        fail("this is no JSON object (应为 JSON 对象)")


def _day_ms(said: str) -> int:
    day = parse_date(said)
    if day is None:
        fail(f"{said} is no day (应为日期，如2026-11-01)")
    return int(datetime(day.year, day.month, day.day, tzinfo=CHINA).timestamp() * 1000)
