"""Runs in which the whole service is at work: desks, rounds, calls, ratings, bundles and appeals."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from functools import cache

from fixtures.simulation.desks import ALL
from fixtures.simulation.run import run_once
from tests.simulation.small import small


@cache
def codes() -> Counter[str]:
    """What became of the steps of three runs without faults: "step outcome" → how often."""
    told: Counter[str] = Counter()
    for seed in (301, 302, 303):
        result = run_once(replace(small(seed, devices=6, steps=12, hours=6), desks=ALL, kinds=()))
        assert result.violations == (), result.scenario.text()
        told.update(result.steps)
    return told
