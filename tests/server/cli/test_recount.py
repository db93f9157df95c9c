"""`bangban recount`: mends what was altered beside the program."""

import sqlite3
from pathlib import Path

from tests.command import bangban, finish
from tests.small_centre import load_small


def test_numbers_that_were_altered_are_made_anew(tmp_path: Path) -> None:
    finish(load_small(tmp_path))
    raw = sqlite3.connect(tmp_path / "bangban.db")
    raw.execute("UPDATE resident_counts SET number = 0")
    raw.commit()
    raw.close()
    assert "bangban recount" in bangban("verify", "--data", tmp_path, "--no-files", code=2)
    assert "resident_counts: " in bangban("recount", "--data", tmp_path)
    assert "whole" in bangban("verify", "--data", tmp_path, "--no-files")
