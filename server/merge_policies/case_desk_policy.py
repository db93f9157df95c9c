"""How a step moves a case along: who holds it afterwards, what the centre computes, who is told, what other legs get.

Laws: whoever has to act now is the case's holder, and a case that is not over has one. The state follows from the step
taken; what the step must say, and the clocks it sets, come from the rules in server/domain/cases.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from server.domain.cases.bundles import BundleState, fed_by, is_over, leg_of
from server.domain.cases.desk_rules import add_to_case, check_desk_step, is_own_filing
from server.domain.cases.joint import open_units, parts_of
from server.domain.cases.lifecycle import CaseState, is_ended_by_desk, is_open, needs_holder, parse_state
from server.domain.cases.materials import FIELD_PREFIX, MaterialState, licence_kinds_of, parse_materials
from server.domain.cases.step_notices import told_of, words_of
from server.domain.cases.step_view import StepView
from server.domain.catalogue.licences import is_usable, licence_keys
from server.domain.people.reach import account_holder, desk_bucket, place_holder, unit_holder
from server.domain.problems import Problem, problem
from server.domain.record_checks import check_record
from server.domain.record_fields import Fields as Held
from server.domain.record_fields import groups, integer, text
from server.domain.supervision.notices import notice_fields
from server.domain.supervision.tasks import TaskCode, TaskState, open_task
from server.merge_policies.judging import china_day, context_of, refuse_for
from server.merge_policies.own_days import own_days, reads_own_days
from sync.central.known import Wants
from sync.central.policies import Accept, NewRecord, Reading, Situation, Verdict
from sync.core.changes import Change, Fields
from sync.core.clock import iso
from sync.core.ids import derived_id

_Writes = tuple[tuple[str, str, Fields], ...]


def handling_desk(case: Held, item: Held) -> str:
    """Who handles it: the unit whose item it is; for a standard item, the desk of the village of service."""
    unit = text(item, "unit")
    return unit_holder(unit) if unit else place_holder(text(case, "village"))


def step_reads(change: Change, reading: Reading) -> Wants:
    """The centre's own working days, and the bundle with its legs."""
    wants = reads_own_days(change, reading) | _licences_wanted(change, reading)
    held = reading.record("case", change.record)
    for unit in open_units(held.fields) if held is not None else ():
        wants.records.add(("task", part_task_id(change.record, unit)))
    for bundle in reading.texts("case", change.record, "bundle"):
        wants.records.add(("bundle", bundle))
        whole = reading.record("bundle", bundle)
        for leg in groups(whole.fields, "legs") if whole is not None else ():
            wants.records |= {("case", text(leg, "case")), ("item", text(leg, "item"))}
    return wants


_ASKS_FOR_PAPERS = frozenset({"case.return", "case.accept"})


def _licences_wanted(change: Change, reading: Reading) -> Wants:
    """Where the resident's licences are found that stand for papers of this item, and those that are found there."""
    wants = Wants()
    if change.name not in _ASKS_FOR_PAPERS:
        return wants
    for item in reading.texts("case", change.record, "item"):
        held = reading.record("item", item)
        kinds = licence_kinds_of(held.fields) if held is not None else ()
        for resident in reading.texts("case", change.record, "resident"):
            wants.keys |= {key for kind in kinds for key in licence_keys(resident, kind)}
    wants.records |= {("licence", holder) for key in wants.keys if (holder := reading.holder(key)) is not None}
    return wants


def _licences_of(situation: Situation, case: Held, item: Held, on: date) -> frozenset[str]:
    """The kinds that stand for a paper on the day; one that was loaded for no step stands for none."""
    if situation.change.name not in _ASKS_FOR_PAPERS:
        return frozenset()
    found = set()
    for kind in licence_kinds_of(item):
        for key in licence_keys(text(case, "resident"), kind):
            holder = situation.known.holder(key) if situation.known.has("keys", key) else None
            licence = situation.known.record("licence", holder) if holder is not None else None
            if licence is not None and is_usable(licence.fields, on):
                found.add(kind)
    return frozenset(found)


def settle_step(
    situation: Situation, after: CaseState, fields: Fields, keys: frozenset[str], *, barred: bool = False
) -> Verdict:
    """The verdict on a step that is not the filing's own. `fields` hold the state it leads to, `keys` what is held.
    `barred`: a broken promise of this person stands.
    """
    assert situation.before is not None, "only a filing makes a case"
    view = replace(view_of(situation, fields), barred=barred)
    found = _check_author(situation) or check_desk_step(view) or check_record("case", fields, context_of(situation, {}))
    if refused := refuse_for(found):
        return refused
    now = iso(situation.centre.now)
    computed: Fields = {"state": after.value, **add_to_case(view)}
    if text(view.before, "state") != after:
        computed["state_since"] = now
        if after is CaseState.ACCEPTED:
            computed["accepted_at"] = now
        if is_ended_by_desk(after):
            computed["finished_at"] = now
    computed["holder"] = _holder(after, {**fields, **computed}, view.item)
    whole = {**fields, **computed}
    return Accept(
        computed=computed,
        keys=keys,
        beside=(*_notices(situation, view.before, whole), *_part_tasks(situation, view.before, whole)),
        writes=(
            *(_to_other_legs(situation, whole) if not is_open(after) else ()),
            *_closed_parts(situation, view.before, whole, is_over=not is_open(after)),
        ),
    )


def _check_author(situation: Situation) -> list[Problem]:
    """Whether a second person accepts and decides."""
    standing = situation.before.fields if situation.before is not None else {}
    own = is_own_filing(situation.change.name, situation.author.account, standing)
    return [problem("own_filing", "state")] if own else []


def view_of(situation: Situation, fields: Fields) -> StepView:
    before = situation.before.fields if situation.before is not None else {}
    on = china_day(situation.centre.now)
    item = _item_of(situation, fields)
    return StepView(
        name=situation.change.name,
        before=before,
        fields=fields,
        touched=situation.change.touched,
        item=item,
        on=on,
        overrides=own_days(situation, on),
        licences=_licences_of(situation, fields, item, on),
    )


def _item_of(situation: Situation, fields: Fields) -> Fields:
    """The item in the version the case is pinned to, as far as history has it."""
    named = text(fields, "item")
    item = situation.known.record("item", named) if named else None
    if item is None:
        return {}
    pinned = integer(fields, "item_version")
    if 0 < pinned < min(item.rev, integer(item.fields, "version")):
        old = situation.known.body_at(item, pinned)
        return old.fields if old is not None else item.fields
    return item.fields


def _holder(after: CaseState, fields: Held, item: Held) -> str:
    """`fields` with what the step adds: a transfer and a correction say who comes next."""
    if not needs_holder(after):
        return ""
    if after is CaseState.TO_CORRECT and text(fields, "helper"):
        return account_holder(text(fields, "helper"))
    return text(fields, "holder") or handling_desk(fields, item)


def _notices(situation: Situation, before: Held, after: Held) -> tuple[NewRecord, ...]:
    step = situation.change.name
    buckets = told_of(step, before, after, situation.author.account)
    if not buckets:
        return ()
    code, zh, en = words_of(step, after)
    case = situation.change.record
    return tuple(
        NewRecord(
            kind="notice",
            id=derived_id("notice", situation.change.id, bucket),
            bucket=bucket,
            fields={
                **notice_fields(bucket.removeprefix("person:"), case, zh, en),
                "code": code,
                "at": situation.centre.now,
            },
        )
        for bucket in buckets
    )


def part_task_id(case: str, unit: str) -> str:
    """One a case and unit: what a unit has to answer stands in its own list of tasks."""
    return derived_id("task", TaskCode.JOINT_PART, case, unit)


def _part_tasks(situation: Situation, before: Held, after: Held) -> tuple[NewRecord, ...]:
    """What each unit that was named now has to do."""
    if situation.change.name != "case.accept":
        return ()
    place, now = text(after, "village"), situation.centre.now
    number = text(after, "number") or text(after, "receipt")
    return tuple(
        NewRecord(
            kind="task",
            id=part_task_id(situation.change.record, part.unit),
            bucket=desk_bucket(place),
            fields={
                **open_task(
                    TaskCode.JOINT_PART,
                    place=place,
                    about=situation.change.record,
                    about_kind="case",
                    said=f"办件{number}由多个单位联办，请在到期日前答复本单位意见（case.part_answer）。"
                    f" Case {number} is handled jointly: answer for your unit by the last day.",
                    opened_on=china_day(now),
                    at=iso(now),
                    holder=part.unit,
                ),
                "due": part.due.isoformat(),
            },
        )
        for part in parts_of(after)
    )


def _closed_parts(situation: Situation, before: Held, after: Held, *, is_over: bool) -> _Writes:
    """The tasks of parts that were answered or let go, and of all when the case is over."""
    still = set() if is_over else set(open_units(after))
    found = []
    for unit in open_units(before):
        task = situation.known.record("task", part_task_id(situation.change.record, unit))
        if unit in still or task is None or text(task.fields, "state") == TaskState.CLOSED:
            continue
        done = {"state": TaskState.CLOSED.value, "finding": "done", "closed_at": iso(situation.centre.now)}
        found.append(("task", task.id, {**done, "closed_by": situation.author.account}))
    return tuple(found)


def _to_other_legs(situation: Situation, case: Fields) -> _Writes:
    """What a leg that has come to its end brings the others, and the bundle's own end with the last of them."""
    named = text(case, "bundle")
    bundle = situation.known.record("bundle", named) if named else None
    if bundle is None:
        return ()
    ended = leg_of(bundle.fields, situation.change.record)
    found = [*_fed(situation, bundle.fields, ended, case)]
    states = {ended: text(case, "state")}
    for leg in groups(bundle.fields, "legs"):
        if integer(leg, "leg") != ended:
            held = situation.known.record("case", text(leg, "case"))
            states[integer(leg, "leg")] = text(held.fields, "state") if held is not None else ""
    if ended and is_over(states):
        found.append(("bundle", bundle.id, {"state": BundleState.OVER.value}))
    return tuple(found)


def _fed(situation: Situation, bundle: Fields, ended: int, case: Fields) -> _Writes:
    """The result of this leg as material of those that come after it; what was not granted is missing there."""
    decision = case.get("decision")
    granted = case["state"] == CaseState.FINISHED and isinstance(decision, dict) and decision.get("granted") is True
    value: Fields = {"state": MaterialState.LICENCE.value, "note": text(case, "number")}
    if not granted:
        value = {"state": MaterialState.MISSING.value}
    found = []
    for fed, name in fed_by(bundle, ended).items():
        target = situation.known.record("case", fed)
        state = parse_state(text(target.fields, "state")) if target is not None else None
        if target is None or state is None or not is_open(state):
            continue
        item = situation.known.record("item", text(target.fields, "item"))
        for material in parse_materials(item.fields if item is not None else {}):
            field = FIELD_PREFIX + material.no
            if material.name == name and _awaits(target.fields.get(field)):
                found.append(("case", target.id, {field: value}))
    return tuple(found)


def _awaits(value: object) -> bool:
    """Whether nobody has brought it by another way."""
    return not isinstance(value, dict) or text(value, "state") in (MaterialState.AWAITED, MaterialState.MISSING)
