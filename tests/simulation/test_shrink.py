"""A failing run is made small, and stays failing."""

from __future__ import annotations

from dataclasses import replace

from fixtures.simulation.report import broken_by
from fixtures.simulation.run import Scenario, run_once, scenario_of
from fixtures.simulation.shrink import shrink, shrink_by


def test_what_does_not_matter_is_taken_away() -> None:
    scenario = replace(
        scenario_of(9), devices=6, desks=2, steps=20, hours=8, kinds=("delay", "cloned", "restored", "moved")
    )

    def fails(one: Scenario) -> bool:
        return "cloned" in one.kinds and one.devices >= 3 and one.steps >= 5

    assert shrink_by(scenario, fails, 200) == replace(scenario, devices=3, desks=0, steps=5, hours=1, kinds=("cloned",))


def test_shrinking_ends_when_its_runs_are_used_up() -> None:
    asked: list[Scenario] = []

    def fails(one: Scenario) -> bool:
        asked.append(one)
        return False

    assert shrink_by(scenario_of(9), fails, 3) == scenario_of(9)
    assert len(asked) == 3


def test_a_shrunk_run_fails_by_the_same_oracle() -> None:
    broken = broken_by("journal_cut_early")
    smaller = shrink(scenario_of(1), "kept_until_durable", broken, 8)
    assert len(smaller.kinds) < len(scenario_of(1).kinds)
    assert run_once(smaller, broken).violations[0].oracle == "kept_until_durable"
