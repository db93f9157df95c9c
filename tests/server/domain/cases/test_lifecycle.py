"""A case's life: the steps there are, and no others."""

import pytest

from server.domain.cases.lifecycle import (
    CENTRE_ONLY,
    DESK_FIELDS,
    STEPS,
    CaseState,
    actions_from,
    check_bound,
    check_written,
    filing_key,
    is_open,
    is_paused,
    is_unsent,
    may_become,
    needs_holder,
    next_state,
    parse_state,
)


def test_a_draft_is_submitted_and_received() -> None:
    assert next_state("case.open", None) is CaseState.DRAFT
    assert next_state("case.submit", CaseState.DRAFT) is CaseState.SUBMITTED
    assert next_state("case.receive", CaseState.SUBMITTED) is CaseState.RECEIVED


def test_a_whole_visit_in_one_change_is_received_in_one_write() -> None:
    assert may_become(None, CaseState.RECEIVED)
    assert may_become(CaseState.DRAFT, CaseState.RECEIVED)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (CaseState.RECEIVED, CaseState.DRAFT),
        (CaseState.RECEIVED, CaseState.SUBMITTED),
        (CaseState.WITHDRAWN, CaseState.RECEIVED),
        (CaseState.SUBMITTED, CaseState.DRAFT),
        (None, CaseState.DECIDED),
        (None, CaseState.WITHDRAWN),
    ],
)
def test_no_stale_change_brings_back_a_state_that_was_left(before: CaseState | None, after: CaseState) -> None:
    assert not may_become(before, after)


def test_a_state_may_stay_as_it_is() -> None:
    assert all(may_become(state, state) for state in CaseState)


def test_nobody_receives_by_hand_and_what_was_withdrawn_is_only_put_away() -> None:
    assert "case.receive" not in actions_from(CaseState.SUBMITTED)
    assert actions_from(CaseState.WITHDRAWN) == {"case.archive"}
    assert actions_from(CaseState.ARCHIVED) == {"case.credit_clear"}, "a broken promise is cleared wherever it lies"
    assert STEPS.keys() >= CENTRE_ONLY


def test_a_helper_corrects_until_a_desk_has_looked() -> None:
    assert next_state("case.edit", CaseState.RECEIVED) is CaseState.RECEIVED
    assert next_state("case.edit", CaseState.PRECHECKED) is None


def test_a_helpers_filing_writes_nothing_of_a_desks() -> None:
    assert [one.field for one in check_written("case.submit", {"form.a", "decision", "clinic"})] == ["decision"]
    assert check_written("case.edit", {"material.1", "state"}) == []
    assert [one.field for one in check_written("case.amend", {"phone", "form.a"})] == ["form.a"]


def test_a_filing_is_bound_to_what_it_was_filed_for() -> None:
    before, after = {"resident": "a", "phone": "1"}, {"resident": "b", "phone": "2", "receipt": "T"}
    for state in (CaseState.SUBMITTED, CaseState.RECEIVED):
        assert [one.field for one in check_bound("case.edit", state, before, after)] == ["resident", "receipt"]
    assert check_bound("case.edit", CaseState.DRAFT, before, after) == []
    assert check_bound("case.submit", None, {}, after) == []


def test_a_step_at_a_desk_writes_its_own_fields_and_no_others() -> None:
    assert check_written("case.decide", {"decision", "notes", "state"}) == []
    assert [one.field for one in check_written("case.decide", {"decision", "form.a"})] == ["form.a"]
    assert "decision" in DESK_FIELDS
    assert not {"notes", "material.", "phone"} & DESK_FIELDS


def test_a_case_is_somebodys_until_its_result_is_in_the_residents_hands() -> None:
    without = {state for state in CaseState if not needs_holder(state)}
    assert without == {
        CaseState.REFUSED,
        CaseState.DELIVERED,
        CaseState.RATED,
        CaseState.WITHDRAWN,
        CaseState.ENDED,
        CaseState.VOIDED,
        CaseState.ARCHIVED,
    }
    assert {state for state in CaseState if is_paused(state)} == {
        CaseState.TO_CORRECT,
        CaseState.SPECIAL_PROCEDURE,
        CaseState.SUSPENDED,
    }


def test_every_state_but_the_last_leads_on_and_every_state_can_be_reached() -> None:
    reached = {after for name in STEPS for before in (None, *CaseState) if (after := next_state(name, before))}
    assert reached == set(CaseState)
    leads_on = {before for before in CaseState for name in STEPS if next_state(name, before) not in (None, before)}
    assert set(CaseState) - leads_on == {CaseState.ARCHIVED}


def test_open_filings_are_those_that_a_second_one_would_repeat() -> None:
    assert is_open(CaseState.RECEIVED)
    assert is_open(CaseState.REVIEWING)
    assert not any(is_open(state) for state in (CaseState.DRAFT, CaseState.WITHDRAWN, CaseState.FINISHED))
    assert filing_key("p", "i") == ("filing", "p", "i")


def test_unsent_work_is_what_a_withdrawn_consent_stops() -> None:
    assert [state for state in CaseState if is_unsent(state)] == [CaseState.DRAFT, CaseState.SUBMITTED]


def test_an_unknown_state_is_none() -> None:
    assert parse_state("finished") is CaseState.FINISHED
    assert parse_state("done") is None
    assert parse_state(7) is None
