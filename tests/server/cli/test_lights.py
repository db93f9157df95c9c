"""`bangban lights`: what shines, for whoever may see it."""

import json
from pathlib import Path

from tests.command import bangban, finish
from tests.small_centre import load_small, small_world

CITY = next(one.login for one in small_world().accounts if one.role == "city_supervisor")


def test_looking_at_all_clocks_raises_what_should_shine_and_lists_it(tmp_path: Path) -> None:
    finish(load_small(tmp_path))
    assert "raised" in bangban("lights", "--run", "--data", tmp_path)
    rows = json.loads(bangban("lights", "--as", CITY, "--data", tmp_path, "--json"))
    counted = json.loads(bangban("lights", "--as", CITY, "--count", "place", "--data", tmp_path, "--json"))
    shown = sum(row[level] for row in counted for level in ("unknown", "blue", "yellow", "red", "red_plus"))
    assert min(shown, 200) == len(rows)
    assert "级别" in bangban("lights", "--as", CITY, "--data", tmp_path)


def test_whose_scope_must_be_said(tmp_path: Path) -> None:
    finish(load_small(tmp_path))
    assert "--as LOGIN" in bangban("lights", "--data", tmp_path, code=1)
    assert "no account" in bangban("lights", "--as", "nobody", "--data", tmp_path, code=1)
