"""`bangban campaign`: a round from its opening to its closing, on a centre of the test's own."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from server.storage.read_log import reason_place
from tests.command import bangban, finish
from tests.small_centre import HELPER, load_small, small_centre, small_world


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    finish(load_small(tmp_path))
    return tmp_path


def campaign(folder: Path, *words: str, code: int = 0) -> str:
    return bangban("campaign", *words, "--data", folder, code=code)


ADMIN = next(one.login for one in small_world().accounts if one.role == "administrator")
WHO = ("--operator", ADMIN, "--reason", "受局里委托")


def test_a_round_is_opened_followed_kept_looked_back_on_and_closed(folder: Path) -> None:
    opening = ("--name", "第四轮", "--round", "4", "--start", "2020-01-01", "--end", "2099-12-31", "--level", "6")
    campaign(folder, "open", *opening, code=2)
    campaign(folder, "open", *opening, *WHO)
    whole = json.loads(campaign(folder, "progress", "4", "--json"))
    assert (whole["name"], whole["all"]["claimed"]) == ("第四轮", 0)
    assert whole["all"]["asked"] > 0
    assert "第四轮" in campaign(folder, "progress", "4", "--by", "town")
    campaign(folder, "snapshot")
    (day,) = json.loads(campaign(folder, "progress", "4", "--days", "--json"))["rows"]
    assert day["asked"] == whole["all"]["asked"]
    assert campaign(folder, "sample", "4", "--seed", "2026", *WHO).startswith("0 drawn")
    campaign(folder, "close", "4", "--why", "按期完成", *WHO)
    campaign(folder, "close", "4", *WHO, code=1)


def test_what_is_not_there_is_told(folder: Path) -> None:
    campaign(folder, "progress", "9", code=1)
    campaign(folder, "hand-over", HELPER, "nobody", *WHO, code=1)
    assert "0 claims" in campaign(folder, "hand-over", HELPER, HELPER, *WHO)
    dates = ("--start", "2026-02-01", "--end", "2026-01-01")
    campaign(folder, "open", "--name", "x", "--round", "5", *dates, *WHO, code=1)


def test_who_acts_in_the_centres_name_is_an_administrator_and_stands_in_the_log(folder: Path) -> None:
    handed = ("hand-over", HELPER, HELPER)
    campaign(folder, *handed, "--operator", HELPER, "--reason", "受局里委托", code=1)
    campaign(folder, *handed, "--operator", ADMIN, "--reason", " ", code=1)
    campaign(folder, *handed, *WHO)
    assert finish(_looks(folder)) == [(ADMIN, f"代centre hand-over {HELPER} → {HELPER}：受局里委托")]


async def _looks(folder: Path) -> list[tuple[str, str]]:
    async with small_centre(folder) as small:
        rows = await small.fetch(
            "SELECT a.login, r.position, r.reason FROM reads r JOIN accounts a ON a.id = r.account"
        )
        opened = small.centre.sealing.open
        return [(login, opened(reason_place(position), reason).decode()) for login, position, reason in rows]
