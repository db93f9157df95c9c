"""The policies of what follows a filing: tasks, ratings and tickets; and of a consent, since revoking one opens tasks.

Laws: tasks and ratings lie in the desks' buckets. A bad rating puts a task beside itself in the same decision, so that
none goes without; the case that was rated says so, and never how. Who revokes a consent writes nothing else of it, and
every unit it named is told by a task.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from msgspec import structs

from server.domain.cases import ratings, tickets
from server.domain.cases.consent import REVOKE_WRITES, RevokeChannel
from server.domain.cases.lifecycle import next_state, parse_state
from server.domain.people.reach import desk_bucket, unit_holder
from server.domain.people.roles import CENTRE_ROLE, roles_that_may
from server.domain.problems import Problem, problem
from server.domain.record_fields import KINDS, integer, text, texts
from server.domain.supervision import tasks
from server.domain.supervision.notices import notice_fields
from server.domain.supervision.orders import check_order_closing
from server.domain.supervision.tasks import TaskCode
from server.merge_policies import supervision_orders as orders
from server.merge_policies.judging import china_day, refuse_for, settle_by_check
from server.merge_policies.own_days import own_days, reads_own_days
from server.merge_policies.stepped import stepped_policy
from sync.central.known import Wants
from sync.central.policies import (
    Accept,
    ChangeRule,
    NewRecord,
    Reading,
    RecordPolicy,
    Situation,
    Verdict,
)
from sync.core.changes import Change, Fields
from sync.core.clock import iso
from sync.core.ids import derived_id

Settle = Callable[[Situation], Verdict]
WORDS_MAX = 200
"""Of a record's own words in a notice or a task."""


def task_policy() -> RecordPolicy:
    """A task of its own; others put theirs beside a change (server/domain/supervision/tasks.py:open_task)."""
    policy = stepped_policy(
        "task",
        tasks.STEPS,
        bucket=lambda fields: desk_bucket(str(fields["place"])),
        adds=_task_adds,
        reads=_task_reads,
        columns=lambda fields: {
            "state": text(fields, "state"),
            "holder": text(fields, "holder") or None,
            "due": text(fields, "due") if text(fields, "state") != tasks.TaskState.CLOSED else None,
            "code": text(fields, "code"),
            "about": text(fields, "about"),
        },
        check=_check_task_step,
    )
    return replace(policy, settle=partial(_settle_task, policy.settle))


def _settle_task(settle: Settle, situation: Situation) -> Verdict:
    """What is said to an order is said to its light."""
    verdict = settle(situation)
    if not isinstance(verdict, Accept) or situation.change.name != "task.explain" or situation.before is None:
        return verdict
    task = {**situation.fields, **verdict.computed}
    said = {name: text(task, name) for name in ("explanation", "explained_by", "explained_at")}
    beside = orders.answered(situation.known, "task", situation.before, said)
    return structs.replace(verdict, beside=(*verdict.beside, *beside.records), writes=(*verdict.writes, *beside.writes))


def _task_adds(situation: Situation, fields: Fields) -> Fields:
    now, account = iso(situation.centre.now), situation.author.account
    match situation.change.name:
        case "task.open":
            day = china_day(situation.centre.now)
            due = tasks.due_day(text(fields, "code"), integer(fields, "days"), day, own_days(situation, day))
            holder = text(fields, "holder") or f"place:{text(fields, 'place')}"
            return {"opened_at": now, "due": due.isoformat(), "holder": holder}
        case "task.explain":
            return {"explained_at": now, "explained_by": account}
        case "task.close":
            return {"closed_at": now, "closed_by": account}
    return {}


def _task_reads(change: Change, reading: Reading) -> Wants:
    wants = reads_own_days(change, reading) | orders.reads_its_light(change, reading)
    if change.name == "task.open" and change.set.get("code") == TaskCode.BULLETIN_OBJECTION:
        wants.records |= {("bulletin", one) for one in reading.texts("task", change.record, "about")}
    return wants


def _check_task_step(situation: Situation) -> list[Problem]:
    fields = situation.fields
    if situation.change.name == "task.open" and text(fields, "code") != TaskCode.BULLETIN_OBJECTION:
        return tasks.check_opening(text(fields, "code"), by_centre=situation.author.role == CENTRE_ROLE)
    if situation.change.name == "task.open":
        bulletin, today = situation.known.record("bulletin", text(fields, "about")), china_day(situation.centre.now)
        standing = bulletin.fields if bulletin is not None else None
        return tasks.check_objection(standing, today, own_days(situation, today))
    if situation.change.name != "task.close" or situation.before is None:
        return []
    before, author = situation.before.fields, situation.author
    return (
        tasks.check_closing(before, author.account)
        or check_order_closing(before, author.role)
        or tasks.check_told(fields)
    )


def rating_policy() -> RecordPolicy:
    policy = stepped_policy(
        "rating",
        ratings.STEPS,
        bucket=lambda fields: desk_bucket(str(fields["place"])),
        adds=_rating_adds,
        beside=_rating_beside,
        reads=_rating_reads,
        columns=lambda fields: {
            "state": text(fields, "state"),
            "of_case": text(fields, "case"),
            "unit": text(fields, "unit") or None,
            "grade": str(integer(fields, "grade")),
            "rated_at": text(fields, "rated_at"),
        },
        natural_id=lambda fields: ratings.rating_id(text(fields, "case"), again=bool(text(fields, "instead_of"))),
        once=True,
        check=_check_rating_step,
    )
    return replace(policy, settle=partial(_settle_rating, policy.settle))


def _settle_rating(settle: Callable[[Situation], Verdict], situation: Situation) -> Verdict:
    """A delivered case is rated with it (送达 → 评价); how, its record does not say: that lies with the desks alone."""
    verdict = settle(situation)
    case = situation.known.record("case", text(situation.fields, "case"))
    if not isinstance(verdict, Accept) or situation.change.name != "rating.give" or case is None:
        return verdict
    state = next_state("case.rate", parse_state(text(case.fields, "state")))
    if state is None:
        return verdict
    rated: Fields = {"state": state.value, "state_since": iso(situation.centre.now)}
    return structs.replace(verdict, writes=(*verdict.writes, ("case", case.id, rated)))


def _rating_reads(change: Change, reading: Reading) -> Wants:
    cases = reading.texts("rating", change.record, "case")
    items = {item for case in cases for item in reading.texts("case", case, "item")}
    first = {("rating", ratings.rating_id(case)) for case in cases if change.set.get("instead_of")}
    named = Wants(records={("case", case) for case in cases} | {("item", item) for item in items} | first)
    return named | reads_own_days(change, reading)


def _check_rating_step(situation: Situation) -> list[Problem]:
    if situation.change.name != "rating.give":
        return []
    fields = situation.fields
    if text(fields, "channel") == ratings.Channel.PAGE and situation.author.role != CENTRE_ROLE:
        return [problem("value_unknown", "channel", label="渠道", value="page")]
    case = situation.known.record("case", text(fields, "case"))
    instead = text(fields, "instead_of")
    first = situation.known.record("rating", ratings.rating_id(text(fields, "case"))) if instead else None
    standing = first.fields if first is not None else None
    return ratings.check_rated_case(
        case.fields if case is not None else None, text(fields, "place")
    ) or ratings.check_again(fields, standing, situation.author.account)


def _rating_adds(situation: Situation, fields: Fields) -> Fields:
    if situation.change.name != "rating.give":
        return {"set_aside_at": iso(situation.centre.now), "set_aside_by": situation.author.account}
    case = situation.known.record("case", text(fields, "case"))
    assert case is not None, "a rating without its case was refused"
    item = text(case.fields, "item")
    return {"rated_at": iso(situation.centre.now), "item": item, "unit": _unit_of(situation, item)}


def _rating_beside(situation: Situation, fields: Fields) -> tuple[NewRecord, ...]:
    if situation.change.name != "rating.give" or not ratings.is_bad(integer(fields, "grade")):
        return ()
    unit = text(fields, "unit")
    task = tasks.open_task(
        TaskCode.BAD_RATING,
        place=text(fields, "place"),
        about=situation.change.record,
        about_kind="rating",
        said="收到差评：请核实、整改并回电。 A bad rating came in: verify it, put it right and call back.",
        opened_on=china_day(situation.centre.now),
        overrides=own_days(situation, china_day(situation.centre.now)),
        at=iso(situation.centre.now),
        holder=unit_holder(unit) if unit else "",
    )
    bucket = desk_bucket(text(fields, "place"))
    return (NewRecord(kind="task", id=rating_task_id(situation.change.record), bucket=bucket, fields=task),)


def rating_task_id(rating: str) -> str:
    """The task that a bad rating opens."""
    return derived_id("task", TaskCode.BAD_RATING, rating)


def ticket_policy() -> RecordPolicy:
    return stepped_policy(
        "ticket",
        tickets.STEPS,
        bucket=_ticket_bucket,
        adds=_ticket_adds,
        reads=reads_own_days,
        beside=_ticket_beside,
        columns=lambda fields: {
            "state": text(fields, "state"),
            "holder": text(fields, "holder") or None,
            "due": text(fields, "due") if text(fields, "state") in tickets.WAITING else None,
            "number": text(fields, "number") or None,
            "of_case": text(fields, "case") or None,
            "resident": text(fields, "resident") or None,
            "opened_at": text(fields, "opened_at"),
        },
        check=_check_ticket_step,
    )


def _ticket_bucket(fields: Fields) -> str:
    """An appeal lies in the village, whose helper made it; what the hotline took, with the desks."""
    is_appeal = fields["source"] == tickets.Source.APPEAL
    return f"place:{fields['place']}" if is_appeal else desk_bucket(str(fields["place"]))


def _check_ticket_step(situation: Situation) -> list[Problem]:
    before = situation.before.fields if situation.before is not None else {}
    name, record = situation.change.name, situation.change.record
    return tickets.check_way(name, situation.fields, record, integer(before, "reopened"))


def _ticket_adds(situation: Situation, fields: Fields) -> Fields:
    now, account = iso(situation.centre.now), situation.author.account
    days = integer(fields, "days") or tickets.DAYS_GIVEN[text(fields, "type")]
    today = china_day(situation.centre.now)
    due = tasks.due_day("", days, today, own_days(situation, today)).isoformat()
    match situation.change.name:
        case "ticket.open" | "ticket.appeal":
            holder = text(fields, "holder") or f"place:{text(fields, 'place')}"
            return {"opened_at": now, "opened_by": account, "due": due, "holder": holder}
        case "ticket.answer":
            return {"answered_at": now, "answered_by": account}
        case "ticket.reopen":
            return {"reopened": integer(fields, "reopened") + 1, "due": due, "closed_at": ""}
        case "ticket.close":
            return {"closed_at": now}
    return {}


def _ticket_beside(situation: Situation, fields: Fields) -> tuple[NewRecord, ...]:
    """Whoever made an appeal hears of its answer."""
    to = text(fields, "opened_by")
    if situation.change.name != "ticket.answer" or text(fields, "source") != tickets.Source.APPEAL or not to:
        return ()
    said = text(fields, "answer")[:WORDS_MAX]
    notice = {
        **notice_fields(to, situation.change.record, f"您代居民提出的诉求已答复：{said}", f"Your appeal: {said}"),
        "about_kind": "ticket",
        "code": "appeal_answered",
        "at": situation.centre.now,
    }
    ident = derived_id("notice", situation.change.id, to)
    return (NewRecord(kind="notice", id=ident, bucket=f"person:{to}", fields=notice),)


def consent_policy() -> RecordPolicy:
    settle = settle_by_check("consent")

    def settle_consent(situation: Situation) -> Verdict:
        if situation.change.name != "consent.revoke":
            return settle(situation)
        refused = refuse_for(_check_revocation(situation))
        verdict = refused or settle(situation)
        if isinstance(verdict, Accept):
            return Accept(computed=_revoked(situation), beside=_revocation_tasks(situation))
        return verdict

    return RecordPolicy(
        kind="consent",
        changes={
            "consent.give": ChangeRule(creates=True, updates=False, roles=roles_that_may("consent.give")),
            "consent.revoke": ChangeRule(creates=False, roles=roles_that_may("consent.revoke")),
        },
        computed=KINDS["consent"].computed,
        bucket=lambda fields: f"place:{fields['village']}",
        reads=_consent_reads,
        settle=settle_consent,
        columns=lambda fields: {"resident": text(fields, "resident")},
    )


def _consent_reads(change: Change, reading: Reading) -> Wants:
    if change.name != "consent.revoke":
        return Wants()
    held = reading.record("consent", change.record)
    items = texts(held.fields, "items") if held is not None else ()
    return Wants(records={("item", item) for item in items}) | reads_own_days(change, reading)


def _check_revocation(situation: Situation) -> list[Problem]:
    found = [
        problem("step_writes", name, step="consent.revoke")
        for name in sorted(situation.change.touched)
        if name not in REVOKE_WRITES
    ]
    channel = text(situation.fields, "revoke_channel")
    if channel and channel not in RevokeChannel.__members__.values():
        found.append(problem("value_unknown", "revoke_channel", label="撤回渠道", value=channel))
    return found


def _revoked(situation: Situation) -> Fields:
    """When and through whom. A phone says when it was in the home; a desk's word counts from when it was given."""
    before = situation.before.fields if situation.before is not None else {}
    said = text(before, "revoked_at") or text(situation.fields, "revoked_at") or iso(situation.centre.now)
    channel = text(situation.fields, "revoke_channel") or RevokeChannel.HELPER
    return {"revoked_at": said, "revoke_channel": str(channel), "revoked_by": situation.author.account}


def _revocation_tasks(situation: Situation) -> tuple[NewRecord, ...]:
    """One for each unit that implements a named item: it must stop what has not been done."""
    before = situation.before
    if before is None or text(before.fields, "revoked_at"):
        return ()
    place = text(before.fields, "village")
    units = sorted({_unit_of(situation, item) for item in texts(before.fields, "items")})
    return tuple(
        NewRecord(
            kind="task",
            id=derived_id("task", TaskCode.CONSENT_REVOKED, situation.change.record, unit),
            bucket=desk_bucket(place),
            fields=tasks.open_task(
                TaskCode.CONSENT_REVOKED,
                place=place,
                about=situation.change.record,
                about_kind="consent",
                said="居民已撤回同意：停止尚未办理的处理，并写明已停止什么。"
                " The resident withdrew the consent: stop what has not been done, and say what was stopped.",
                opened_on=china_day(situation.centre.now),
                overrides=own_days(situation, china_day(situation.centre.now)),
                at=iso(situation.centre.now),
                holder=unit_holder(unit) if unit else "",
            ),
        )
        for unit in units
    )


def _unit_of(situation: Situation, item: str) -> str:
    """The unit that implements an item, "" for a standard list's: then the place's desk answers."""
    held = situation.known.record("item", item) if item else None
    return text(held.fields, "unit") if held is not None else ""
