"""`bangban restore`."""

import shutil
from pathlib import Path

from tests.command import bangban, finish
from tests.small_centre import load_small


def backed_up(tmp_path: Path) -> Path:
    finish(load_small(tmp_path / "a"))
    bangban("backup", "--data", tmp_path / "a", "--to", tmp_path / "second")
    (tmp_path / "b" / "keys").mkdir(parents=True)
    shutil.copy(tmp_path / "a" / "keys" / "master", tmp_path / "b" / "keys" / "master")
    return tmp_path / "second"


def test_the_newest_of_a_folder_is_restored_and_whole(tmp_path: Path) -> None:
    second = backed_up(tmp_path)
    assert "new epoch" in bangban("restore", "--from", second, "--data", tmp_path / "b")
    assert "whole" in bangban("verify", "--data", tmp_path / "b")


def test_without_the_secret_it_says_which_file_is_missing(tmp_path: Path) -> None:
    second = backed_up(tmp_path)
    (tmp_path / "b" / "keys" / "master").unlink()
    told = bangban("restore", "--from", second, "--data", tmp_path / "b", code=1)
    assert "put the secret of this database back" in told.replace("\n", " ")


def test_a_folder_without_backups_is_refused(tmp_path: Path) -> None:
    backed_up(tmp_path)
    assert "never finished" in bangban("restore", "--from", tmp_path, "--data", tmp_path / "b", code=1)


def test_a_database_in_use_is_not_written_over(tmp_path: Path) -> None:
    second = backed_up(tmp_path)
    assert "not empty" in bangban("restore", "--from", second, "--data", tmp_path / "a", code=1)
