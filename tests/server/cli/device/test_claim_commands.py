"""claim and fill: the unit's list, several at once, only local fields asked for, a neighbour copied."""

from __future__ import annotations

from server.cli.device.claims import claimables, copied_from, neighbour_of, open_campaign
from server.domain.record_fields import texts
from server.merge_policies.claim_policy import claim_id
from sync.core.codec import read_change
from sync.device.replica import Draft
from tests.server.cli.device.conftest import Run
from tests.server.cli.device.village import CAMPAIGN, UNIT, VILLAGE, Village, put

ALLOWANCE_CODE, CARD_CODE = "990511001000", "992011001000"
FIRST, SECOND = (claim_id(CAMPAIGN, UNIT, code) for code in (ALLOWANCE_CODE, CARD_CODE))


def test_the_list_shows_what_may_be_claimed_and_no_cancelled_item(run: Run) -> None:
    code, told = run("claim", as_json=True)
    assert (code, {one["claim"] for one in told}) == (0, {FIRST, SECOND})
    assert {one["state"] for one in told} == {"free"}


def test_several_are_claimed_at_once_and_none_twice(run: Run, village: Village) -> None:
    done = run("claim", answers=["1，2"])
    assert "已认领2项" in done.output, done.output
    assert run("claim", ALLOWANCE_CODE, as_json=True)[1]["changes"] == []
    with village.office() as office:
        changes = [read_change(entry.line) for entry in office.store.outbox()]
    assert {(change.name, change.record) for change in changes} == {("claim.take", FIRST), ("claim.take", SECOND)}
    assert run("claim", "没有", as_json=True)[0] == 3


def test_only_local_fields_are_asked_for_and_the_rest_is_inherited(run: Run, village: Village) -> None:
    run("claim", ALLOWANCE_CODE)
    answers = ["村服务中心", "8:30-17:30", "4012345", "吴思雨", "-", "n"]
    done = run("fill", ALLOWANCE_CODE, answers=answers)
    assert "已存4个要素" in done.output, done.output
    assert "电话应带区号" in done.output, "a reviewer's reason, told now"
    with village.office() as office:
        change = read_change(office.store.outbox()[-1].line)
    assert change.set == {
        "state": "filling",
        "f.address": "村服务中心",
        "f.hours": "8:30-17:30",
        "f.consult_phone": "4012345",
        "f.helper_name": "吴思雨",
    }


def test_a_neighbour_lends_everything_but_its_place(run: Run, village: Village) -> None:
    run("claim", "--all")
    run(
        "fill",
        ALLOWANCE_CODE,
        "--set",
        "flow=受理 审核",
        "--set",
        "办理地点=前村",
        "--set",
        "legal_days=20",
        as_json=True,
    )
    code, told = run("fill", CARD_CODE, "--copy-from", ALLOWANCE_CODE, "--submit", as_json=True)
    assert (code, told["fields"]) == (0, 2)
    with village.office() as office:
        seen = office.replica.see(SECOND)
    assert seen is not None
    assert (seen.fields["f.flow"], seen.fields["f.legal_days"], seen.fields["state"]) == ("受理 审核", 20, "submitted")
    assert "f.address" not in seen.fields


def test_a_claim_is_given_back(run: Run, village: Village) -> None:
    run("claim", CARD_CODE)
    assert run("fill", CARD_CODE, "--withdraw", as_json=True)[0] == 0
    assert {one["state"] for one in run("claim", as_json=True)[1]} == {"free"}
    assert run("fill", CARD_CODE, "--submit", as_json=True)[0] == 3


def test_a_field_that_no_list_has_is_refused(run: Run) -> None:
    run("claim", CARD_CODE)
    assert run("fill", CARD_CODE, "--set", "colour=red", as_json=True)[0] == 3
    assert run("fill", CARD_CODE, "--set", "colour", as_json=True)[0] == 4


def test_the_standard_list_is_claimed_in_bulk_and_taken_out_as_a_batch(run: Run, village: Village) -> None:
    code, told = run("claim", "--bulk", "--lease", "3", as_json=True)
    assert (code, set(told["claims"])) == (0, {FIRST, SECOND})
    with village.office() as office:
        changes = [read_change(entry.line) for entry in office.store.outbox()]
    lease = changes[-1]
    assert [change.name for change in changes] == ["claim.take", "claim.take", "lease.take"]
    assert (set(texts(lease.set, "claims")), lease.set["unit"]) == ({FIRST, SECOND}, UNIT)
    assert "已领取" in run("claim", answers=[""]).output
    assert len(run("claim", "--give-back", as_json=True)[1]["changes"]) == 1
    assert run("claim", "--give-back", as_json=True)[1]["changes"] == []
    assert run("claim", "--all", "--lease", "99", as_json=True)[0] == 0, "nothing is free, so nothing is taken out"


def test_a_unit_declines_with_a_reason(run: Run, village: Village) -> None:
    assert len(run("claim", CARD_CODE, "--decline", "不属本单位职责", as_json=True)[1]["changes"]) == 1
    with village.office() as office:
        seen = office.replica.see(SECOND)
    assert seen is not None
    assert (seen.fields["state"], seen.fields["decline_reason"]) == ("declined", "不属本单位职责")


def test_a_neighbours_list_of_the_same_item_lends_all_but_its_place(run: Run, village: Village) -> None:
    run("claim", ALLOWANCE_CODE)
    with village.office() as office:
        one = next(each for each in claimables(office, open_campaign(office)) if each.claim == FIRST)  # type: ignore[arg-type]
        neighbour = claim_id(CAMPAIGN, "u-next", ALLOWANCE_CODE)
        fields = {
            **{"campaign": CAMPAIGN, "unit": "u-next", "base_item": ALLOWANCE_CODE, "place": "341881106201"},
            **{"state": "filling", "claimed_by": "n", "f.flow": "受理 办结", "f.address": "邻村"},
        }
        office.capture([(Draft("claim", neighbour, "claim.take", set=fields), office.new_id())])
        held = neighbour_of(office, one, "u-next")
        assert held is not None
        assert copied_from(held) == {"flow": "受理 办结"}
        assert neighbour_of(office, one, "elsewhere") is None
    code, told = run("fill", ALLOWANCE_CODE, "--copy-from", "341881106201", as_json=True)
    assert (code, told["fields"]) == (0, 1)


def test_what_changed_in_the_base_item_is_told_when_its_claim_is_filled(run: Run, village: Village) -> None:
    changed = {"field": "name", "label": "事项名称", "was": "高龄津贴", "now": "高龄津贴发放", "own": "高龄补贴"}
    fields = {"campaign": CAMPAIGN, "unit": UNIT, "base_item": ALLOWANCE_CODE, "place": VILLAGE, "state": "filling"}
    put(village, f"unit:{UNIT}", "claim", {FIRST: {**fields, "f.name": "高龄补贴", "rebased": [changed]}})
    told = run("fill", ALLOWANCE_CODE, "--set", "flow=受理 办结")
    assert "基本目录有变：事项名称 高龄津贴 → 高龄津贴发放" in told.output, told.output
    assert "本单位写的：高龄补贴" in told.output
    assert run("fill", ALLOWANCE_CODE, "--set", "flow=受理", as_json=True)[1]["base_changes"] == [changed]
