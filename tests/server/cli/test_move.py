"""`bangban move`."""

from pathlib import Path

from tests.command import bangban, finish
from tests.small_centre import load_small


def test_a_centre_moves_whole_and_only_into_an_empty_database(tmp_path: Path) -> None:
    finish(load_small(tmp_path))
    source, target = f"sqlite:///{tmp_path}/bangban.db", f"sqlite:///{tmp_path}/new.db"
    assert "moved and verified" in bangban("move", "--from", source, "--to", target, "--data", tmp_path)
    assert "whole" in bangban("verify", "--database", target, "--data", tmp_path)
    assert "not empty" in bangban("move", "--from", source, "--to", target, "--data", tmp_path, code=1)
