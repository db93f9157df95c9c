"""`bangban reviews`: what needs a look."""

import json
from pathlib import Path

from tests.command import bangban, finish
from tests.small_centre import load_small, small_world

CITY = next(one.login for one in small_world().accounts if one.role == "city_supervisor")


def test_an_empty_month_has_none(tmp_path: Path) -> None:
    finish(load_small(tmp_path))
    assert "0 reviews opened" in bangban("reviews", "--run", "--data", tmp_path)
    assert json.loads(bangban("reviews", "--as", CITY, "--data", tmp_path, "--json")) == []
    assert "规则" in bangban("reviews", "--as", CITY, "--data", tmp_path)
    assert "--as LOGIN" in bangban("reviews", "--data", tmp_path, code=1)
    assert "no account" in bangban("reviews", "--as", "nobody", "--data", tmp_path, code=1)
