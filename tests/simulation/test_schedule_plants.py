"""A bug in a job of the schedule is found by its oracle within a few seeds."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fixtures.simulation.desks import ALL
from fixtures.simulation.report import broken_by, simulate
from fixtures.simulation.schedule_plants import SCHEDULE_PLANTS
from tests.simulation.small import small

SAMPLE = {
    "lapse_without_grace": "not_before_its_day",
    "licence_expires_early": "not_before_its_day",
    "snapshot_of_next_week": "not_before_its_day",
    "version_waits_on": "nothing_left_undone",
    "light_left_on": "nothing_left_undone",
}


@pytest.mark.parametrize("plant", SAMPLE)
def test_a_planted_bug_of_the_schedule_is_found_by_its_oracle(plant: str) -> None:
    seeds = (301, 302, 303, 304, 305)
    scenarios = (replace(small(seed, devices=6, steps=12, hours=4), desks=ALL, days=70, kinds=()) for seed in seeds)
    report = simulate(scenarios, broken_by(plant), stop=True)
    assert [result.violations[0].oracle for result in report.failed] == [SAMPLE[plant]]


def test_each_says_what_it_is() -> None:
    assert len(SCHEDULE_PLANTS) >= 8
    assert all(says and patches for says, patches in SCHEDULE_PLANTS.values())
