"""`bangban backup` and what follows it on the command line."""

import json
from pathlib import Path

from tests.command import bangban, finish
from tests.small_centre import load_small


def test_a_backup_elsewhere_is_told_to_be_durable(tmp_path: Path) -> None:
    finish(load_small(tmp_path / "a"))
    told = bangban("backup", "--data", tmp_path / "a", "--to", tmp_path / "second")
    assert "verified" in told
    assert "durable up to here" in told


def test_inside_the_data_folder_it_says_that_nothing_is(tmp_path: Path) -> None:
    finish(load_small(tmp_path))
    assert "no second place" in bangban("backup", "--data", tmp_path)


def test_for_a_program_it_is_the_manifest(tmp_path: Path) -> None:
    finish(load_small(tmp_path / "a"))
    told = json.loads(bangban("backup", "--data", tmp_path / "a", "--to", tmp_path / "second", "--json"))
    assert told["manifest"]["rows"]["places"] == 9
    assert Path(told["folder"]).is_dir()


def test_a_centre_that_is_not_there_is_told(tmp_path: Path) -> None:
    bangban("backup", "--data", tmp_path, code=1)
