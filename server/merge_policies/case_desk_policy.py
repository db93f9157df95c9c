"""How a step moves a case along: who holds it afterwards, what the centre computes, who is told.

Laws: whoever has to act now is the case's holder, and a case that is not over has one. The state follows from the step
taken; what the step must say, and the clocks it sets, come from the rules in server/domain/cases.
"""

from __future__ import annotations

from server.domain.cases.lifecycle import STEPS, CaseState, needs_holder
from server.domain.people.reach import account_holder, place_holder, unit_holder
from server.domain.problems import Problem, problem
from server.domain.record_checks import check_record
from server.domain.record_fields import KINDS, text
from server.merge_policies.judging import context_of, refuse_for
from sync.central.known import Wants
from sync.central.policies import Accept, Reading, Situation, Verdict
from sync.core.changes import Change, Fields
from sync.core.clock import iso


def handling_desk(case: Fields, item: Fields) -> str:
    """Who handles it: the unit whose item it is; for a standard item, the desk of the village of service."""
    unit = text(item, "unit")
    return unit_holder(unit) if unit else place_holder(text(case, "village"))


class DeskRules:
    """The steps that are not the filing's own."""

    def reads(self, change: Change, reading: Reading) -> Wants:
        return Wants()

    def settle(self, situation: Situation, after: CaseState, fields: Fields, keys: frozenset[str]) -> Verdict:
        name = situation.change.name
        problems = [*_missing(name, fields), *check_record("case", fields, context_of(situation, {}))]
        if refused := refuse_for(problems):
            return refused
        now = iso(situation.centre.now)
        computed: Fields = {"state": after.value}
        if situation.before is None or text(situation.before.fields, "state") != after:
            computed["state_since"] = now
        if after is CaseState.ACCEPTED:
            computed["accepted_at"] = now
        if after is CaseState.FINISHED and name == "case.finish":
            computed["finished_at"] = now
        computed["holder"] = self._holder(situation, after, fields)
        return Accept(computed=computed, keys=keys)

    def _holder(self, situation: Situation, after: CaseState, fields: Fields) -> str:
        if not needs_holder(after):
            return ""
        if after is CaseState.TO_CORRECT:
            return account_holder(text(fields, "helper"))
        if situation.change.name == "case.correct":
            item = situation.known.record("item", text(fields, "item"))
            return handling_desk(fields, item.fields if item is not None else {})
        return text(fields, "holder")


def _missing(name: str, fields: Fields) -> list[Problem]:
    return [
        problem("field_missing", needed, label=KINDS["case"].fields[needed].zh)
        for needed in STEPS[name].needs
        if fields.get(needed) in (None, "", [], {})
    ]
