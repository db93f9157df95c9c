"""`bangban takeover`: only where there is another history to be later than."""

import sqlite3
from pathlib import Path

from tests.command import bangban, finish
from tests.small_centre import load_small


def test_it_begins_an_epoch_later_than_the_others_and_says_so(tmp_path: Path) -> None:
    finish(load_small(tmp_path))
    assert "nothing to do" in bangban("takeover", "--data", tmp_path, code=1)
    raw = sqlite3.connect(tmp_path / "bangban.db")
    later = "0" + "f" * 11 + "0" * 20
    raw.execute("INSERT INTO epochs VALUES (?, 0, 0, 'begun_elsewhere')", (later,))
    raw.commit()
    raw.close()
    assert later in bangban("takeover", "--data", tmp_path).replace("\n", "")
    assert "nothing to do" in bangban("takeover", "--data", tmp_path, code=1)
    assert "whole" in bangban("verify", "--data", tmp_path, "--no-files")
