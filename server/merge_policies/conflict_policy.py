"""How a conflict is decided: a person's choice is a change like any other, and writes to the record in question.

Laws: a decision counts only for the values its author saw. If the record moved on since the conflict was opened, the
decision must say so (`seen`); otherwise it is refused and told what stands now. A state is never decided for: it
follows from steps alone, so what was typed with a step is taken over and the step itself is taken again by who may.
"""

from __future__ import annotations

from functools import partial
from typing import cast

from server.domain.cases.choices import add_choice, check_choice
from server.domain.people.roles import Role, roles_that_may
from server.domain.record_fields import KINDS, text
from server.domain.steps import STATE
from server.domain.supervision.conflicts import ConflictState, chosen_in, may_decide, seen_in
from server.merge_policies.judging import china_day, refuse_for
from sync.central.known import Wants
from sync.central.policies import Accept, ChangeRule, Reading, RecordPolicy, Refuse, Rule, Situation, Verdict
from sync.core.changes import Change, Fields, OutcomeCode

_SUPERVISING = frozenset({Role.TOWN_LEAD, Role.COUNTY_SUPERVISOR, Role.CITY_SUPERVISOR})
_MAY_BE_SET = frozenset({"state", "decided_value", "seen"})


def conflict_policy() -> RecordPolicy:
    return RecordPolicy(
        kind="conflict",
        changes={"conflict.decide": ChangeRule(roles=roles_that_may("conflict.decide"))},
        default=Rule.PERSON_DECIDES,
        groups=(_MAY_BE_SET,),
        fields=dict.fromkeys(_MAY_BE_SET, Rule.CENTRE_WINS),
        computed=frozenset(KINDS["conflict"].fields) - _MAY_BE_SET | {"mine_by", "theirs_by", "bucket"},
        bucket=lambda fields: str(fields["bucket"]),
        reads=_reads,
        settle=_settle,
        columns=lambda fields: {
            "state": text(fields, "state"),
            "record": text(fields, "record"),
            "change": text(fields, "change"),
        },
    )


def _reads(change: Change, reading: Reading) -> Wants:
    of_conflict = partial(reading.texts, "conflict", change.record)
    return Wants(
        records={(kind, record) for kind in of_conflict("kind") for record in of_conflict("record")}
        | {("outcome", earlier) for earlier in of_conflict("change")},
        changes=set(of_conflict("change")),
        waits=set(of_conflict("record")),
    )


def _settle(situation: Situation) -> Verdict:
    before = situation.before
    assert before is not None, "a conflict is opened by merge alone"
    standing = before.fields
    if text(standing, "state") == ConflictState.DECIDED:
        return Refuse(reason="conflict_decided", detail={"decided_by": text(standing, "decided_by")})
    supervises = situation.author.role in _SUPERVISING
    if not may_decide(situation.author.account, standing, supervises):
        return Refuse(reason="not_yours")
    chosen = chosen_in(situation.change.set)
    names = cast("list[str]", standing["fields"])
    if chosen is None or chosen.keys() != set(names):
        return Refuse(reason="decision_incomplete", detail={"fields": names})
    target = situation.known.record(text(standing, "kind"), text(standing, "record"))
    assert target is not None, "records are never removed"
    current = {name: target.fields.get(name) for name in names}
    seen = seen_in(situation.change.set)
    if current != (seen if seen is not None else standing["theirs"]):
        return Refuse(reason="conflict_moved", detail={"current": current})
    changed: Fields = {name: value for name, value in chosen.items() if value != current[name] and name != STATE}
    if changed and target.kind == "case":
        after = {**target.fields, **changed}
        if refused := refuse_for(check_choice(target.fields, after)):
            return Refuse(reason=refused.reason, detail=refused.detail)  # to be chosen anew, not a conflict of its own
        changed |= add_choice(target.fields, after, china_day(situation.centre.now))
    return Accept(
        computed={
            "state": ConflictState.DECIDED.value,
            "decided_by": situation.author.account,
            "decided_value": chosen,
        },
        writes=((target.kind, target.id, changed),) if changed else (),
        resolves={text(standing, "change"): OutcomeCode.MERGED},
    )
