"""How a claim is merged: colleagues of one unit meet in one record and merge by field; rival units stand side by side.

Laws: a claim's id follows from campaign, unit and base item, so that two colleagues who claim offline claim the same.
Where only one unit of a place may implement an item, the first to arrive stands and the second becomes a proposal
beside it. The state follows from what was done, never from what a stale screen thought it was.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from server.domain.catalogue.campaigns import in_scope, is_open_on
from server.domain.catalogue.claims import STEPS, ClaimState, next_state, parse_state
from server.domain.people.roles import roles_that_may
from server.domain.problems import problem
from server.domain.record_checks import check_record
from server.domain.record_fields import KINDS, text
from server.merge_policies.judging import context_of, named, refuse_for
from sync.central.known import Record, Wants
from sync.central.policies import Accept, ChangeRule, Reading, RecordPolicy, Refuse, Rule, Situation, Verdict
from sync.core.changes import Change, Fields, OutcomeCode
from sync.core.ids import derived_id

CLAIM_POLICY_FIELDS = {"state": Rule.LATEST, "claimed_by": Rule.CENTRE_WINS, "f.remark": Rule.KEEP_BOTH}


def claim_policy() -> RecordPolicy:
    return RecordPolicy(
        kind="claim",
        changes={
            name: ChangeRule(creates=True, roles=roles_that_may(name))
            for name in ("claim.take", "claim.fill", "claim.submit", "claim.withdraw")
        },
        fields=CLAIM_POLICY_FIELDS,
        default=Rule.PERSON_DECIDES,
        computed=KINDS["claim"].computed,
        bucket=lambda fields: f"unit:{fields['unit']}",
        reads=_reads,
        settle=_settle,
        columns=lambda fields: {
            "state": text(fields, "state"),
            "unit": text(fields, "unit"),
            "campaign": text(fields, "campaign"),
            "base_item": text(fields, "base_item"),
            "claimed_by": text(fields, "claimed_by") or None,
        },
        personal=False,
        natural=True,
    )


def claim_id(campaign: str, unit: str, base_item: str) -> str:
    """The record id that every colleague derives."""
    return derived_id("claim", campaign, unit, base_item)


def place_key(fields: Fields) -> str:
    """Under which rival units' claims of one item for one place meet."""
    return f"claim:{text(fields, 'campaign')}:{text(fields, 'place')}:{text(fields, 'base_item')}"


def _reads(change: Change, reading: Reading) -> Wants:
    of_claim = partial(reading.texts, "claim", change.record)
    return Wants(
        records={("campaign", campaign) for campaign in of_claim("campaign")},
        keys={
            place_key({"campaign": campaign, "place": place, "base_item": base_item})
            for campaign in of_claim("campaign")
            for place in of_claim("place")
            for base_item in of_claim("base_item")
        },
    )


def _settle(situation: Situation) -> Verdict:
    fields, before = situation.fields, situation.before
    expected = claim_id(text(fields, "campaign"), text(fields, "unit"), text(fields, "base_item"))
    if situation.change.record != expected:
        return Refuse(reason="wrong_id", detail={"expected": expected})
    campaign = situation.known.record("campaign", named(fields, "campaign"))
    refusal = _check_campaign(situation, campaign)
    if refusal is not None:
        return refusal
    state = _state_after(situation)
    computed: Fields = {"state": state.value}
    if state is ClaimState.FREE:
        computed["claimed_by"] = ""
    elif not text(fields, "claimed_by"):
        computed["claimed_by"] = situation.author.account
    context = context_of(situation, {})
    if context.state_before == ClaimState.FREE:
        context = replace(context, before=None)  # a free claim is as good as none
    refused = refuse_for(check_record("claim", {**fields, **computed}, context))
    if refused is not None:
        return refused
    assert campaign is not None, "a claim without its campaign was refused"
    if state is ClaimState.FREE or campaign.fields.get("exclusive") is not True:
        return Accept(computed=computed)
    return _beside_rival(situation, computed, before)


def _check_campaign(situation: Situation, campaign: Record | None) -> Verdict | None:
    """Work done while the campaign ran counts even if it arrives later."""
    if campaign is None:
        return refuse_for([problem("record_absent", "campaign")])
    day = context_of(situation, {}).visit_day
    if situation.change.name == "claim.take" and not is_open_on(campaign.fields, day):
        return Refuse(reason="campaign_closed", detail={"end": text(campaign.fields, "end")})
    if not in_scope(campaign.fields, text(situation.fields, "unit"), text(situation.fields, "place")):
        return Refuse(reason="out_of_scope")
    return None


def _state_after(situation: Situation) -> ClaimState:
    """What the step makes of the state that stands. A colleague who takes a taken claim joins it; whoever fills or
    submits a claim that somebody withdrew meanwhile takes it up again.
    """
    before = parse_state(text(situation.before.fields, "state")) if situation.before is not None else None
    name = situation.change.name
    after = next_state(name, before)
    if after is not None:
        return after
    if before in (None, ClaimState.FREE):
        fresh = {"claim.fill": ClaimState.FILLING, "claim.submit": ClaimState.SUBMITTED}
        return fresh.get(name, ClaimState.FREE)
    assert name in STEPS, "only claim changes come here"
    return before


def _beside_rival(situation: Situation, computed: Fields, before: Record | None) -> Accept:
    key = place_key(situation.fields)
    holder = situation.known.holder(key)
    if holder is None or holder == situation.change.record:
        return Accept(computed=computed, keys=frozenset({key}))
    if before is not None and text(before.fields, "proposal_of") == holder:
        return Accept(computed=computed)
    return Accept(
        computed={**computed, "proposal_of": holder},
        code=OutcomeCode.MERGED,
        reason="proposal",
        detail={"stands": holder},
    )
