"""Claims: their steps, their key, rivals, and what nobody may write."""

from datetime import date

import pytest

from server.domain.catalogue.claims import (
    STEPS,
    WORK,
    ClaimState,
    actions_from,
    advise_claim,
    check_claim,
    claim_key,
    is_rival,
    may_become,
    next_state,
    proposal_key,
    settled_state,
)
from server.domain.check_context import CheckContext

CLAIM: dict[str, object] = {
    "campaign": "c" * 32,
    "unit": "u1",
    "base_item": "990511001000",
    "place": "341881106200",
    "state": "claimed",
    "claimed_by": "a1",
}


def codes(before: dict[str, object] | None = None, **changed: object) -> list[str]:
    ctx = CheckContext(on=date(2026, 11, 22), before=before)
    return [each.code for each in check_claim({**CLAIM, **changed}, ctx)]


def test_a_claim_is_taken_filled_submitted_and_withdrawn() -> None:
    state: ClaimState | None = None
    for action in ("claim.take", "claim.fill", "claim.submit", "claim.withdraw"):
        state = next_state(action, state)
        assert state is not None
    assert state is ClaimState.FREE
    assert next_state("claim.take", state) is ClaimState.CLAIMED


def test_nobody_takes_what_is_taken_or_fills_what_is_free() -> None:
    assert next_state("claim.take", ClaimState.CLAIMED) is None
    assert next_state("claim.fill", ClaimState.FREE) is None
    assert next_state("claim.unknown", None) is None
    assert actions_from(ClaimState.FREE) == {"claim.take", "claim.decline"}


def test_a_colleagues_late_typing_joins_a_submitted_list_without_reopening_it() -> None:
    assert next_state("claim.fill", ClaimState.SUBMITTED) is ClaimState.SUBMITTED
    assert not may_become(ClaimState.SUBMITTED, ClaimState.FILLING)
    assert codes({**CLAIM, "state": "submitted"}, state="filling") == ["state_step"]


def test_work_done_in_one_sitting_comes_into_being_at_its_end() -> None:
    assert codes(None, state="submitted") == []


def test_a_withdrawn_claim_is_free_and_nobodys() -> None:
    assert codes(CLAIM, state="free", claimed_by=None) == []
    assert codes(CLAIM, state="free") == ["claimed_by_free"]
    assert codes(claimed_by="") == ["claimed_by_missing"]


def test_unknown_states_and_codes_are_told() -> None:
    assert codes(state="done") == ["state_unknown"]
    assert codes(base_item="99") == ["base_item_code"]
    assert codes(place="34") == ["field_shape"]


def test_the_key_is_the_units_or_where_only_one_may_implement_the_places() -> None:
    own = claim_key("c1", "u1", "p1", "b1", exclusive=False)
    assert own == claim_key("c1", "u1", "p2", "b1", exclusive=False)
    assert own != claim_key("c1", "u2", "p1", "b1", exclusive=False)
    assert claim_key("c1", "u1", "p1", "b1", True) == claim_key("c1", "u2", "p1", "b1", True)
    assert proposal_key("c1", "u1", "p1", "b1") != proposal_key("c1", "u2", "p1", "b1")


@pytest.mark.parametrize(
    ("held", "rival"),
    [(None, False), ({**CLAIM, "state": "free"}, False), (CLAIM, True), ({**CLAIM, "unit": "u2"}, False)],
)
def test_a_rival_is_another_unit_that_holds_it(held: dict[str, object] | None, rival: bool) -> None:
    assert is_rival(held, "u2") is rival


def test_inherited_values_count_when_a_list_is_reviewed() -> None:
    own = {**CLAIM, "f.address": "村部"}
    alone = {each.field for each in advise_claim(own)}
    with_standard = {each.field for each in advise_claim(own, {"name": "高龄津贴", "address": ""})}
    assert alone - with_standard == {"f.name"}
    assert "f.address" not in alone


def test_the_centre_lets_late_work_join_or_take_up_again_and_never_reopens_what_is_published() -> None:
    assert settled_state("claim.take", ClaimState.APPROVED) is ClaimState.APPROVED
    assert settled_state("claim.fill", ClaimState.DECLINED) is ClaimState.FILLING
    assert settled_state("claim.submit", ClaimState.FREE) is ClaimState.SUBMITTED
    assert settled_state("claim.withdraw", ClaimState.FREE) is ClaimState.FREE
    assert settled_state("claim.decline", ClaimState.DECLINED) is ClaimState.DECLINED
    for name in WORK:
        assert settled_state(name, ClaimState.PUBLISHED) is None
    assert settled_state("claim.withdraw", ClaimState.CHECKED) is None


def test_every_state_but_a_cancelled_one_can_be_left_and_each_can_be_reached() -> None:
    reached = {after for steps in STEPS.values() for after in steps.values()}
    assert reached == set(ClaimState)
    left = {before for steps in STEPS.values() for before, after in steps.items() if before is not after}
    assert set(ClaimState) - left == {ClaimState.CANCELLED}


def test_a_declined_claim_has_its_reason_and_a_returned_one_known_codes() -> None:
    assert codes(state="declined") == ["field_missing"]
    assert codes(state="returned", return_reasons=["colour"]) == ["return_reason_unknown"]
    assert codes(state="returned", return_reasons=["contact_wrong", "flow_incomplete"]) == []
