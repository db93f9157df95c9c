"""Campaigns: their days, their scope, their frozen baseline."""

from datetime import date

from server.domain.catalogue.campaigns import (
    CAMPAIGN_STEPS,
    CampaignState,
    check_campaign,
    in_scope,
    is_open_on,
    state_of,
)
from server.domain.check_context import CheckContext
from server.domain.steps import state_after

CAMPAIGN: dict[str, object] = {
    "name": "第三轮",
    "round": 3,
    "start": "2026-10-12",
    "end": "2026-12-11",
    "baseline_hash": "abc",
}


def codes(before: dict[str, object] | None = None, **changed: object) -> list[str]:
    ctx = CheckContext(on=date(2026, 11, 22), before=before)
    return [each.code for each in check_campaign({**CAMPAIGN, **changed}, ctx)]


def test_a_campaign_is_open_from_its_first_to_its_last_day() -> None:
    days = [date(2026, 10, 11), date(2026, 10, 12), date(2026, 12, 11), date(2026, 12, 12)]
    assert [is_open_on(CAMPAIGN, day) for day in days] == [False, True, True, False]
    assert not is_open_on({**CAMPAIGN, "state": "closed"}, days[1])
    assert state_of(CAMPAIGN) is CampaignState.OPEN


def test_wrong_order_unknown_state_and_a_moved_baseline_are_told() -> None:
    assert codes() == []
    assert codes(end="2026-10-11") == ["campaign_order"]
    assert codes(state="later") == ["state_unknown"]
    assert codes(CAMPAIGN, baseline_hash="abd") == ["baseline_changed"]


def test_an_empty_scope_asks_all_and_a_list_asks_those_below_it() -> None:
    assert in_scope(CAMPAIGN, "u1", "341881106200")
    scoped = {**CAMPAIGN, "scope": {"places": ["341881000000"], "units": []}}
    assert in_scope(scoped, "u1", "341881106200")
    assert not in_scope(scoped, "u1", "341882106200")
    assert not in_scope({**CAMPAIGN, "scope": {"units": ["u2"]}}, "u1", "341881106200")
    assert not in_scope(scoped, "u1", "nowhere")


def test_a_scope_is_told_by_level_and_by_code_as_well() -> None:
    scoped = {**CAMPAIGN, "scope": {"levels": ["6"], "codes": ["992011001000"]}}
    assert in_scope(scoped, "u1", "341881106200", "992011001000")
    assert in_scope(scoped, "u1", "341881106200")
    assert not in_scope(scoped, "u1", "341881106200", "990511001000")
    assert not in_scope(scoped, "u1", "341881106000", "992011001000")


def test_a_round_is_planned_opened_extended_and_closed_once() -> None:
    state: str | None = None
    for verb in ("plan", "open", "extend", "close"):
        state = state_after(CAMPAIGN_STEPS, f"campaign.{verb}", state)
    assert state == "closed"
    assert state_after(CAMPAIGN_STEPS, "campaign.open", state) is None
    assert state_after(CAMPAIGN_STEPS, "campaign.close", "") == "closed"
