"""Takes one step with several cases at a desk: each by itself, each answered by itself.

Laws: what happens to one happens to no other; a case that changed meanwhile, is foreign or is not ready is told and
left. Only steps that are safe without looking at each case are taken so. Every case names the state that was seen.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from server.actions.platform import Platform
from server.actions.refusals import NotFound
from server.actions.take_step import read_record, take_step
from server.domain.people.reach import reaches
from server.domain.people.roles import may_change
from server.domain.record_fields import text
from server.storage.people import AccountRow
from sync.central.known import Known, Wants
from sync.core.chain import encode_hash
from sync.core.changes import Base, Fields

TOGETHER: Mapping[str, str] = {"accept": "prechecked", "dispatch": "finished", "transfer": ""}
"""Verb → the state from which it is offered; "" for whatever the desk has to do."""
CASES_MAX = 50


@dataclass(frozen=True, slots=True)
class Seen:
    """A case as the page showed it."""

    record: str
    base: Base


@dataclass(frozen=True, slots=True)
class Answer:
    """`problems` with words (zh, en) where it was not done; none of them tells that the case was changed meanwhile.
    `held_by`: who held it before, which a transfer can give it back to. `now`: the state to name in a next step.
    """

    record: str
    done: bool
    problems: Sequence[Mapping[str, Any]] = ()
    held_by: str = ""
    now: Base | None = None


async def seen_now(platform: Platform, records: Sequence[str]) -> dict[str, Seen]:
    """What a page carries of each. Nothing of them is shown by it, so no look is logged."""
    known = Known()
    async with platform.store.read() as unit:
        epoch = (await unit.centre()).epoch
        await unit.load(Wants(records={("case", one) for one in records}), known)
    found = ((one, known.record("case", one)) for one in records)
    return {
        one: Seen(one, Base(epoch=epoch, rev=case.rev, hash=encode_hash(case.hash)))
        for one, case in found
        if case is not None
    }


async def step_together(
    platform: Platform, account: AccountRow, verb: str, cases: Sequence[Seen], fields: Fields
) -> list[Answer]:
    """One answer a case, in order. Raises NotFound for a step that is not taken so, or not by this role."""
    step = f"case.{verb}"
    if verb not in TOGETHER or not may_change(account.role, step):
        raise NotFound("no such step")
    return [await _one(platform, account, step, case, fields) for case in cases[:CASES_MAX]]


async def _one(platform: Platform, account: AccountRow, step: str, case: Seen, fields: Fields) -> Answer:
    standing, directory = await read_record(platform, "case", case.record), await platform.directory()
    if standing is None or not reaches(account.id, account.scope, standing.bucket, standing.fields, directory):
        return Answer(case.record, done=False, problems=[_ABSENT])
    # Merge lets a desk build on its own earlier step; here nobody looked, so any change since is a reason to look.
    if encode_hash(standing.hash) != case.base.hash:
        return Answer(case.record, done=False)
    try:
        taken = await take_step(
            platform, account, kind="case", record=case.record, name=step, fields=dict(fields), seen=case.base
        )
    except NotFound:
        return Answer(case.record, done=False, problems=[_ABSENT])
    if not taken.outcome.code.has_effect or taken.record is None:
        return Answer(case.record, done=False, problems=taken.outcome.detail.get("problems", ()))
    now = Base(epoch=case.base.epoch, rev=taken.record.rev, hash=encode_hash(taken.record.hash))
    return Answer(case.record, done=True, held_by=text(standing.fields, "holder"), now=now)


_ABSENT = {"zh": "不在您的管辖范围，或已不存在。", "en": "Outside your scope, or not there."}
