"""`bangban verify`: its words and its codes."""

import json
import sqlite3
from pathlib import Path

from tests.command import bangban, finish
from tests.small_centre import load_small


def test_a_whole_centre_ends_with_nought(tmp_path: Path) -> None:
    finish(load_small(tmp_path))
    assert "whole" in bangban("verify", "--data", tmp_path, "--no-files")
    assert json.loads(bangban("verify", "--data", tmp_path, "--json"))["whole"] is True


def test_findings_end_with_two_and_say_what_they_mean(tmp_path: Path) -> None:
    finish(load_small(tmp_path))
    raw = sqlite3.connect(tmp_path / "bangban.db")
    raw.execute("UPDATE changes SET account = 'someone' WHERE position = 3")
    raw.commit()
    raw.close()
    assert "a change in the log was altered" in bangban("verify", "--data", tmp_path, code=2)
    document = json.loads(bangban("verify", "--data", tmp_path, "--json", code=2))
    assert (document["findings"], document["found"][0]["code"]) == (1, "log_link")
