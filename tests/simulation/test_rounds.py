"""Rounds are planned, opened with a frozen list, lengthened and closed in a run; lists are looked at again."""

from __future__ import annotations

from tests.simulation.busy_town import codes


def test_a_run_opens_rounds_with_their_lists_and_closes_them() -> None:
    told = codes()
    for step in ("campaign.plan", "campaign.open", "baseline.freeze", "campaign.extend", "campaign.close"):
        assert told[f"{step} applied"], step
    assert told["campaign.close refused"], "a stale page shows it open"


def test_a_run_draws_lists_once_and_finds_them_wanting() -> None:
    told = codes()
    assert told["look_back.draw applied"]
    assert told["look_back.draw refused"], "what was drawn is not drawn again"
    assert told["look_back.find applied"] + told["look_back.pass applied"]


def test_a_run_tells_claims_of_base_items_that_changed_while_people_fill_and_check_them() -> None:
    told = codes()
    assert told["claim.rebase applied"] > told["claim.rebase refused"]
    assert told["claim.fill applied"]
    assert told["claim.check applied"]
