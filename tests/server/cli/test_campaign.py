"""`bangban campaign`: a round from its opening to its closing, on a centre of the test's own."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.command import bangban, finish
from tests.small_centre import HELPER, load_small


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    finish(load_small(tmp_path))
    return tmp_path


def campaign(folder: Path, *words: str, code: int = 0) -> str:
    return bangban("campaign", *words, "--data", folder, code=code)


def test_a_round_is_opened_followed_kept_looked_back_on_and_closed(folder: Path) -> None:
    opening = ("--name", "第四轮", "--round", "4", "--start", "2020-01-01", "--end", "2099-12-31", "--level", "6")
    campaign(folder, "open", *opening)
    whole = json.loads(campaign(folder, "progress", "4", "--json"))
    assert (whole["name"], whole["all"]["claimed"]) == ("第四轮", 0)
    assert whole["all"]["asked"] > 0
    assert "第四轮" in campaign(folder, "progress", "4", "--by", "town")
    campaign(folder, "snapshot")
    (day,) = json.loads(campaign(folder, "progress", "4", "--days", "--json"))["rows"]
    assert day["asked"] == whole["all"]["asked"]
    assert campaign(folder, "sample", "4", "--seed", "2026").startswith("0 drawn")
    campaign(folder, "close", "4", "--why", "按期完成")
    campaign(folder, "close", "4", code=1)


def test_what_is_not_there_is_told(folder: Path) -> None:
    campaign(folder, "progress", "9", code=1)
    campaign(folder, "hand-over", HELPER, "nobody", code=1)
    assert "0 claims" in campaign(folder, "hand-over", HELPER, HELPER)
    dates = ("--start", "2026-02-01", "--end", "2026-01-01")
    campaign(folder, "open", "--name", "x", "--round", "5", *dates, code=1)
