"""Ends by itself what the rules let end without a person: filings never corrected, and broken promises that stood long
enough.

Laws: docs/decisions/0018 says which ending may happen alone. A filing lapses only when the applicant was told a day,
that day and ten working days more went by, and the desk had its task meanwhile; the applicant may file again and loses
nothing. A promise is declared broken by a person only. Each step is the centre's own, refused where somebody was
quicker; a second run finds nothing left. The task of a filing that lapsed is looked for by itself: a run may have ended
between the two steps, or another process opened it from what it had read before.
"""

from __future__ import annotations

from server.actions.platform import Platform
from server.actions.take_step import centre_itself, read_record, take_step
from server.domain.cases.corrections import lapses_by_itself
from server.domain.cases.credit import CREDIT_KEY, EXPIRED, stands
from server.domain.cases.lifecycle import CaseState
from server.domain.cases.procedures import NOT_SUPPLIED
from server.domain.cases.working_days import calendar_id, overrides_in, years_around
from server.domain.record_fields import text
from server.domain.supervision.tasks import TaskCode, TaskState
from server.merge_policies.judging import china_day
from sync.central.known import Record
from sync.core.chain import encode_hash
from sync.core.changes import Base, Fields

PAGE = 200
_UNCORRECTED = """SELECT due, id FROM cases WHERE due > '' AND due < ? AND (state || '') = ? AND (due, id) > (?, ?)
                  ORDER BY due, id LIMIT ?"""
_BROKEN = "SELECT id, record FROM natural_keys WHERE id > ? AND id < ? ORDER BY id LIMIT ?"
_TASKS = """SELECT t.due, t.id, t.about FROM tasks t JOIN cases c ON c.id = t.about
            WHERE t.due > '' AND t.code = ? AND (c.state || '') = ? AND (t.due, t.id) > (?, ?)
            ORDER BY t.due, t.id LIMIT ?"""
_NOTE = "告知的补正期限及其后十个工作日已过，由系统终止，可以重新申请。 Lapsed by itself; the applicant may file again."


async def lapse_uncorrected(platform: Platform) -> int:
    """How many filings ended now."""
    today, ended, after = china_day(platform.clock.wall_ms()), 0, ("", "")
    held = [await read_record(platform, "calendar", calendar_id(year)) for year in years_around(today)]
    overrides = overrides_in(one.fields for one in held if one is not None)
    while True:
        async with platform.database.read() as snapshot:
            parameters = [today.isoformat(), CaseState.TO_CORRECT.value, *after, PAGE]
            rows = await snapshot.fetch(_UNCORRECTED, parameters)
        for _, case in rows:
            record = await read_record(platform, "case", case)
            if record is not None and lapses_by_itself(record.fields, today, overrides):
                ended += await _step(platform, record, "case.lapse", {})
        if len(rows) < PAGE:
            break
        after = (rows[-1][0], rows[-1][1])
    await _close_tasks(platform)
    return ended


async def clear_expired(platform: Platform) -> int:
    """How many broken promises were cleared because their time is over."""
    today, cleared, after = china_day(platform.clock.wall_ms()), 0, CREDIT_KEY
    end = CREDIT_KEY[:-1] + chr(ord(CREDIT_KEY[-1]) + 1)
    while True:
        async with platform.database.read() as snapshot:
            rows = await snapshot.fetch(_BROKEN, [after, end, PAGE])
        for _, case in rows:
            record = await read_record(platform, "case", case)
            if record is not None and not stands(record.fields, today):
                fields: Fields = {"credit_clearing": {"reason": EXPIRED}}
                cleared += await _step(platform, record, "case.credit_clear", fields)
        if len(rows) < PAGE:
            return cleared
        after = rows[-1][0]


async def _close_tasks(platform: Platform) -> None:
    """Those that reminded a desk of a filing that has lapsed: nothing is left to be done there."""
    after = ("", "")
    while True:
        async with platform.database.read() as snapshot:
            parameters = [TaskCode.CORRECTION_OVERDUE.value, CaseState.ENDED.value, *after, PAGE]
            rows = await snapshot.fetch(_TASKS, parameters)
        for _, ident, about in rows:
            case, task = await read_record(platform, "case", about), await read_record(platform, "task", ident)
            lapsed = case is not None and text(case.fields, "finish_type") == NOT_SUPPLIED
            if lapsed and task is not None and text(task.fields, "state") != TaskState.CLOSED:
                await _step(platform, task, "task.close", {"finding": "done", "finding_note": _NOTE})
        if len(rows) < PAGE:
            return
        after = (rows[-1][0], rows[-1][1])


async def _step(platform: Platform, record: Record, name: str, fields: Fields) -> int:
    async with platform.store.read() as unit:
        epoch = (await unit.centre()).epoch
    taken = await take_step(
        platform,
        await centre_itself(platform),
        kind=record.kind,
        record=record.id,
        name=name,
        fields=fields,
        seen=Base(epoch=epoch, rev=record.rev, hash=encode_hash(record.hash)),
    )
    return int(taken.outcome.code.has_effect)
