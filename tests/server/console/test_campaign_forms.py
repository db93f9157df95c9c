"""Every state of a round has its words; a form writes what its step may."""

from __future__ import annotations

from server.console.campaign_forms import (
    CAMPAIGN_STATES,
    CLAIM_FORMS,
    CLAIM_STATES,
    FINDS,
    LOOK_BACK_FORMS,
    LOOK_BACK_STATES,
    RETURN,
    WHY,
    reasons_from,
    said,
)
from server.domain.catalogue.campaigns import CampaignState
from server.domain.catalogue.claims import REVIEW_WRITES, ClaimState
from server.domain.catalogue.look_back import LOOK_BACK_STEPS, LookBackState, Why


def test_nothing_is_shown_by_its_code() -> None:
    assert set(CAMPAIGN_STATES) == {state.value for state in CampaignState}
    assert set(CLAIM_STATES) == {state.value for state in ClaimState}
    assert set(LOOK_BACK_STATES) == {state.value for state in LookBackState}
    assert set(WHY) == {why.value for why in Why}
    assert said(CLAIM_STATES, "unheard", True) == "unheard"


def test_a_form_writes_what_its_step_may() -> None:
    for form in (*CLAIM_FORMS.values(), RETURN):
        assert {one.path for one in form.inputs} <= REVIEW_WRITES[form.step], form.step
    for form in (*LOOK_BACK_FORMS.values(), *FINDS.values()):
        assert all(LOOK_BACK_STEPS[form.step].may_write(one.path) for one in form.inputs), form.step


def test_only_reasons_that_a_table_knows_are_taken() -> None:
    assert reasons_from({"reason.fee_wrong": "yes", "reason.unheard": "yes", "reason.level_wrong": ""}) == ["fee_wrong"]
