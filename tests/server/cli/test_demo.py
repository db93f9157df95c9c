"""`bangban demo`: from an empty folder to a report; and never at the cost of somebody's files."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest
from typer.testing import CliRunner

from fixtures.fleet.week import Week
from fixtures.story.hands import StoryBroke
from fixtures.world.accounts import Role
from server.cli.demo import FOLDER, LIGHT_WEEK, SMALL_WEEK, _at_the_console, _guests, free_port
from server.cli.main import app


def test_the_demo_runs_all_997_devices_with_a_lighter_week() -> None:
    assert (LIGHT_WEEK.devices, LIGHT_WEEK.colleagues) == (997, 300)
    assert (LIGHT_WEEK.filings, LIGHT_WEEK.claims, LIGHT_WEEK.photos) == (10, 5, 1)
    assert Path("var/demo") == FOLDER


def test_once_ends_after_the_report_and_a_second_demo_begins_anew(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    folder.mkdir()
    (folder / ".bangban-demo").touch()
    (folder / "bangban.db").write_text("left over from before")
    done = CliRunner().invoke(app, ["demo", "--once", "--small", "--port", "0", "--folder", str(folder)])
    assert done.exit_code == 0, done.output
    assert "Nothing lost, nothing duplicated, nothing diverged" in done.output
    assert "办件" in done.output
    assert "round closed, bulletins" in done.output
    assert not (folder / "devices").exists()


def test_a_folder_with_something_else_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("three years of work")
    done = CliRunner().invoke(app, ["demo", "--once", "--small", "--folder", str(tmp_path)])
    assert done.exit_code == 2
    assert (tmp_path / "thesis.txt").read_text() == "three years of work"


def test_a_helper_a_lead_and_a_claim_worker_may_look_around() -> None:
    roles = [one.account.role for one in _guests(Week(SMALL_WEEK).cast)]
    assert roles == [Role.HELPER, Role.TOWN_LEAD, Role.CLAIM_WORKER]


def test_one_of_each_who_works_at_the_console_may_sit_there() -> None:
    accounts = _at_the_console(Week(SMALL_WEEK).world)
    assert [one.role for one in accounts] == [
        Role.CITY_SUPERVISOR,
        Role.COUNTY_SUPERVISOR,
        Role.DESK_CLERK,
        Role.CATALOGUE_REVIEWER,
        Role.AUDITOR,
        Role.ADMINISTRATOR,
    ]
    assert accounts[1].site == accounts[2].site


def test_a_story_that_breaks_off_fails_the_demo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broke(*given: object, **named: object) -> None:
        raise StoryBroke("nobody came")

    monkeypatch.setattr("server.cli.demo.tell_story", broke)
    done = CliRunner().invoke(app, ["demo", "--once", "--small", "--port", "0", "--folder", str(tmp_path / "demo")])
    assert done.exit_code == 1
    assert "nobody came" in done.output


def test_a_port_that_is_taken_is_left_for_a_free_one() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert free_port(port) == 0
    assert free_port(0) == 0
