"""A round and what belongs to it at the centre: frozen lists, leases that collide, look-backs."""

from __future__ import annotations

from typing import Any

import pytest

from server.merge_policies.campaign_policies import baseline_id, look_back_id, snapshot_id
from sync.core.changes import OutcomeCode
from sync.core.clock import iso
from sync.core.ids import derived_id
from tests.sync.central.centre_in_memory import NOW, CentreInMemory, Phone

CAMPAIGN, UNIT = "c" * 32, "u1"
ONE, TWO, THREE = (f"{number}" * 32 for number in (1, 2, 3))
DAY = 86_400_000
CITY = "341800000000"


@pytest.fixture
def centre() -> CentreInMemory:
    return CentreInMemory()


def worker(centre: CentreInMemory, account: str) -> Phone:
    return Phone(centre, account, role="claim_worker", buckets=(f"unit:{UNIT}",))


def reviewer(centre: CentreInMemory) -> Phone:
    """A reviewer at work, and the actions that freeze and draw for them."""
    buckets = (f"unit:{UNIT}", "catalogue:all:341800", f"desk:{CITY}")
    return Phone(centre, "editor", role="catalogue_reviewer", buckets=buckets, computes=True)


def lease(phone: Phone, *claims: str, days: int = 3) -> Any:
    until = iso(phone.centre.now + days * DAY)
    fields = {"unit": UNIT, "campaign": CAMPAIGN, "account": phone.account, "claims": list(claims), "until": until}
    return phone.change("lease", "lease.take", derived_id("lease", phone.account, until), set=fields)


def test_who_comes_second_keeps_the_rest_of_the_batch_and_is_told(centre: CentreInMemory) -> None:
    one, two = worker(centre, "one"), worker(centre, "two")
    offline = lease(two, TWO, THREE)
    one.send(lease(one, ONE, TWO))
    (told,) = two.send(offline)
    assert (told.code, told.reason, told.detail) == (OutcomeCode.MERGED, "lease_overlap", {"claims": [TWO]})
    held = centre.fields("lease", offline.record)
    assert (held["claims"], held["refused"]) == ([THREE], [TWO])
    third = worker(centre, "three").send(lease(worker(centre, "three"), ONE))
    assert (third[0].code, third[0].reason) == (OutcomeCode.REFUSED, "lease_taken")


def test_what_was_given_back_or_has_ended_may_be_taken_again(centre: CentreInMemory) -> None:
    one, two = worker(centre, "one"), worker(centre, "two")
    first = lease(one, ONE, TWO)
    one.send(first)
    one.send(one.change("lease", "lease.give_back", first.record, base=one.seen("lease", first.record)))
    assert two.send(again := lease(two, ONE))[0].code is OutcomeCode.APPLIED
    centre.now += 4 * DAY
    assert one.send(late := lease(one, ONE))[0].code is OutcomeCode.APPLIED
    assert centre.fields("lease", again.record)["state"] == "ended", "its time is over, and so it is told"
    assert centre.keys[f"lease:{ONE}"] == ("lease", late.record)
    assert centre.records["lease", again.record].keys == frozenset()


def test_a_lease_that_has_lost_a_claim_gives_back_only_its_own(centre: CentreInMemory) -> None:
    one, two = worker(centre, "one"), worker(centre, "two")
    first = lease(one, ONE, TWO, days=1)
    one.send(first)
    centre.now += 2 * DAY
    two.send(second := lease(two, ONE))
    assert centre.keys == {f"lease:{ONE}": ("lease", second.record), f"lease:{TWO}": ("lease", first.record)}


def test_a_lease_ends_and_is_handed_over(centre: CentreInMemory) -> None:
    one = worker(centre, "one")
    first = lease(one, ONE)
    one.send(first)
    lead = Phone(centre, "lead", role="town_lead", buckets=(f"unit:{UNIT}",))
    base = lead.seen("lease", first.record)
    lead.send(lead.change("lease", "lease.hand_over", first.record, base=base, set={"account": "two"}))
    assert centre.fields("lease", first.record)["account"] == "two"
    central = Phone(centre, "centre", role="centre", buckets=(f"unit:{UNIT}",))
    base = central.seen("lease", first.record)
    central.send(central.change("lease", "lease.end", first.record, base=base))
    assert centre.keys == {}


def test_a_round_is_opened_once_and_its_list_stays_frozen(centre: CentreInMemory) -> None:
    editor = reviewer(centre)
    plan = {"name": "第四轮", "start": "2026-12-01", "end": "2026-12-31", "catalogue": "all:341800"}
    editor.send(made := editor.change("campaign", "campaign.plan", CAMPAIGN, set=plan))
    frozen = {"baseline_hash": "a" * 64, "baseline_parts": 1, "units": 3, "base_codes": 45}
    base = editor.seen("campaign", made.record)
    assert editor.send(editor.change("campaign", "campaign.open", CAMPAIGN, base=base, set=frozen))[0].code.has_effect
    base = editor.seen("campaign", CAMPAIGN)
    assert editor.send(editor.change("campaign", "campaign.open", CAMPAIGN, base=base))[0].reason == "state_step"
    part = {"campaign": CAMPAIGN, "part": 1, "place": CITY, "lines": ["item 992011001000 1"]}
    ident = baseline_id(CAMPAIGN, 1)
    other = {**part, "list_hash": "b" * 64}
    refused = editor.send(editor.change("baseline", "baseline.freeze", ident, set=other))[0]
    assert refused.reason == "baseline_other", "two froze a list, and the other one opened the round"
    part["list_hash"] = "a" * 64
    assert editor.send(editor.change("baseline", "baseline.freeze", ident, set=part))[0].code.has_effect
    base = editor.seen("baseline", ident)
    moved = editor.change("baseline", "baseline.freeze", ident, base=base, set={"lines": ["item 992011001000 2"]})
    assert editor.send(moved)[0].reason == "not_changeable"


def test_a_list_that_was_drawn_is_found_wanting_fixed_and_looked_at_again(centre: CentreInMemory) -> None:
    editor, one = reviewer(centre), worker(centre, "one")
    ident = look_back_id(CAMPAIGN, ONE)
    drawn = {"campaign": CAMPAIGN, "claim": ONE, "unit": UNIT, "base_item": "992011001000", "why": "sample"}
    assert editor.send(editor.change("look_back", "look_back.draw", TWO, set=drawn))[0].reason == "wrong_id"
    editor.send(editor.change("look_back", "look_back.draw", ident, set=drawn))

    def step(phone: Phone, verb: str, **fields: Any) -> Any:
        base = phone.seen("look_back", ident)
        return phone.send(phone.change("look_back", f"look_back.{verb}", ident, base=base, set=fields))[0]

    assert step(editor, "find", findings=["contact_wrong"]).reason == "field_missing"
    step(editor, "find", findings=["contact_wrong"], deadline="2026-11-30")
    assert step(one, "recheck").reason == "not_yours"
    step(one, "fix", fix="电话已更正")
    step(editor, "recheck")
    held = centre.fields("look_back", ident)
    assert (held["state"], held["looked_by"], held["rechecked_by"]) == ("rechecked", "editor", "editor")


def test_a_days_snapshot_is_one_whoever_takes_it(centre: CentreInMemory) -> None:
    editor = Phone(centre, "centre", role="centre", buckets=(f"desk:{CITY}",))
    taken = {"campaign": CAMPAIGN, "place": CITY, "day": "2026-11-18", "columns": ["asked"], "rows": [[UNIT, 45]]}
    ident = snapshot_id(CAMPAIGN, CITY, "2026-11-18")
    assert editor.send(editor.change("snapshot", "snapshot.take", ident, set=taken))[0].code.has_effect
    again = editor.change("snapshot", "snapshot.take", ident, set={**taken, "rows": [[UNIT, 46]]})
    assert editor.send(again)[0].reason == "record_exists"
    assert centre.fields("snapshot", ident)["rows"] == [[UNIT, 45]]
    assert centre.now == NOW
