"""The oracles notice: a sample of the known bugs, each found within a few seeds."""

from __future__ import annotations

import pytest

from fixtures.simulation.oracles import ORACLES
from fixtures.simulation.plants import PLANTS
from fixtures.simulation.report import broken_by, simulate
from fixtures.simulation.run import run_once
from tests.simulation.small import small

SAMPLE = {
    "ack_before_commit": {"answered_is_kept"},
    "cursor_before_rows": {"no_needless_reset"},
    "journal_cut_early": {"kept_until_durable"},
    "no_timer": {"always_armed"},
    "off_by_one_counter": {"kept_until_durable"},
    "revoked_rows_served": {"nothing_foreign"},
    "sum_not_updated": {"no_needless_reset"},
    "last_writer_wins": {"no_value_lost"},
}


@pytest.mark.parametrize("plant", SAMPLE)
def test_a_planted_bug_is_found_by_its_oracle(plant: str) -> None:
    report = simulate((small(seed) for seed in range(1, 60)), broken_by(plant), stop=True)
    assert [result.violations[0].oracle in SAMPLE[plant] for result in report.failed] == [True]


def test_a_plant_leaves_nothing_behind() -> None:
    before = run_once(small(3)).trace
    for plant in ("twin_applied_twice", "own_change_exempts_all", "no_timer"):
        run_once(small(3), broken_by(plant))
    assert run_once(small(3)).trace == before


def test_there_are_many_plants_and_oracles_and_each_says_what_it_is() -> None:
    assert len(PLANTS) >= 12
    assert all(plant.says for plant in PLANTS.values())
    assert all(ORACLES.values())


def test_a_name_that_is_no_plant_is_an_error() -> None:
    with pytest.raises(KeyError):
        broken_by("no such bug")
