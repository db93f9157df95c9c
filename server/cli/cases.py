"""`bangban cases`: a desk's queue, one case whole, and a step with it, in the name of an account.

Law: what is shown and what may be done is what that account's scope reaches and its role may do; a look is logged under
the name of the operator who takes it, with the reason, and ids and phones are masked.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

import msgspec
import typer
from rich.console import Console
from rich.table import Table

from server.actions.act_for import OwnFiling, act_for, check_operator
from server.actions.list_cases import CaseRow, StateCount, count_cases, find_cases, list_cases
from server.actions.list_credit import CreditRow, list_credit
from server.actions.platform import Platform
from server.actions.refusals import NotFound
from server.actions.show_case import CasePage, show_case
from server.actions.take_step import Taken, read_record
from server.centre import open_centre, open_writer, platform_of
from server.cli.acting import AsOption, InPlaceOf, OperatorOption, ReasonOption, account_named
from server.cli.centre import DatabaseOption, DataOption, JsonOption, fail, run, settings_with
from server.cli.import_cases import import_file
from server.cli.terminal import terminal
from server.domain.people.masked_fields import masked_fields
from server.settings import Settings
from server.storage.people import AccountRow
from sync.core.chain import encode_hash
from sync.core.changes import Base
from sync.core.ids import is_id

app = typer.Typer(no_args_is_help=True, help="A desk's cases: list, show, take a step.")

_TITLES = ("due 到期", "state 状态", "number 编号", "item 事项", "holder 承办", "id")


app.command("import")(import_file)


@app.command("list")
def list_(
    login: AsOption,
    state: Annotated[str, typer.Option("--state", help="Only cases in this state.")] = "",
    limit: Annotated[int, typer.Option("--limit", min=1, max=200)] = 50,
    database: DatabaseOption = None,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """The queue, most urgent first, and how many are in which state."""
    rows, counts = run(_list(settings_with(database, data), login, state, limit))
    if as_json:
        print(msgspec.json.encode({"rows": rows, "states": counts}).decode())
        return
    console = terminal()
    _show_rows(console, rows)
    told = "  ".join(f"{one.state} {one.cases} (late 逾期 {one.late}, soon 将到期 {one.soon})" for one in counts)
    console.print(told or "no cases 没有办件")


@app.command("credit")
def credit(
    login: AsOption, database: DatabaseOption = None, data: DataOption = None, as_json: JsonOption = False
) -> None:
    """Broken promises that stand, in the account's places."""
    rows = run(_credit(settings_with(database, data), login))
    if as_json:
        print(msgspec.json.encode(rows).decode())
        return
    table = Table("until 至", "reason 原因", "on 认定", "number 编号", "place 区划", "case")
    for row in rows:
        table.add_row(row.until, row.reason, row.on, row.number, row.place, row.case)
    terminal().print(table)


@app.command()
def show(
    case: Annotated[str, typer.Argument(help="Its id, official number or receipt.")],
    login: AsOption,
    operator: OperatorOption,
    reason: ReasonOption,
    database: DatabaseOption = None,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """One case whole: what is due, what is missing, what was done, what can be done."""
    page = run(_show(settings_with(database, data), InPlaceOf(login, operator, reason), case))
    if as_json:
        print(msgspec.json.encode(_document(page)).decode())
    else:
        _show_page(terminal(), page)


@app.command()
def step(
    case: Annotated[str, typer.Argument(help="Its id, official number or receipt.")],
    verb: Annotated[str, typer.Argument(help="accept, return, decide ... as `show` names them.")],
    login: AsOption,
    operator: OperatorOption,
    reason: ReasonOption,
    fields: Annotated[str, typer.Option("--fields", help="What the step says, as a JSON object.")] = "{}",
    database: DatabaseOption = None,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take one step with a case as it stands now, on behalf of an account that cannot: the log names the operator."""
    try:
        said = msgspec.json.decode(fields, type=dict[str, Any])
    except (msgspec.MsgspecError, ValueError):
        fail("--fields is no JSON object (--fields 应为 JSON 对象)")
    step = f"case.{verb.removeprefix('case.')}"
    taken = run(_step(settings_with(database, data), InPlaceOf(login, operator, reason), case, step, said), OwnFiling)
    outcome = taken.outcome
    if as_json:
        told = {"outcome": outcome.code.value, "reason": outcome.reason, "detail": outcome.detail}
        print(msgspec.json.encode(told).decode())
    else:
        state = taken.record.fields.get("state", "") if taken.record else ""
        terminal().print(f"{outcome.code.value} {outcome.reason} → {state}")
        for problem in outcome.detail.get("problems", []):
            terminal().print(f"  {problem['zh']} / {problem['en']}")
    if not outcome.code.has_effect:
        raise typer.Exit(1)


async def _list(settings: Settings, login: str, state: str, limit: int) -> tuple[list[CaseRow], list[StateCount]]:
    async with open_centre(settings) as centre, open_writer(centre, lambda buckets: None) as writer:
        platform = platform_of(centre, writer)
        account = await account_named(platform, login)
        rows = await list_cases(platform, account, state=state, limit=limit)
        return rows, await count_cases(platform, account)


async def _credit(settings: Settings, login: str) -> list[CreditRow]:
    async with open_centre(settings) as centre, open_writer(centre, lambda buckets: None) as writer:
        platform = platform_of(centre, writer)
        return await list_credit(platform, await account_named(platform, login))


async def _show(settings: Settings, who: InPlaceOf, case: str) -> CasePage:
    async with open_centre(settings) as centre, open_writer(centre, lambda buckets: None) as writer:
        platform = platform_of(centre, writer)
        account, operator = await account_named(platform, who.login), await account_named(platform, who.operator)
        check_operator(operator, who.reason)
        record = await _case_id(platform, account, case)
        return await show_case(platform, account, record, who.reason, operator=operator)


async def _step(settings: Settings, who: InPlaceOf, case: str, name: str, fields: dict[str, Any]) -> Taken:
    async with open_centre(settings) as centre, open_writer(centre, lambda buckets: None) as writer:
        platform = platform_of(centre, writer)
        account, operator = await account_named(platform, who.login), await account_named(platform, who.operator)
        record = await _case_id(platform, account, case)
        standing = await read_record(platform, "case", record)
        if standing is None:
            raise NotFound(f"no case {case}")
        async with platform.store.read() as unit:
            epoch = (await unit.centre()).epoch
        seen = Base(epoch=epoch, rev=standing.rev, hash=encode_hash(standing.hash))
        return await act_for(
            *(platform, operator, account),
            reason=who.reason,
            kind="case",
            record=record,
            name=name,
            fields=fields,
            seen=seen,
        )


async def _case_id(platform: Platform, account: AccountRow, named: str) -> str:
    if is_id(named):
        return named
    found = await find_cases(platform, account, named)
    if len(found) != 1:
        raise NotFound(f"no case {named}" if not found else f"{len(found)} cases have the number {named}")
    return found[0].id


def _show_rows(console: Console, rows: Sequence[CaseRow]) -> None:
    table = Table(*_TITLES)
    for row in rows:
        table.add_row(row.due, row.state, row.number or row.receipt, row.item_name, row.holder, row.id)
    console.print(table)


def _show_page(console: Console, page: CasePage) -> None:
    fields = page.record.fields
    console.print(f"{fields.get('number') or fields.get('receipt', '')}  {page.item.get('name', '')}")
    console.print(f"state 状态: {fields.get('state')}   holder 承办: {fields.get('holder', '')}")
    if any(page.pays):
        console.print(f"pays 发放: {' / '.join(page.pays)}")
    for due in page.dues:
        late = "  late 逾期" if due.late else ""
        provisional = "  provisional 暂定" if due.provisional else ""
        console.print(f"due 到期: {due.code} {due.day}{late}{provisional}")
    for light in page.lights:
        order = f"  order 督办单 {light.order}: {light.order_state} {light.order_due}" if light.order else ""
        console.print(f"light 灯: {light.code} {light.level} {light.state}{order}")
    for line in page.materials:
        console.print(f"material 材料 {line.no} {line.name}: {line.state or '—'}")
    for held in page.licences:
        usable = "usable 可用" if held.usable else "not usable 不可用"
        console.print(f"licence 证照 {held.kind} {held.trust}: {usable}, used 已用 {held.used}")
    for one in page.advice:
        console.print(f"advice 提示: {one.zh} / {one.en}")
    for entry in page.history:
        console.print(f"{entry.at}  {entry.step or '—'}  {entry.account_name}  {entry.code} {entry.reason}")
    console.print("can be done 可办理: " + ", ".join(name.removeprefix("case.") for name in page.steps))


def _document(page: CasePage) -> dict[str, Any]:
    return {
        "id": page.record.id,
        "rev": page.record.rev,
        "fields": masked_fields("case", page.record.fields),
        "resident": page.resident,
        "item": page.item,
        "materials": page.materials,
        "consent": page.consent,
        "dues": page.dues,
        "advice": page.advice,
        "to_ask_for": page.to_ask_for,
        "steps": page.steps,
        "history": page.history,
        "licences": page.licences,
        "lights": page.lights,
        "pays": page.pays,
    }
