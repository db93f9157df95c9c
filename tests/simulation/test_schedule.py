"""The server's own jobs run in a simulated world; one that does not is named with its reason."""

from __future__ import annotations

import random
import re
from collections import Counter
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any, cast

from fixtures.simulation.clock import LyingClock
from fixtures.simulation.desks import ALL
from fixtures.simulation.run import Result, run_once
from fixtures.simulation.schedule import NOT_SIMULATED, Bench, parts_on, simulated_jobs
from fixtures.simulation.tables import Tables, sealing
from server.merge_policies import policies_of
from server.schedule import jobs_of
from server.storage.memory import CentreMemory, MemoryStore
from server.storage.store import CentreState
from tests.simulation.small import small

ROOT = Path(__file__).parents[2]
SIMULATED = {
    "items whose day has come",
    "leases that are over",
    "claims of a changed base item",
    "the day's progress of rounds",
    "facts of new filings",
    "lights",
    "what did not come in time",
    "licences past their last day",
    "corrections that never came",
    "broken promises that stood their year",
}


STEPS = (
    *("item.take_effect", "lease.end", "snapshot.take", "light.raise", "light.change", "light.clear"),
    *("task.open", "licence.expire", "case.licence_lapse", "case.lapse"),
)


@cache
def runs() -> tuple[Result, ...]:
    """Some weeks in which everything may strike, some in which nothing does, and a year."""
    weeks = [replace(small(seed, devices=6, steps=14, hours=4), desks=ALL, days=70) for seed in (303, 310)]
    return tuple(run_once(one) for one in (*weeks, replace(weeks[1], kinds=()), replace(weeks[0], days=420)))


def test_every_job_of_the_server_is_simulated_or_named_with_its_reason() -> None:
    """A new job runs here as soon as it is there: whoever adds it says which of the two it is."""
    dice = random.Random(1)
    policies = policies_of(lambda text: text)
    store = MemoryStore(CentreMemory(CentreState("e" * 32, 0)))
    writer = cast("Any", None)
    bench = Bench(store, writer, policies, LyingClock(), dice.randbytes)
    tables = Tables(policies, sealing(dice.randbytes))
    assert {job.name for job in jobs_of(parts_on(tables, bench))} == SIMULATED | NOT_SIMULATED.keys()
    assert {job.name for job in simulated_jobs(tables, bench)} == SIMULATED
    for why in NOT_SIMULATED.values():
        assert len(why.split()) >= 4
        for test in re.findall(r"tests/[\w/]+\.py", why):
            assert (ROOT / test).is_file(), test


def test_the_jobs_do_their_work_and_nothing_is_lost_early_or_left() -> None:
    told: Counter[str] = Counter()
    for result in runs():
        assert result.violations == (), result.scenario.text()
        told.update(result.steps)
    assert [step for step in STEPS if not told[f"{step} applied"]] == []


def test_days_go_by_the_same_in_every_run_of_a_seed() -> None:
    scenario = runs()[1].scenario
    assert run_once(scenario) == runs()[1]
