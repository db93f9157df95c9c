"""`bangban simulate` as one types it."""

from __future__ import annotations

import json

from typer.testing import CliRunner

from fixtures.simulation.plants import PLANTS
from server.cli.main import app
from tests.simulation.small import small

runner = CliRunner()


def test_its_json_has_exactly_the_keys_that_are_promised() -> None:
    done = runner.invoke(app, ["simulate", "--json", "--replay", small(2).text()])
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert list(told) == ["seeds", "violations", "device_years", "changes", "faults", "seconds"]
    assert told["seeds"] == 1
    assert told["violations"] == 0
    assert told["changes"] > 0
    assert all(times > 0 for times in told["faults"].values())


def test_the_plants_are_listed_one_a_line() -> None:
    assert runner.invoke(app, ["simulate", "--plant", "list"]).stdout.splitlines() == list(PLANTS)


def test_a_found_plant_is_told_with_its_oracle_its_seed_and_how_to_see_it_again() -> None:
    done = runner.invoke(app, ["simulate", "--plant", "no_timer", "--no-shrink"])
    assert done.exit_code == 1
    assert "was found by always_armed at seed 1." in done.output.replace("\n", " ")
    again = done.output.split("bangban simulate --plant no_timer --replay ")[1].strip()
    assert runner.invoke(app, ["simulate", "--plant", "no_timer", "--replay", again]).exit_code == 1
    assert runner.invoke(app, ["simulate", "--replay", again]).exit_code == 0


def test_what_it_does_not_know_is_told_and_nothing_is_run() -> None:
    assert runner.invoke(app, ["simulate", "--plant", "no such bug"]).exit_code == 2
    assert runner.invoke(app, ["simulate", "--replay", "seed=1"]).exit_code == 2
