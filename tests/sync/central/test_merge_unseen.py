"""What an author has not seen is not taken from others: not by one's own next change, not by a restored centre."""

from __future__ import annotations

from dataclasses import replace

import pytest

from server.merge_policies.claim_policy import claim_id
from sync.core.chain import genesis
from sync.core.changes import Base, OutcomeCode
from sync.core.ids import derived_id
from tests.sync.central.centre_in_memory import VILLAGE, CentreInMemory, Phone

RESIDENT = {"name": "汪秀英", "village": VILLAGE}
CAMPAIGN = "c" * 32
BASE_ITEM = "992011001000"


@pytest.fixture
def centre() -> CentreInMemory:
    return CentreInMemory()


def registered(phone: Phone) -> str:
    change = phone.change("resident", "resident.register", set=RESIDENT)
    assert phone.send(change)[0].code is OutcomeCode.APPLIED
    return change.record


def test_ones_own_next_change_does_not_replace_what_was_kept_beside_the_one_before(centre: CentreInMemory) -> None:
    fields = {"name": "第三轮", "start": "2026-11-01", "end": "2026-12-31", "catalogue": "all:341800"}
    centre.seed("campaign", CAMPAIGN, fields, "catalogue:all:341800")
    buckets = ("unit:u1", "catalogue:all:341800")
    one, two = (Phone(centre, name, role="claim_worker", buckets=buckets) for name in ("one", "two"))
    record = claim_id(CAMPAIGN, "u1", BASE_ITEM)
    claim = {"campaign": CAMPAIGN, "unit": "u1", "base_item": BASE_ITEM, "place": "341802100000", "state": "claimed"}
    one.send(one.change("claim", "claim.take", record, set=claim))
    seen = one.seen("claim", record)
    one.send(one.change("claim", "claim.fill", record, base=seen, set={"state": "filling", "f.remark": "from one"}))
    first = two.change("claim", "claim.fill", record, base=seen, set={"f.remark": "from two"})
    second = two.change("claim", "claim.fill", record, base=Base(change=first.id), set={"f.remark": "two again"})
    assert [outcome.code for outcome in two.send(first, second)] == [OutcomeCode.MERGED] * 2
    assert centre.fields("claim", record)["f.remark"] == {"both": ["from one", "from two", "two again"]}


def test_a_conflict_over_a_whole_change_holds_what_it_would_have_added(centre: CentreInMemory) -> None:
    helper, lead = Phone(centre, "helper"), Phone(centre, "lead", role="town_lead")
    record = registered(helper)
    seen = helper.seen("resident", record)
    helper.send(helper.change("resident", "resident.edit", record, base=seen, set={"address": "前村组3号"}))
    late = lead.change("resident", "resident.edit", record, base=seen, set={"birth": "no day"}, add={"notes": ["kept"]})
    (outcome,) = lead.send(late)
    assert outcome.code is OutcomeCode.CONFLICT
    assert centre.fields("conflict", outcome.conflict)["mine"] == {"birth": "no day", "notes": ["kept"]}


def test_a_decision_that_came_before_its_conflict_is_made_when_the_conflict_opens(centre: CentreInMemory) -> None:
    helper, lead = Phone(centre, "helper"), Phone(centre, "lead", role="town_lead")
    record = registered(helper)
    seen = helper.seen("resident", record)
    late = lead.change("resident", "resident.edit", record, base=seen, set={"address": "B"})
    conflict = derived_id("conflict", late.id)
    decided = {"decided_value": {"address": "B"}}
    base = Base(epoch="an earlier one", rev=1, hash="h" * 43)
    decision = helper.change("conflict", "conflict.decide", conflict, base=base, set=decided)
    mine = helper.change("resident", "resident.edit", record, base=seen, set={"address": "A"})
    codes = [one.code for one in helper.send(decision, mine)]
    assert codes == [OutcomeCode.PARKED, OutcomeCode.APPLIED]
    lead.send(late)
    assert centre.log[decision.id].code.has_effect
    assert centre.fields("resident", record)["address"] == "B"
    assert not centre.waits


def test_setting_a_value_back_is_not_undone_by_what_a_restored_centre_forgot(centre: CentreInMemory) -> None:
    """A lead's phone was cloned. One copy entered somebody and moved them to another village; the other copy saw that
    and moved them back. Then the centre was restored, and heard of the moving back first."""
    other = "341802100202"
    buckets = (f"place:{VILLAGE}", f"place:{other}")
    one, two = (Phone(centre, "lead", role="town_lead", buckets=buckets, chain_epoch=epoch) for epoch in (1, 3))
    entered = one.change("resident", "resident.register", set=RESIDENT)
    moved = one.change(
        "resident", "resident.edit", entered.record, base=Base(change=entered.id), set={"village": other}
    )
    lost = Base(epoch="the lost one", rev=3, hash="h" * 43)
    back = two.change("resident", "resident.edit", entered.record, base=lost, set={"village": VILLAGE})
    assert two.send(back)[0].code is OutcomeCode.PARKED
    first, second = one.send(entered, moved)
    assert (first.code, centre.log[back.id].code) == (OutcomeCode.APPLIED, OutcomeCode.MERGED)
    assert second.code is OutcomeCode.CONFLICT, "which of the two came later nobody knows any more: a person decides"
    conflict = centre.fields("conflict", second.conflict)
    assert (conflict["mine"], conflict["theirs"]) == ({"village": other}, {"village": VILLAGE})
    assert centre.fields("resident", entered.record)["village"] == VILLAGE


def test_a_twin_decided_in_the_same_batch_is_answered_at_its_own_place(centre: CentreInMemory) -> None:
    helper, lead = Phone(centre, "helper"), Phone(centre, "lead", role="town_lead")
    record = registered(helper)
    seen = helper.seen("resident", record)
    helper.send(helper.change("resident", "resident.edit", record, base=seen, set={"address": "A"}))
    late = lead.change("resident", "resident.edit", record, base=seen, set={"address": "B"})
    (outcome,) = lead.send(late)
    other = lead.change("resident", "resident.edit", record, base=lead.seen("resident", record), set={"phone": "1"})
    decide = lead.change(
        "conflict",
        "conflict.decide",
        outcome.conflict,
        base=lead.seen("conflict", outcome.conflict),
        set={"decided_value": {"address": "B"}},
    )
    again = replace(lead.batch(other, late, decide), chain_epoch=2, first_seq=1, prev_hash=genesis(lead.device, 2))
    plan, _ = centre.exchange(again)
    assert [(one.seq, one.chain_epoch, one.id) for one in plan.answered] == [
        (1, 2, other.id),
        (2, 2, late.id),
        (3, 2, decide.id),
    ]
    assert plan.answered[1].code is OutcomeCode.MERGED


def test_a_decided_conflict_releases_what_waited_for_the_record_it_wrote(centre: CentreInMemory) -> None:
    other, other_side = "341802100202", "341802101201"
    buckets = (f"place:{VILLAGE}", f"place:{other}", f"place:{other_side}", "catalogue:village:341800")
    lead = Phone(centre, "lead", role="town_lead", buckets=buckets)
    two = Phone(centre, "lead two", role="town_lead", buckets=buckets)
    helper = Phone(centre, "helper", buckets=(f"place:{other}", "catalogue:village:341800"))
    item = {"name": "高龄津贴", "status": "active", "version": 1, "catalogue": "village:341800", "promise_days": 10}
    centre.seed("item", "e" * 32, item, "catalogue:village:341800")
    record = registered(lead)
    seen = lead.seen("resident", record)
    fields = {"resident": record, "item": "e" * 32, "item_version": 1, "village": other, "state": "submitted"}
    waiting = helper.change("case", "case.submit", set=fields)
    (parked,) = helper.send(waiting)
    assert (parked.code, parked.reason) == (OutcomeCode.PARKED, "waits_for_record")
    # To another place and back: the village was set by somebody whom the second lead had not seen.
    for village in (other_side, VILLAGE):
        base = lead.seen("resident", record)
        lead.send(lead.change("resident", "resident.edit", record, base=base, set={"village": village}))
    (outcome,) = two.send(two.change("resident", "resident.edit", record, base=seen, set={"village": other}))
    assert outcome.code is OutcomeCode.CONFLICT
    decide = {"decided_value": {"village": other}}
    base = two.seen("conflict", outcome.conflict)
    two.send(two.change("conflict", "conflict.decide", outcome.conflict, base=base, set=decide))
    assert centre.fields("resident", record)["village"] == other
    assert centre.log[waiting.id].code is not OutcomeCode.PARKED
