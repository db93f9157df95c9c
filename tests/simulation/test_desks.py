"""Who works at the centre takes real steps, and what they do is in the run's outcomes."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from fixtures.simulation.desks import MOST, Actor
from fixtures.simulation.run import run_once
from server.storage.memory import CentreMemory
from server.storage.store import CentreState
from tests.simulation.small import small


def test_cases_go_on_at_the_centre_and_nothing_is_lost() -> None:
    codes: Counter[str] = Counter()
    for seed in (201, 202, 203):
        result = run_once(replace(small(seed, steps=12), desks=MOST))
        assert result.violations == (), result.scenario.text()
        codes.update(result.outcomes)
    without = run_once(replace(small(201, steps=12), desks=0))
    assert without.violations == ()
    assert codes.total() > 3 * sum(without.outcomes.values()), "three runs with desks, one without"
    # Stale pages and steps that may not be taken are among what is tried.
    assert codes["refused:state_step"] + codes["refused:changed_meanwhile"] > 0


def test_where_nothing_lies_nobody_does_anything() -> None:
    empty = CentreMemory(CentreState("e" * 32, 0))
    for number in range(MOST):
        assert Actor(number, "1", lambda: 1_795_000_000_000).steps(empty) == []
