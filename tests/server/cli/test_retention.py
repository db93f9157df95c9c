"""`bangban retention`: what is kept how long, and that it went."""

import json
from pathlib import Path

from server.domain.supervision.retention import KEPT
from tests.command import bangban, finish
from tests.small_centre import load_small


def test_the_report_names_every_row_with_its_law_and_a_run_tells_what_went(tmp_path: Path) -> None:
    finish(load_small(tmp_path))
    rows = json.loads(bangban("retention", "report", "--data", tmp_path, "--json"))
    assert [row["code"] for row in rows] == list(KEPT)
    assert all(row["due"] == row["deleted"] == 0 for row in rows)
    assert "网络安全法" in bangban("retention", "run", "--data", tmp_path)
