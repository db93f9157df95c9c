"""Helpers file bundles and make appeals in a run, and claim workers hand in and put right what was found."""

from __future__ import annotations

from dataclasses import replace

from fixtures.simulation.desks import MOST
from fixtures.simulation.errands import ERRANDS
from fixtures.simulation.run import run_once
from tests.simulation.busy_town import codes
from tests.simulation.small import small


def test_a_run_has_bundles_with_their_legs_and_appeals_that_are_answered() -> None:
    told = codes()
    assert told["bundle.file applied"]
    assert told["ticket.appeal applied"]
    assert told["claim.submit applied"] + told["claim.submit merged"]


def test_every_role_that_has_errands_is_somebodys() -> None:
    assert ERRANDS.keys() == {"helper", "town_lead", "claim_worker"}
    assert all(weight > 0 for errands in ERRANDS.values() for weight, _ in errands)


def test_without_the_whole_service_nobody_runs_errands() -> None:
    result = run_once(replace(small(301, steps=8), desks=MOST, kinds=()))
    assert not [step for step in result.steps if step.startswith(("bundle.", "ticket.appeal"))]
