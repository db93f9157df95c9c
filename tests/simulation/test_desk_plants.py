"""A bug in the rules of cases and lights is found by its oracle within a few seeds."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fixtures.simulation.desk_plants import DESK_PLANTS
from fixtures.simulation.desks import MOST
from fixtures.simulation.report import broken_by, simulate
from tests.simulation.small import small

SAMPLE = {
    "holder_dropped": "always_held",
    "light_raised_again": "light_once",
    "promise_forgotten": "promise_first",
    "step_from_any_state": "legal_state",
}


@pytest.mark.parametrize("plant", SAMPLE)
def test_a_planted_bug_of_the_rules_is_found_by_its_oracle(plant: str) -> None:
    scenarios = (replace(small(seed, steps=12), desks=MOST, kinds=()) for seed in range(1, 40))
    report = simulate(scenarios, broken_by(plant), stop=True)
    assert [result.violations[0].oracle for result in report.failed] == [SAMPLE[plant]]


def test_a_decision_below_is_found_where_days_go_by() -> None:
    scenarios = (
        replace(small(seed, devices=5, steps=12, hours=3), desks=MOST, days=30, kinds=()) for seed in range(10, 40)
    )
    report = simulate(scenarios, broken_by("review_skipped"), stop=True)
    assert [result.violations[0].oracle for result in report.failed] == ["decided_above"]


def test_each_says_what_it_is() -> None:
    assert len(DESK_PLANTS) >= 3
    assert all(says and patches for says, patches in DESK_PLANTS.values())
