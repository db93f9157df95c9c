"""The policies of what supervision keeps: lights, reviews, and the notices by which helpers hear of them and answer.

Laws: lights and reviews lie in the desks' buckets, so whoever is to explain reads a notice and answers that; the answer
is copied into what the notice is about in the same decision. A red light has its order beside it
(supervision_orders.py). Lights are raised, changed and cleared by the centre alone. Who opened or explained a review
does not find on it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from msgspec import structs

from server.domain.calendar import add_working_days
from server.domain.people.reach import desk_bucket
from server.domain.people.roles import roles_that_may
from server.domain.problems import Problem, problem
from server.domain.record_checks import check_record
from server.domain.record_fields import KINDS, integer, text, texts
from server.domain.supervision import lights, reviews
from server.domain.supervision.escalation import check_escalation, parse_stage, stage_by_clock, stage_noted
from server.domain.supervision.lights import LEVELS_TOLD, Level, LightState
from server.domain.supervision.notice_texts import light_notice, review_notice
from server.domain.supervision.notices import notice_bucket, worded
from server.domain.supervision.tasks import TaskState
from server.merge_policies import supervision_orders as orders
from server.merge_policies.judging import china_day, context_of, refuse_for
from server.merge_policies.stepped import stepped_policy
from sync.central.known import Wants
from sync.central.policies import (
    Accept,
    ChangeRule,
    NewRecord,
    Reading,
    RecordPolicy,
    Refuse,
    Rule,
    Situation,
    Verdict,
)
from sync.core.changes import Change, Fields
from sync.core.clock import iso
from sync.core.ids import derived_id

ANSWERABLE = ("light", "review", "task")


def light_id(about: str, code: str) -> str:
    """A clock has one light, however often it is raised."""
    return derived_id("light", about, code)


def review_id(code: str, account: str, window: str) -> str:
    """A pattern of one account in one window is looked at once."""
    return derived_id("review", code, account, window)


def light_policy() -> RecordPolicy:
    policy = stepped_policy(
        "light",
        lights.STEPS,
        bucket=lambda fields: desk_bucket(str(fields["place"])),
        adds=_light_adds,
        beside=_light_beside,
        reads=_light_reads,
        columns=lambda fields: {
            "state": text(fields, "state"),
            "level": text(fields, "level"),
            "code": text(fields, "code"),
            "about": text(fields, "about"),
            "holder": text(fields, "holder") or None,
            "stage": text(fields, "stage") or None,
            "level_since": text(fields, "level_since"),
            "warned_at": lights.warned(fields)[0] or None,
            "warned_holder": lights.warned(fields)[1] or None,
        },
        natural_id=lambda fields: light_id(text(fields, "about"), text(fields, "code")),
        check=_check_light,
        default=Rule.LATEST,
    )
    return replace(policy, settle=partial(_settle_with_order, policy.settle))


def _settle_with_order(settle: Callable[[Situation], Verdict], situation: Situation) -> Verdict:
    """A light, and what becomes of its order with it."""
    verdict = settle(situation)
    if not isinstance(verdict, Accept):
        return verdict
    light: Fields = {**situation.fields, **verdict.computed}
    beside = orders.issued(situation, light)
    if situation.change.name == "light.explain" and situation.before is not None:
        beside = orders.answered(situation.known, "light", situation.before, said_of(light))
    return structs.replace(verdict, beside=(*verdict.beside, *beside.records), writes=(*verdict.writes, *beside.writes))


def said_of(fields: Fields) -> Fields:
    """An explanation, with who gave it and when."""
    return {name: text(fields, name) for name in ("explanation", "explained_by", "explained_at")}


def _check_light(situation: Situation) -> list[Problem]:
    if situation.change.name != "light.escalate" or situation.before is None:
        return []
    return check_escalation(situation.before.fields, text(situation.fields, "stage"))


def _light_adds(situation: Situation, fields: Fields) -> Fields:
    now, account = iso(situation.centre.now), situation.author.account
    before: Fields = situation.before.fields if situation.before is not None else {}
    match situation.change.name:
        case "light.raise":
            times = integer(before, "times") + 1
            added: Fields = {"raised_at": now, "times": times, "explanation": "", "stage": ""}
            added = {**added, "order": orders.order_of(situation, fields, times)}
            return {**added, **_reached(situation, {**fields, "stage": ""}, now)}
        case "light.change" | "light.order":
            order = orders.order_of(situation, fields, integer(before, "times")) or text(before, "order")
            reached = _reached(situation, fields, now) if fields.get("level") != before.get("level") else {}
            return {**reached, "order": order} if order else reached
        case "light.clear":
            return {"cleared_at": now}
        case "light.explain":
            return {"explained_at": now, "explained_by": account}
        case "light.escalate":
            stage = parse_stage(fields.get("stage"))
            assert stage is not None, "the check refuses a stage that does not exist"
            return {"steps": stage_noted(before, stage, at=now, by=account, why=text(fields, "why"))}
    return {}


def _reached(situation: Situation, fields: Fields, now: str) -> Fields:
    """What follows from the level that a light has just taken."""
    level = Level(text(fields, "level"))
    found: Fields = {"level_since": now}
    if level in LEVELS_TOLD:
        due = add_working_days(china_day(situation.centre.now), lights.EXPLAIN_DAYS).date
        found = {**found, "explain_due": due.isoformat()}
        at, holder = lights.warned(situation.before.fields) if situation.before is not None else ("", "")
        found = {**found, "warned_at": at or now, "warned_holder": holder if at else text(fields, "holder")}
    before = parse_stage(fields.get("stage"))
    stage = stage_by_clock(level, before)
    if stage is None or stage is before:
        return found
    steps = stage_noted(fields, stage, at=now, by=situation.author.account, why=f"{text(fields, 'code')} {level}")
    return {**found, "stage": stage.value, "steps": steps}


def _light_beside(situation: Situation, fields: Fields) -> tuple[NewRecord, ...]:
    """Whoever holds it is told of each level once."""
    if situation.change.name not in ("light.raise", "light.change"):
        return ()
    before: Fields = situation.before.fields if situation.before is not None else {}
    again = situation.change.name == "light.raise" or before.get("level") != fields.get("level")
    if not again and before.get("holder") == fields.get("holder"):
        return ()
    # An order's notice tells of the level at which it was issued, and of a red of which it stands already.
    ordered = text(fields, "order")
    if ordered and (not text(before, "order") or ordered != before.get("order") or not again):
        return ()
    if ordered and text(fields, "level") == Level.RED:
        return ()
    record, level, times = situation.change.record, text(fields, "level"), integer(fields, "times")
    notices = {account: light_notice_id(record, level, times, account) for account in texts(fields, "told")}
    return tuple(
        NewRecord(kind="notice", id=notice, bucket=f"person:{account}", fields=light_notice(account, record, fields))
        for account, notice in notices.items()
        # A light that goes on elsewhere, or back to a level, says nothing new to whoever was told of it.
        if situation.known.if_loaded("records", ("notice", notice)) is None
    )


def light_notice_id(light: str, level: str, times: int, account: str) -> str:
    """What an account is told of one level of a light that was raised so often."""
    return derived_id("notice", light, level, str(times), account)


def _light_reads(change: Change, reading: Reading) -> Wants:
    """What those who would be told were told before."""
    ordered = orders.reads_orders(change, reading)
    if change.name not in ("light.raise", "light.change"):
        return ordered
    record, sources = change.record, reading.sources("light", change.record)
    told = {account for source in sources for account in texts(source, "told")}
    times = {number + more for number in (0, *reading.numbers("light", record, "times")) for more in (0, 1)}
    return ordered | Wants(
        records={
            ("notice", light_notice_id(record, level, number, account))
            for level in reading.texts("light", record, "level")
            for number in times
            for account in told
        }
    )


def review_policy() -> RecordPolicy:
    return stepped_policy(
        "review",
        reviews.STEPS,
        bucket=lambda fields: desk_bucket(str(fields["place"])),
        adds=_review_adds,
        beside=_review_beside,
        columns=lambda fields: {
            "state": text(fields, "state"),
            "code": text(fields, "code"),
            "level": text(fields, "level"),
            "account": text(fields, "account"),
            "finding": text(fields, "finding") or None,
            "opened_at": text(fields, "opened_at"),
            "found_at": text(fields, "found_at") or None,
        },
        natural_id=lambda fields: review_id(text(fields, "code"), text(fields, "account"), text(fields, "since")),
        check=_check_review,
        default=Rule.LATEST,
    )


def _check_review(situation: Situation) -> list[Problem]:
    concerned = situation.before is not None and text(situation.before.fields, "account") == situation.author.account
    return [problem("review_own", "finding")] if situation.change.name == "review.find" and concerned else []


def _review_adds(situation: Situation, fields: Fields) -> Fields:
    now, account = iso(situation.centre.now), situation.author.account
    match situation.change.name:
        case "review.open":
            return {"opened_at": now}
        case "review.explain":
            return {"explained_at": now, "explained_by": account}
        case "review.find":
            return {"found_at": now, "found_by": account}
    return {}


def _review_beside(situation: Situation, fields: Fields) -> tuple[NewRecord, ...]:
    if situation.change.name != "review.open":
        return ()
    account, record = text(fields, "account"), situation.change.record
    notice = derived_id("notice", record, account)
    return (
        NewRecord(kind="notice", id=notice, bucket=f"person:{account}", fields=review_notice(account, record, fields)),
    )


def notice_policy() -> RecordPolicy:
    """What a person is told; where an explanation is asked for, the answer goes into what it is about."""
    return RecordPolicy(
        kind="notice",
        changes={
            "notice.send": ChangeRule(creates=True, updates=False, roles=roles_that_may("notice.send")),
            "notice.read": ChangeRule(roles=roles_that_may("notice.read")),
            "notice.answer": ChangeRule(roles=roles_that_may("notice.answer")),
        },
        fields={"read_at": Rule.LATEST, "answer": Rule.LATEST},
        computed=KINDS["notice"].computed,
        bucket=lambda fields: notice_bucket(str(fields["to"])),
        reads=_notice_reads,
        worded=worded,
        settle=_settle_notice,
    )


def _notice_reads(change: Change, reading: Reading) -> Wants:
    if change.name != "notice.answer":
        return Wants()
    kinds = reading.texts("notice", change.record, "about_kind") & frozenset(ANSWERABLE)
    abouts = [(kind, about) for kind in kinds for about in reading.texts("notice", change.record, "about")]
    wants = Wants(records=set(abouts))
    for kind, about in abouts:
        wants |= orders.reads_answered(reading, kind, about)
    return wants


def _settle_notice(situation: Situation) -> Verdict:
    refused = refuse_for(check_record("notice", situation.fields, context_of(situation, {})))
    if refused is not None or situation.change.name != "notice.answer":
        return refused or Accept()
    fields = situation.fields
    kind, about = text(fields, "about_kind"), text(fields, "about")
    standing = situation.known.record(kind, about) if kind in ANSWERABLE else None
    if standing is None or not text(fields, "answer").strip():
        return Refuse(reason="nothing_asked")
    now = iso(situation.centre.now)
    told: Fields = {
        "explanation": text(fields, "answer"),
        "explained_by": situation.author.account,
        "explained_at": now,
    }
    state = text(standing.fields, "state")
    beside = orders.answered(situation.known, kind, standing, told)
    if state in (LightState.LIT, reviews.ReviewState.OPENED, TaskState.OPEN):
        told = {**told, "state": LightState.EXPLAINED.value}
    elif state not in (LightState.EXPLAINED,):
        return Refuse(reason="answer_too_late", detail={"state": state})
    writes = ((kind, about, told), *beside.writes)
    return Accept(computed={"answered_at": now}, writes=writes, beside=beside.records)


assert LightState.EXPLAINED.value == reviews.ReviewState.EXPLAINED.value == TaskState.EXPLAINED.value, (
    "an answer leads to the same word in all of them"
)
