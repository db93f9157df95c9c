"""Small scenarios: the real thing in a fraction of a second."""

from __future__ import annotations

from dataclasses import replace

from fixtures.simulation.faults import ALL_KINDS
from fixtures.simulation.run import Scenario, scenario_of


def small(seed: int, *, devices: int = 4, steps: int = 7, hours: int = 2) -> Scenario:
    """As drawn from the seed, but shorter."""
    return replace(scenario_of(seed), devices=devices, steps=steps, hours=hours)


def stormy(seed: int) -> Scenario:
    """Everything that can strike may strike."""
    return replace(small(seed, devices=5, steps=8, hours=4), kinds=ALL_KINDS)
