"""Lists that leave as files: a slice of audit, the report of checking the whole trail, and the cases of a queue. All
want a fresh factor and a reason.

Laws: the cases' file names no person, as their list does not. A slice of audit is what the page shows, from its newest
row on, without the bodies of records.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from pathlib import Path

from starlette.responses import Response

from server.actions.export_table import Row, Table, Told, Watermark, write_table
from server.actions.list_cases import every_case, size_of_list
from server.actions.refusals import NotFound
from server.actions.search_logs import (
    LATEST,
    WHOLE_ROWS,
    LogRow,
    may_search,
    search_changes,
    search_looks,
    size_of_logs,
)
from server.actions.verify_audit import size_of_audit
from server.console.audit_words import conclusion_words, report_lines
from server.console.case_words import outcome_words
from server.console.exporting import Export, ask_why, export, reason_of, rows_written
from server.console.field_words import change_words, kind_words
from server.console.visit import Visit
from server.console.words import moment_words, state_words
from server.domain.cases.lifecycle import CaseState
from server.storage.people import accounts_by_login
from server.storage.places import all_places


async def audit(visit: Visit) -> Response:
    """POST /operations/export: `login` or `record`; without a reason it asks for one."""
    login, record = visit.form.get("login", "").strip()[:60], visit.form.get("record", "").strip()[:32]
    platform = visit.console.platform
    async with platform.database.read() as snapshot:
        named = (await accounts_by_login(snapshot, [login])).get(login) if login else None
    if named is None and (login or not record):
        raise NotFound("nothing to export")
    if not await may_search(platform, visit.account, named, record):
        raise NotFound("another's to audit")
    if not reason_of(visit):
        what = visit.t(f"审计记录：{login or record}", f"Audit of {login or record}")
        problem = visit.t("请写明为什么导出。", "Please say why.") if "why" in visit.form else ""
        return ask_why(visit, (("login", login), ("record", record)), what, "/console/operations", problem)
    asked = named.id if named is not None else ""
    head = [visit.t(*pair) for pair in _AUDIT_HEAD]
    table = Table(visit.t("审计记录", "Audit"), head, (20, 14, 12, 34, 40))
    return await export(
        visit,
        Export(
            name="bangban-audit",
            kind="log",
            about=asked or record,
            of=await size_of_logs(platform, account=asked, record=record),
            write=rows_written(table, _audit_rows(visit, asked, record)),
        ),
    )


_AUDIT_HEAD = (("时间", "When"), ("谁", "Who"), ("种类", "Kind"), ("记录", "Record"), ("理由或步骤", "Reason or step"))


async def _audit_rows(visit: Visit, account: str, record: str) -> AsyncIterator[Sequence[Row]]:
    platform, before = visit.console.platform, LATEST
    while True:
        looks = await search_looks(
            platform, account=account, record="" if account else record, before=before, limit=WHOLE_ROWS
        )
        yield [_log_row(visit, one) for one in looks]
        if len(looks) < WHOLE_ROWS:
            break
        before = looks[-1].position
    before = LATEST
    while not account:
        changes = await search_changes(platform, record, before=before, limit=WHOLE_ROWS)
        yield [_log_row(visit, one) for one in changes]
        if len(changes) < WHOLE_ROWS:
            break
        before = changes[-1].position


def _log_row(visit: Visit, row: LogRow) -> Row:
    said = (
        row.said
        if not row.code
        else f"{change_words(row.said, visit.english)} {outcome_words(row.code, visit.english)}"
    )
    kind = kind_words(row.kind, visit.english)
    return (moment_words(row.at, visit.english), row.account_name or row.account, kind, row.record, said.strip())


async def verify(visit: Visit) -> Response:
    """POST /operations/verify: checks every chain of the log, and says what it found on the page and in a report."""
    console, english = visit.console, visit.english
    check_trail = console.check_trail
    if check_trail is None:
        raise NotFound("nobody said how the trail is checked")
    title = visit.t("审计链核验报告", "Report on the audit trail")
    if not reason_of(visit):
        problem = visit.t("请写明为什么核验。", "Please say why.") if "why" in visit.form else ""
        return ask_why(visit, (), title, "/console/operations", problem, (".pdf", ".xlsx"))
    concluded = ""

    async def write(path: Path, mark: Watermark, told: Told) -> None:
        nonlocal concluded
        report = await check_trail(told)
        concluded = conclusion_words(report, english)
        head = [visit.t(*pair) for pair in (("核验内容", "What"), ("在哪里", "Where"), ("说明", "Meaning"))]
        table = Table(title, head, (24, 44, 70))
        await write_table(table, _in_one(report_lines(report, english)), mark, path)

    asked = Export(
        name="bangban-audit-check",
        kind="log",
        about="verify",
        of=await size_of_audit(console.platform),
        write=write,
        suffixes=(".pdf", ".xlsx"),
        concluded=lambda: concluded,
    )
    return await export(visit, asked)


async def _in_one(rows: Sequence[Row]) -> AsyncIterator[Sequence[Row]]:
    yield rows


async def cases(visit: Visit) -> Response:
    """POST /desk/export: `state`, "" for what is to be done."""
    state = visit.form.get("state", "")[:40]
    if state and state not in {one.value for one in CaseState}:
        raise NotFound(f"no state {state}")
    if not reason_of(visit):
        told = state_words(state, visit.english) if state else visit.t("要办的", "to do")
        problem = visit.t("请写明为什么导出。", "Please say why.") if "why" in visit.form else ""
        return ask_why(visit, (("state", state),), visit.t(f"办件：{told}", f"Cases: {told}"), "/console/desk", problem)
    head = [visit.t(*pair) for pair in _CASE_HEAD]
    table = Table(visit.t("办件", "Cases"), head, (24, 40, 16, 12, 14, 22))
    return await export(
        visit,
        Export(
            name="bangban-cases",
            kind="case_list",
            about=state or "due",
            of=await size_of_list(visit.console.platform, visit.account, state),
            write=rows_written(table, _case_rows(visit, state)),
        ),
    )


_CASE_HEAD = (
    *(("编号", "Number"), ("事项", "Item"), ("所在地", "Place"), ("状态", "State"), ("期限", "Due")),
    ("收件", "Received"),
)


async def _case_rows(visit: Visit, state: str) -> AsyncIterator[Sequence[Row]]:
    platform = visit.console.platform
    async with platform.database.read() as snapshot:
        places = {one.code: one.name for one in await all_places(snapshot)}
    async for found in every_case(platform, visit.account, state):
        yield [
            (
                *(row.number or row.receipt, row.item_name, places.get(row.place, row.place)),
                *(state_words(row.state, visit.english), row.due[:10], row.received_at[:16].replace("T", " ")),
            )
            for row in found
        ]
