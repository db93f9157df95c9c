"""Reviewers at the centre: a list goes from desk to desk, comes back with reasons, and is published with its item."""

from __future__ import annotations

from typing import Any

import pytest

from server.domain.catalogue.local_items import local_item_id
from server.merge_policies.claim_policy import claim_id
from server.merge_policies.claim_review import new_item_id
from sync.core.changes import Base, OutcomeCode
from sync.core.ids import derived_id
from tests.sync.central.centre_in_memory import CentreInMemory, Phone

CAMPAIGN, STANDARD = "c" * 32, "5" * 32
UNIT, RIVAL = "u1", "u2"
PLACE = "341802100000"
BASE_ITEM = "992011001000"
SHARED = "catalogue:all:341800"
CLAIM = claim_id(CAMPAIGN, UNIT, BASE_ITEM)
LIST = {"f.name": "老年优待证", "f.promise_days": 1, "f.legal_days": 20, "f.address": "胡乐村服务中心"}


@pytest.fixture
def centre() -> CentreInMemory:
    centre = CentreInMemory()
    campaign = {"name": "第三轮", "start": "2026-11-01", "end": "2026-12-31", "catalogue": "all:341800"}
    centre.seed("campaign", CAMPAIGN, {**campaign, "exclusive": True}, SHARED)
    return centre


def worker(centre: CentreInMemory, account: str = "one", unit: str = UNIT) -> Phone:
    return goes_on(Phone(centre, account, role="claim_worker", buckets=(f"unit:{unit}", SHARED)))


def goes_on(phone: Phone) -> Phone:
    """Each call of these tests makes its phone anew; the centre knows how far it was."""
    chain = phone.centre.chains.get((phone.device, 1))
    if chain is not None:
        phone.seq, phone.hash = chain.last_seq, chain.hash
    return phone


def desk(centre: CentreInMemory, account: str, role: str = "catalogue_reviewer") -> Phone:
    """A reviewer at a desk reaches every unit of these tests."""
    buckets = (f"unit:{UNIT}", f"unit:{RIVAL}", SHARED)
    return goes_on(Phone(centre, account, role=role, buckets=buckets, device=derived_id("desk", account)))


def take(phone: Phone, unit: str = UNIT, **fields: Any) -> Any:
    told = {"campaign": CAMPAIGN, "unit": unit, "base_item": BASE_ITEM, "place": PLACE, "state": "claimed"}
    return phone.change("claim", "claim.take", claim_id(CAMPAIGN, unit, BASE_ITEM), set={**told, **fields})


def step(phone: Phone, verb: str, claim: str = CLAIM, **fields: Any) -> Any:
    return goes_on(phone).send(
        phone.change("claim", f"claim.{verb}", claim, base=phone.seen("claim", claim), set=fields)
    )[0]


def submitted(centre: CentreInMemory, *, unit: str = UNIT, account: str = "one", **fields: Any) -> Phone:
    one = worker(centre, account, unit)
    first = take(one, unit, **fields)
    filled = one.change("claim", "claim.submit", first.record, base=Base(change=first.id), set=LIST)
    assert [done.code.has_effect for done in one.send(first, filled)] == [True, True]
    return one


def published(centre: CentreInMemory, **fields: Any) -> None:
    submitted(centre, **fields)
    for verb, account in (("check", "two"), ("approve", "editor"), ("publish", "lawyer")):
        assert step(desk(centre, account), verb).code is OutcomeCode.APPLIED, verb


def state(centre: CentreInMemory, claim: str = CLAIM) -> str:
    found: str = centre.fields("claim", claim)["state"]
    return found


def test_a_list_is_checked_approved_and_published_with_its_item_in_one_decision(centre: CentreInMemory) -> None:
    published(centre)
    claim, item = centre.fields("claim", CLAIM), centre.fields("item", new_item_id(UNIT, BASE_ITEM))
    assert (claim["state"], claim["item"]) == ("published", new_item_id(UNIT, BASE_ITEM))
    assert [claim[name] for name in ("submitted_by", "checked_by", "approved_by", "published_by")] == [
        *("one", "two", "editor", "lawyer")
    ]
    assert {name: item[name] for name in ("name", "promise_days", "where", "unit", "version", "status")} == {
        **{"name": "老年优待证", "promise_days": 1, "where": "胡乐村服务中心", "unit": UNIT},
        **{"version": 1, "status": "active"},
    }
    told = [fields.fields for (kind, _), fields in centre.records.items() if kind == "notice"]
    assert [(one["to"], one["code"]) for one in told] == [("one", "claim_publish")]


def test_a_unit_that_has_the_item_publishes_its_next_version(centre: CentreInMemory) -> None:
    own = {"name": "旧名", "status": "active", "version": 1, "unit": UNIT, "basis": "老年人权益保障法"}
    centre.seed("item", "7" * 32, own, f"unit:{UNIT}")
    published(centre, item="7" * 32)
    held = centre.records["item", "7" * 32]
    assert (held.rev, held.fields["version"], held.fields["name"]) == (2, 2, "老年优待证")
    assert held.fields["basis"] == "老年人权益保障法", "what the claim does not say stays"


def test_a_site_of_a_standard_item_keeps_only_what_is_its_own(centre: CentreInMemory) -> None:
    standard = {"name": "老年优待证", "status": "active", "version": 3, "promise_days": 2, "catalogue": "town:341800"}
    centre.seed("item", STANDARD, standard, "catalogue:town:341800")
    published(centre, item=STANDARD)
    local = centre.fields("local_item", local_item_id(UNIT, STANDARD))
    assert (local["place_text"], local["f.promise_days"]) == ("胡乐村服务中心", 1)
    assert centre.fields("item", STANDARD)["version"] == 3, "nobody's claim edits the standard"
    assert "f.name" not in local


def test_a_publication_that_contradicts_itself_is_refused_and_nothing_moves(centre: CentreInMemory) -> None:
    one = submitted(centre)
    one.send(one.change("claim", "claim.fill", CLAIM, base=one.seen("claim", CLAIM), set={"f.promise_days": 40}))
    step(desk(centre, "two"), "check")
    step(desk(centre, "editor"), "approve")
    refused = step(desk(centre, "lawyer"), "publish")
    assert (refused.code, refused.reason) == (OutcomeCode.REFUSED, "promise_over_statutory")
    assert state(centre) == "approved"
    assert ("item", new_item_id(UNIT, BASE_ITEM)) not in centre.records


def test_a_list_comes_back_with_reasons_and_goes_again(centre: CentreInMemory) -> None:
    one = submitted(centre)
    assert step(desk(centre, "two"), "return").reason == "field_missing"
    assert step(desk(centre, "two"), "return", return_reasons=["colour"]).reason == "return_reason_unknown"
    step(desk(centre, "two"), "return", return_reasons=["contact_wrong"], due="2026-11-25")
    claim = centre.fields("claim", CLAIM)
    assert (claim["state"], claim["returns"], claim["due"]) == ("returned", 1, "2026-11-25")
    step(one, "fill", **{"f.hours": "9-17"})
    assert state(centre) == "filling"
    step(one, "submit")
    assert (state(centre), centre.fields("claim", CLAIM)["due"]) == ("submitted", "")


def test_nobody_checks_their_own_work_nor_signs_twice_in_a_row(centre: CentreInMemory) -> None:
    submitted(centre)
    own = desk(centre, "one", role="claim_worker")
    assert step(own, "check").reason == "own_work"
    step(desk(centre, "two"), "check")
    assert step(desk(centre, "two"), "approve").reason == "own_work"


def test_a_reviewer_works_at_a_desk_and_not_from_a_phone(centre: CentreInMemory) -> None:
    submitted(centre)
    phone = Phone(centre, "two", role="catalogue_reviewer", buckets=(f"unit:{UNIT}", SHARED))
    assert step(phone, "check").reason == "online_only"
    assert step(worker(centre, "three"), "approve").reason == "not_yours"


def test_typing_that_arrives_after_the_check_is_kept_and_checked_anew(centre: CentreInMemory) -> None:
    one = submitted(centre)
    late = one.change("claim", "claim.fill", CLAIM, base=one.seen("claim", CLAIM), set={"f.hours": "9-17"})
    step(desk(centre, "two"), "check")
    assert one.send(late)[0].code is OutcomeCode.MERGED
    assert (state(centre), centre.fields("claim", CLAIM)["f.hours"]) == ("submitted", "9-17")


def test_typing_that_arrives_after_the_publication_is_a_conflict_and_never_lost(centre: CentreInMemory) -> None:
    one = submitted(centre)
    late = one.change("claim", "claim.fill", CLAIM, base=one.seen("claim", CLAIM), set={"f.hours": "9-17"})
    for verb, account in (("check", "two"), ("approve", "editor"), ("publish", "lawyer")):
        step(desk(centre, account), verb)
    outcome = one.send(late)[0]
    assert (outcome.code, state(centre)) == (OutcomeCode.CONFLICT, "published")
    assert centre.fields("conflict", outcome.conflict)["mine"] == {"f.hours": "9-17"}


def test_a_published_list_is_changed_suspended_resumed_and_cancelled_with_its_item(centre: CentreInMemory) -> None:
    published(centre)
    item = new_item_id(UNIT, BASE_ITEM)
    reviewer = desk(centre, "lawyer")
    assert step(reviewer, "suspend").reason == "field_missing"
    step(reviewer, "suspend", stop_reason="系统改造")
    assert (state(centre), centre.fields("item", item)["status"]) == ("suspended", "suspended")
    step(reviewer, "resume")
    assert centre.fields("item", item)["status"] == "active"
    one = worker(centre)
    step(one, "amend", amend_reason="电话变更")
    assert state(centre) == "filling"
    step(one, "submit", **{"f.consult_phone": "0563-4012345"})
    for verb, account in (("check", "two"), ("approve", "editor"), ("publish", "lawyer")):
        step(desk(centre, account), verb)
    assert centre.fields("item", item)["consult_phone"] == "0563-4012345"
    step(reviewer, "cancel", stop_reason="并入其他事项")
    held = centre.records["item", item]
    assert (held.fields["status"], held.fields["cancelled_on"], held.rev) == ("cancelled", "2026-11-18", 5)
    assert held.fields["version"] == held.rev


def test_a_unit_declines_with_a_reason_and_may_be_told_that_it_is_not_one(centre: CentreInMemory) -> None:
    one = worker(centre)
    first = take(one)
    one.send(first)
    assert step(one, "decline").reason == "field_missing"
    step(one, "decline", decline_reason="不属本单位职责")
    assert state(centre) == "declined"
    step(desk(centre, "editor"), "return", return_reasons=["decline_not_accepted"])
    assert (state(centre), centre.fields("claim", CLAIM)["claimed_by"]) == ("free", "")


def test_a_reviewer_decides_between_the_one_that_stands_and_the_proposal(centre: CentreInMemory) -> None:
    submitted(centre)
    submitted(centre, unit=RIVAL, account="rival")
    proposal = claim_id(CAMPAIGN, RIVAL, BASE_ITEM)
    assert centre.fields("claim", proposal)["proposal_of"] == CLAIM
    reviewer = desk(centre, "editor")
    step(desk(centre, "two"), "check", proposal)
    assert step(reviewer, "approve", proposal).reason == "proposal_open"
    assert step(reviewer, "adopt").reason == "no_proposal"
    step(reviewer, "adopt", proposal)
    assert not centre.fields("claim", proposal)["proposal_of"]
    assert centre.fields("claim", CLAIM)["proposal_of"] == proposal
    assert centre.keys[f"claim:{CAMPAIGN}:{PLACE}:{BASE_ITEM}"] == ("claim", proposal)
    assert centre.records["claim", CLAIM].keys == frozenset()
    step(reviewer, "reject", decline_reason="由镇里实施")
    assert state(centre) == "declined"
    assert centre.keys[f"claim:{CAMPAIGN}:{PLACE}:{BASE_ITEM}"] == ("claim", proposal), "the one adopted keeps it"
    assert step(reviewer, "approve", proposal).code is OutcomeCode.APPLIED


def test_a_claim_is_handed_over_and_its_new_worker_told(centre: CentreInMemory) -> None:
    submitted(centre)
    lead = desk(centre, "lead", role="town_lead")
    step(lead, "hand_over", claimed_by="three")
    assert centre.fields("claim", CLAIM)["claimed_by"] == "three"
    assert any(one.fields["to"] == "three" for (kind, _), one in centre.records.items() if kind == "notice")
