"""Lets licences expire whose last day has gone by, and sees to the cases that rely on them.

Laws: an expired licence covers no material from then on. Before acceptance the material is missing again, so that the
desk asks for it on its one list; after it nothing is asked anew, and the desk has a task to see whether the decision
is touched. Where another usable licence of the kind is held nothing changes. All through the write path; whoever runs
it twice finds nothing left.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from server.actions.platform import Platform
from server.actions.publish_item import seen_of
from server.actions.take_step import centre_itself, read_record, take_step
from server.domain.cases.lifecycle import CaseState, is_open, parse_state
from server.domain.cases.materials import FIELD_PREFIX, MaterialState, covered_by
from server.domain.catalogue.licences import usable_kinds
from server.domain.people.reach import place_holder
from server.domain.record_fields import Fields, text
from server.domain.supervision.tasks import TaskCode
from server.merge_policies.judging import china_day
from server.storage.records import record_of, records_query
from sync.central.known import Record
from sync.core.ids import derived_id

PAGE = 200
_ENDED = """SELECT valid_until, id FROM licences WHERE valid_until > '' AND valid_until < ? AND (state || '') = 'held'
            AND (valid_until, id) > (?, ?) ORDER BY valid_until, id LIMIT ?"""
_OF_RESIDENT = "SELECT id FROM licences WHERE resident = ? AND kind = ?"
_CASES = "SELECT id, state FROM cases WHERE resident = ?"
_NOTE = "{kind}已过有效期 {kind} expired on {day}"
_SAID = (
    "本办件用到的{kind}已过有效期（{day}）：请核对是否影响决定。受理时有效的，不再要求补交。"
    " The licence {kind} that this case relies on expired on {day}: see whether the decision is touched."
    " What was valid at acceptance is not asked for again."
)
_NOT_ACCEPTED = frozenset({CaseState.RECEIVED, CaseState.PRECHECKED, CaseState.TO_CORRECT})
_BEFORE_DECISION = frozenset(
    {CaseState.ACCEPTED, CaseState.REVIEWING, CaseState.SPECIAL_PROCEDURE, CaseState.SUSPENDED}
)


@dataclass
class ExpiryReport:
    """`reopened`: materials that are missing again. `tasks`: accepted cases that a desk has to look at."""

    expired: int = 0
    reopened: int = 0
    tasks: int = 0


async def expire_licences(platform: Platform) -> ExpiryReport:
    report, after = ExpiryReport(), ("", "")
    today = china_day(platform.clock.wall_ms()).isoformat()
    while True:
        async with platform.database.read() as snapshot:
            rows = await snapshot.fetch(_ENDED, [today, *after, PAGE])
        for _, ident in rows:
            licence = await read_record(platform, "licence", ident)
            if licence is None:
                continue
            # Told first: a run that ends in between finds the licence again, and tells nobody twice.
            await _tell_cases(platform, licence.fields, report)
            report.expired += await _step(platform, licence, "licence.expire", {})
        if len(rows) < PAGE:
            return report
        after = (rows[-1][0], rows[-1][1])


async def _tell_cases(platform: Platform, licence: Fields, report: ExpiryReport) -> None:
    resident, kind = text(licence, "resident"), text(licence, "kind")
    async with platform.database.read() as snapshot:
        ids = [row[0] for row in await snapshot.fetch(_OF_RESIDENT, [resident, kind])]
        rows = await snapshot.fetch(*records_query("licence", ids)) if ids else []
        held = [record_of("licence", row, platform.sealing).fields for row in rows]
        cases = await snapshot.fetch(_CASES, [resident])
    if kind in usable_kinds(held, china_day(platform.clock.wall_ms())):
        return
    for ident, said in cases:
        state = parse_state(said)
        if state is None or not is_open(state):
            continue
        case = await read_record(platform, "case", ident)
        item = await read_record(platform, "item", text(case.fields, "item")) if case is not None else None
        if case is None or item is None:
            continue
        covered = covered_by(item.fields, case.fields, kind)
        if covered and state in _NOT_ACCEPTED:
            note = _NOTE.format(kind=kind, day=text(licence, "valid_until"))
            missing = {FIELD_PREFIX + no: {"state": MaterialState.MISSING.value, "note": note} for no in covered}
            report.reopened += len(covered) * await _step(platform, case, "case.licence_lapse", missing)
        elif covered and state in _BEFORE_DECISION:
            report.tasks += await _open_task(platform, case, licence)


async def _open_task(platform: Platform, case: Record, licence: Fields) -> int:
    """One a case and kind; there already when two processes run."""
    place, kind, day = text(case.fields, "village"), text(licence, "kind"), text(licence, "valid_until")
    fields: dict[str, object] = {
        "place": place,
        "code": TaskCode.LICENCE_EXPIRED.value,
        "about": case.id,
        "about_kind": "case",
        "text": _SAID.format(kind=kind, day=day),
        "holder": text(case.fields, "holder") or place_holder(place),
    }
    task = derived_id("task", TaskCode.LICENCE_EXPIRED, case.id, kind, day)
    taken = await take_step(
        platform, await centre_itself(platform), kind="task", record=task, name="task.open", fields=fields, seen=None
    )
    return int(taken.outcome.code.has_effect)


async def _step(platform: Platform, record: Record, name: str, fields: Mapping[str, object]) -> int:
    taken = await take_step(
        platform,
        await centre_itself(platform),
        kind=record.kind,
        record=record.id,
        name=name,
        fields=dict(fields),
        seen=await seen_of(platform, record),
    )
    return int(taken.outcome.code.has_effect)
