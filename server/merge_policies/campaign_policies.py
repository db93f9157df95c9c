"""How campaigns and what belongs to them are merged: the round, its frozen list, leases, look-backs, daily snapshots.

Laws: a part of a baseline and a snapshot are made once and never again, by ids that follow from what they are. A claim
is in one lease at a time: who comes second keeps the rest of the batch, and is told who has what.
"""

from __future__ import annotations

from functools import partial

from server.domain.catalogue.baseline import BASELINE_STEPS, check_part
from server.domain.catalogue.campaigns import CAMPAIGN_STEPS
from server.domain.catalogue.leases import LEASE_STEPS, LeaseState, is_held, lease_key
from server.domain.catalogue.look_back import LOOK_BACK_STEPS, LookBackState
from server.domain.catalogue.progress import SNAPSHOT_STEPS
from server.domain.people.reach import desk_bucket
from server.domain.people.roles import roles_that_may
from server.domain.problems import Problem
from server.domain.record_checks import check_record
from server.domain.record_fields import KINDS, text, texts
from server.domain.steps import STATE, check_step, state_after
from server.merge_policies.judging import context_of, refuse_for
from server.merge_policies.stepped import stepped_policy
from sync.central.known import Record, Wants
from sync.central.policies import Accept, ChangeRule, Reading, RecordPolicy, Refuse, Rule, Situation, Verdict
from sync.core.changes import Change, Fields, OutcomeCode
from sync.core.clock import iso
from sync.core.ids import derived_id


def baseline_id(campaign: str, part: int) -> str:
    return derived_id("baseline", campaign, str(part))


def look_back_id(campaign: str, claim: str) -> str:
    """A list is looked at once a round, however often the draw is repeated."""
    return derived_id("look_back", campaign, claim)


def snapshot_id(campaign: str, place: str, day: str) -> str:
    return derived_id("snapshot", campaign, place, day)


def campaign_policy() -> RecordPolicy:
    return stepped_policy(
        "campaign",
        CAMPAIGN_STEPS,
        bucket=lambda fields: f"catalogue:{fields['catalogue']}",
        columns=lambda fields: {"state": text(fields, "state") or "open", "ends": text(fields, "end")},
        adds=_when_closed,
        personal=False,
    )


def _when_closed(situation: Situation, fields: Fields) -> Fields:
    """Its last day of progress is kept after this."""
    return {"closed_at": iso(situation.centre.now)} if situation.change.name == "campaign.close" else {}


def baseline_policy() -> RecordPolicy:
    return stepped_policy(
        "baseline",
        BASELINE_STEPS,
        bucket=lambda fields: desk_bucket(str(fields["place"])),
        columns=lambda fields: {"campaign": text(fields, "campaign")},
        natural_id=lambda fields: baseline_id(text(fields, "campaign"), int(str(fields.get("part") or 0))),
        reads=lambda change, reading: Wants(
            records={("campaign", one) for one in reading.texts("baseline", change.record, "campaign")}
        ),
        check=_check_baseline,
        personal=False,
        once=True,
    )


def _check_baseline(situation: Situation) -> list[Problem]:
    """The round is opened first, and its list frozen behind it in the same write."""
    campaign = situation.known.record("campaign", text(situation.fields, "campaign"))
    return check_part(situation.fields, campaign.fields if campaign is not None else None)


def snapshot_policy() -> RecordPolicy:
    return stepped_policy(
        "snapshot",
        SNAPSHOT_STEPS,
        bucket=lambda fields: desk_bucket(str(fields["place"])),
        columns=lambda fields: {"campaign": text(fields, "campaign"), "day": text(fields, "day")},
        natural_id=lambda fields: snapshot_id(text(fields, "campaign"), text(fields, "place"), text(fields, "day")),
        personal=False,
        once=True,
    )


def look_back_policy() -> RecordPolicy:
    return stepped_policy(
        "look_back",
        LOOK_BACK_STEPS,
        bucket=lambda fields: f"unit:{fields['unit']}",
        columns=lambda fields: {
            "campaign": text(fields, "campaign"),
            "unit": text(fields, "unit"),
            "state": text(fields, "state"),
            "deadline": text(fields, "deadline") or None,
        },
        natural_id=lambda fields: look_back_id(text(fields, "campaign"), text(fields, "claim")),
        adds=_who_looked,
        fields={"deadline": Rule.LATEST, "findings": Rule.LATEST, "note": Rule.LATEST},
        personal=False,
    )


_LOOKING = {
    LookBackState.PASSED: "looked_by",
    LookBackState.TO_FIX: "looked_by",
    LookBackState.RECHECKED: "rechecked_by",
}


def _who_looked(situation: Situation, fields: Fields) -> Fields:
    added: Fields = {"state_since": iso(situation.centre.now)}
    signs = _LOOKING.get(LookBackState(text(fields, STATE)))
    return {**added, signs: situation.author.account} if signs is not None else added


def lease_policy() -> RecordPolicy:
    return RecordPolicy(
        kind="lease",
        changes={
            name: ChangeRule(creates=None in taken.before, updates=None not in taken.before, roles=roles_that_may(name))
            for name, taken in LEASE_STEPS.items()
        },
        fields={STATE: Rule.LATEST, "until": Rule.LATEST, "account": Rule.LATEST},
        computed=KINDS["lease"].computed,
        bucket=lambda fields: f"unit:{fields['unit']}",
        reads=_lease_reads,
        settle=_settle_lease,
        columns=lambda fields: {
            "unit": text(fields, "unit"),
            "account": text(fields, "account"),
            "state": text(fields, "state"),
            "until": text(fields, "until"),
        },
        personal=False,
    )


def _lease_reads(change: Change, reading: Reading) -> Wants:
    """Each claim's key, and the lease that holds it."""
    claims = {claim for source in reading.sources("lease", change.record) for claim in texts(source, "claims")}
    keys = {lease_key(claim) for claim in claims}
    holders = {reading.holder(key) for key in keys}
    return Wants(keys=keys, records={("lease", holder) for holder in holders if holder is not None})


def _settle_lease(situation: Situation) -> Verdict:
    name, fields = situation.change.name, situation.fields
    before = text(situation.before.fields, STATE) if situation.before is not None else None
    after = state_after(LEASE_STEPS, name, before)
    whole = {**fields, STATE: after or before or ""}
    problems = check_step(
        LEASE_STEPS, "lease", name, before=before, touched=situation.change.touched, fields=whole
    ) or check_record("lease", whole, context_of(situation, {}))
    refused = refuse_for(problems)
    if refused is not None:
        return refused
    if name == "lease.take":
        return _take_lease(situation, whole)
    held = situation.before.keys if situation.before is not None and after == LeaseState.HELD else frozenset[str]()
    return Accept(computed={STATE: whole[STATE]}, keys=held)


def _take_lease(situation: Situation, fields: Fields) -> Verdict:
    """What another lease holds stays there; a lease whose time is over gives way."""
    now = iso(situation.centre.now)
    refused: list[str] = []
    over: dict[str, Record] = {}
    for claim in texts(fields, "claims"):
        lease = _holding(situation, claim)
        if lease is not None and is_held(lease.fields, now):
            refused.append(claim)
        elif lease is not None:
            over[lease.id] = lease
    free = [claim for claim in texts(fields, "claims") if claim not in refused]
    if not free:
        return Refuse(reason="lease_taken", detail={"claims": list(refused)})
    computed: Fields = {STATE: fields[STATE], "claims": list(free)}
    accept = partial(
        Accept,
        keys=frozenset(lease_key(claim) for claim in free),
        writes=tuple(("lease", ident, {STATE: LeaseState.ENDED.value}) for ident in sorted(over)),
    )
    if not refused:
        return accept(computed=computed)
    return accept(
        computed={**computed, "refused": list(refused)},
        code=OutcomeCode.MERGED,
        reason="lease_overlap",
        detail={"claims": list(refused)},
    )


def _holding(situation: Situation, claim: str) -> Record | None:
    """The other lease that this claim is in."""
    holder = situation.known.holder(lease_key(claim))
    if holder is None or holder == situation.change.record:
        return None
    return situation.known.record("lease", holder)
