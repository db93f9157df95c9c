"""Claims at the centre: colleagues meet in one record and merge by field; rival units stand side by side."""

from __future__ import annotations

from typing import Any

import pytest

from server.merge_policies.claim_policy import claim_id
from sync.core.changes import Base, OutcomeCode
from tests.sync.central.centre_in_memory import CentreInMemory, Phone

CAMPAIGN = "c" * 32
UNIT, RIVAL = "u1", "u2"
PLACE = "341802100000"
BASE_ITEM = "992011001000"
SHARED = "catalogue:all:341800"


@pytest.fixture
def centre() -> CentreInMemory:
    centre = CentreInMemory()
    campaign = {
        "name": "第三轮",
        "start": "2026-11-01",
        "end": "2026-12-31",
        "catalogue": "all:341800",
        "exclusive": True,
    }
    centre.seed("campaign", CAMPAIGN, campaign, SHARED)
    return centre


def worker(centre: CentreInMemory, account: str, unit: str = UNIT) -> Phone:
    return Phone(centre, account, role="claim_worker", buckets=(f"unit:{unit}", SHARED))


def take(phone: Phone, unit: str = UNIT, **more: Any) -> Any:
    fields = {"campaign": CAMPAIGN, "unit": unit, "base_item": BASE_ITEM, "place": PLACE, "state": "claimed"}
    fields["claimed_by"] = phone.account
    return phone.change("claim", "claim.take", claim_id(CAMPAIGN, unit, BASE_ITEM), set=fields, **more)


def fill(worker: Phone, base: Base, name: str = "claim.fill", **fields: str) -> Any:
    values = {f"f.{field}": value for field, value in fields.items()}
    return worker.change(
        "claim", name, claim_id(CAMPAIGN, UNIT, BASE_ITEM), base=base, set={"state": "filling", **values}
    )


def test_two_colleagues_who_claim_offline_meet_in_one_record(centre: CentreInMemory) -> None:
    one, two = worker(centre, "one"), worker(centre, "two")
    first, second = take(one), take(two)
    assert one.send(first, fill(one, Base(change=first.id), hours="9-17"))[1].code is OutcomeCode.APPLIED
    outcomes = two.send(second, fill(two, Base(change=second.id), phone="0563-1"))
    assert [outcome.code for outcome in outcomes] == [OutcomeCode.MERGED, OutcomeCode.MERGED]
    assert outcomes[0].detail["kept"] == ["claimed_by"]
    claim = centre.fields("claim", first.record)
    assert (claim["claimed_by"], claim["f.hours"], claim["f.phone"], claim["state"]) == (
        "one",
        "9-17",
        "0563-1",
        "filling",
    )


def test_two_values_of_one_field_are_a_conflict_and_remarks_are_kept_both(centre: CentreInMemory) -> None:
    one, two = worker(centre, "one"), worker(centre, "two")
    first, second = take(one), take(two)
    one.send(first, fill(one, Base(change=first.id), hours="9-17", remark="甲"))
    outcome = two.send(second, fill(two, Base(change=second.id), hours="8-16", remark="乙"))[1]
    assert outcome.code is OutcomeCode.CONFLICT
    claim = centre.fields("claim", first.record)
    assert claim["f.hours"] == "9-17"
    assert claim["f.remark"] == {"both": ["甲", "乙"]}


def test_the_second_unit_of_a_place_becomes_a_proposal_beside_the_first(centre: CentreInMemory) -> None:
    one, rival = worker(centre, "one"), worker(centre, "rival", RIVAL)
    first, second = take(one), take(rival, RIVAL)
    one.send(first)
    (outcome,) = rival.send(second)
    assert (outcome.code, outcome.reason) == (OutcomeCode.MERGED, "proposal")
    assert centre.fields("claim", second.record)["proposal_of"] == first.record


def test_a_withdrawn_claim_is_free_again_and_lets_the_rival_have_the_place(centre: CentreInMemory) -> None:
    one, rival = worker(centre, "one"), worker(centre, "rival", RIVAL)
    first = take(one)
    one.send(first)
    one.send(
        one.change(
            "claim",
            "claim.withdraw",
            first.record,
            base=one.seen("claim", first.record),
            set={"state": "free", "claimed_by": ""},
        )
    )
    assert centre.fields("claim", first.record)["state"] == "free"
    assert rival.send(take(rival, RIVAL))[0].code is OutcomeCode.APPLIED


def test_typing_that_arrives_after_a_withdrawal_takes_the_claim_up_again(centre: CentreInMemory) -> None:
    one, two = worker(centre, "one"), worker(centre, "two")
    first = take(one)
    one.send(first)
    late = fill(two, two.seen("claim", first.record), hours="9-17")
    one.send(
        one.change(
            "claim",
            "claim.withdraw",
            first.record,
            base=one.seen("claim", first.record),
            set={"state": "free", "claimed_by": ""},
        )
    )
    two.send(late)
    claim = centre.fields("claim", first.record)
    assert (claim["state"], claim["claimed_by"], claim["f.hours"]) == ("filling", "two", "9-17")


def test_a_claim_under_another_id_than_its_own_is_refused(centre: CentreInMemory) -> None:
    one = worker(centre, "one")
    wrong = one.change("claim", "claim.take", "9" * 32, set=take(one).set)
    assert one.send(wrong)[0].reason == "wrong_id"


def test_a_campaign_that_is_over_takes_no_new_claims_but_work_done_in_time_counts(centre: CentreInMemory) -> None:
    one = worker(centre, "one")
    in_time = take(one)
    centre.now += 60 * 86_400_000
    late = take(worker(centre, "two", RIVAL), RIVAL)
    assert worker(centre, "two", RIVAL).send(late)[0].reason == "campaign_closed"
    assert one.send(in_time)[0].code is OutcomeCode.APPLIED
