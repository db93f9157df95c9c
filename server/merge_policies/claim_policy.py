"""How a claim is merged: colleagues of one unit meet in one record and merge by field; rival units stand side by side.

Laws: a claim's id follows from campaign, unit and base item, so that two colleagues who claim offline claim the same.
Where only one unit of a place may implement an item, the first to arrive stands and the second becomes a proposal
beside it. The state follows from what was done, never from what a stale screen thought it was. What reviewers do is in
claim_review.py.
"""

from __future__ import annotations

from functools import partial

from server.domain.catalogue.campaigns import in_scope, is_open_on
from server.domain.catalogue.claims import NOBODYS, OPEN_STATES, STEPS, WORK, ClaimState, parse_state, settled_state
from server.domain.people.roles import roles_that_may
from server.domain.problems import problem
from server.domain.record_checks import check_record
from server.domain.record_fields import KINDS, text
from server.merge_policies.claim_review import place_key, review, review_reads
from server.merge_policies.judging import context_of, named, refuse_for
from sync.central.known import Record, Wants
from sync.central.policies import Accept, ChangeRule, Reading, RecordPolicy, Refuse, Rule, Situation, Verdict
from sync.core.changes import Change, Fields, OutcomeCode
from sync.core.clock import iso
from sync.core.ids import derived_id

CLAIM_POLICY_FIELDS = {
    "state": Rule.LATEST,
    "claimed_by": Rule.CENTRE_WINS,
    "item": Rule.CENTRE_WINS,
    "base_version": Rule.LATEST,
    "decline_reason": Rule.LATEST,
    "f.remark": Rule.KEEP_BOTH,
}


def claim_policy() -> RecordPolicy:
    return RecordPolicy(
        kind="claim",
        changes={name: ChangeRule(creates=name in WORK, updates=True, roles=roles_that_may(name)) for name in STEPS},
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
            "due": text(fields, "due") or None,
            "returns": str(fields["returns"]) if fields.get("returns") else None,
            "state_since": text(fields, "state_since") or None,
        },
        personal=False,
        natural=True,
    )


def claim_id(campaign: str, unit: str, base_item: str) -> str:
    """The record id that every colleague derives."""
    return derived_id("claim", campaign, unit, base_item)


def _reads(change: Change, reading: Reading) -> Wants:
    of_claim = partial(reading.texts, "claim", change.record)
    wants = Wants(
        records={("campaign", campaign) for campaign in of_claim("campaign")},
        keys={
            place_key({"campaign": campaign, "place": place, "base_item": base_item})
            for campaign in of_claim("campaign")
            for place in of_claim("place")
            for base_item in of_claim("base_item")
        },
    )
    return wants if change.name in WORK else wants | review_reads(change, reading)


def _settle(situation: Situation) -> Verdict:
    fields, before = situation.fields, situation.before
    expected = claim_id(text(fields, "campaign"), text(fields, "unit"), text(fields, "base_item"))
    if situation.change.record != expected:
        return Refuse(reason="wrong_id", detail={"expected": expected})
    campaign = situation.known.record("campaign", named(fields, "campaign"))
    if campaign is None:
        return refuse_for([problem("record_absent", "campaign")]) or Accept()
    stood = parse_state(text(before.fields, "state")) if before is not None else None
    state = settled_state(situation.change.name, stood)
    if state is None:
        told = [problem("state_step", "state", before=stood or "new", after=situation.change.name)]
        return refuse_for(told) or Accept()
    exclusive = campaign.fields.get("exclusive") is True
    if situation.change.name not in WORK:
        assert before is not None, "only a worker's steps make a claim"
        return review(situation, before, state, exclusive=exclusive)
    return _check_campaign(situation, campaign) or _work(situation, stood, state, exclusive=exclusive)


def _check_campaign(situation: Situation, campaign: Record) -> Verdict | None:
    """Work done while the campaign ran counts even if it arrives later."""
    day = context_of(situation, {}).visit_day
    fields = situation.fields
    if situation.change.name in ("claim.take", "claim.decline") and not is_open_on(campaign.fields, day):
        return Refuse(reason="campaign_closed", detail={"end": text(campaign.fields, "end")})
    if not in_scope(campaign.fields, text(fields, "unit"), text(fields, "place"), text(fields, "base_item")):
        return Refuse(reason="out_of_scope")
    return None


def _work(situation: Situation, stood: ClaimState | None, state: ClaimState, *, exclusive: bool) -> Verdict:
    """What a worker did, perhaps days ago and without a network."""
    fields = situation.fields
    computed: Fields = {"state": state.value}
    if state is not stood:
        computed["state_since"] = iso(situation.centre.now)
    if state is ClaimState.FREE:
        computed["claimed_by"] = ""
    elif not text(fields, "claimed_by"):
        computed["claimed_by"] = situation.author.account
    if situation.change.name == "claim.submit":
        computed["submitted_by"] = situation.author.account
        if text(fields, "due"):
            computed["due"] = ""
    context = context_of(situation, {})
    if stood in NOBODYS:
        context = context._replace(before=None)  # a free claim is as good as none
    refused = refuse_for(check_record("claim", {**fields, **computed}, context))
    if refused is not None:
        return refused
    if state not in OPEN_STATES or not exclusive:
        return Accept(computed=computed)
    return _beside_rival(situation, computed)


def _beside_rival(situation: Situation, computed: Fields) -> Accept:
    key, before = place_key(situation.fields), situation.before
    holder = situation.known.holder(key)
    if holder is None or holder == situation.change.record:
        settled = {**computed, "proposal_of": ""} if text(situation.fields, "proposal_of") else computed
        return Accept(computed=settled, keys=frozenset({key}))
    if before is not None and text(before.fields, "proposal_of") == holder:
        return Accept(computed=computed)
    return Accept(
        computed={**computed, "proposal_of": holder},
        code=OutcomeCode.MERGED,
        reason="proposal",
        detail={"stands": holder},
    )
