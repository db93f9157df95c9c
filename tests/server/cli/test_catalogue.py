"""`bangban catalogue`: lists, versions and steps, on a screen and for a program."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from server.storage.read_log import reason_place
from tests.command import bangban, finish
from tests.small_centre import load_small, small_centre, small_world


@pytest.fixture
def data(tmp_path: Path) -> Path:
    finish(load_small(tmp_path))
    return tmp_path


def told(*arguments: object) -> Any:
    return json.loads(bangban("catalogue", *map(str, arguments), "--json"))


def login_of(role: str) -> str:
    return next(one.login for one in small_world().accounts if one.role == role)


def acting() -> list[str]:
    """A reviewer, and the administrator who acts in that place."""
    return ["--as", login_of("catalogue_reviewer"), "--operator", login_of("administrator")]


def test_lists_are_read_page_by_page(data: Path) -> None:
    base = told("base", "--level", "6", "--data", data)
    assert len(base) == 45
    assert len(told("base", "--level", "6", "--after", base[9]["code"], "--data", data)) == 35
    items = told("items", "--catalogue", "village:341800", "--data", data)
    assert [one["base_item"] for one in items] == [one["code"] for one in base]
    assert "基本编码" in bangban("catalogue", "items", "--catalogue", "village:341800", "--data", data)


def test_a_version_is_published_told_ahead_and_shown_with_what_changed(data: Path) -> None:
    item = small_world().standard_items[0].id
    act = [*acting(), "--reason", "受托录入", "--data", data]
    assert told("step", item, "publish", "--fields", '{"condition": "60岁"}', *act)["steps"][0]["outcome"] == "applied"
    later = ["step", item, "suspend", "--fields", '{"status_reason": "年底结账"}', "--from", "2099-12-31"]
    assert told(*later, *act)["steps"][0]["outcome"] == "applied"
    rows = told("versions", item, "--data", data)
    assert [(one["version"], one["field"]) for one in rows][:3] == [
        ("→ 2099-12-31", "effective_from"),
        ("→ 2099-12-31", "status"),
        ("→ 2099-12-31", "status_reason"),
    ]
    assert (2, "condition", "60岁") in [(one["version"], one["field"], one["after"]) for one in rows]
    refused = bangban("catalogue", "step", item, "publish", "--fields", '{"promise_days": 3}', *act, code=1)
    assert "instant_conflict" in refused


def test_an_item_is_split_and_two_are_merged(data: Path) -> None:
    one, two, three = (item.id for item in small_world().standard_items[:3])
    act = ["--reason", "改革", *acting(), "--data", data]
    parts = ["--part", '{"name": "新办"}', "--part", '{"name": "补办"}']
    assert len(told("split", one, *parts, *act)["made"]) == 2
    assert len(told("merge", two, three, "--fields", '{"name": "一件事"}', *act)["made"]) == 1
    status = {row["id"]: row["status"] for row in told("items", "--catalogue", "village:341800", "--data", data)}
    assert {status[item] for item in (one, two, three)} == {"cancelled"}


def test_no_step_of_the_catalogue_is_taken_without_an_administrators_name_and_a_reason(data: Path) -> None:
    item, whole = small_world().standard_items[0].id, ["--data", data]
    words = ("catalogue", "step", item, "publish", "--fields", '{"condition": "60岁"}', *whole)
    bangban(*words, "--as", login_of("catalogue_reviewer"), code=2)
    nameless = ["--as", login_of("catalogue_reviewer"), "--operator", login_of("catalogue_reviewer")]
    assert "administers nothing" in bangban(*words, *nameless, "--reason", "受托录入", code=1)
    assert "须写明" in bangban(*words, *acting(), "--reason", " ", code=1)
    assert [one["version"] for one in told("versions", item, *whole)] == [1]
    assert "applied" in bangban(*words, *acting(), "--reason", "受托录入")
    by, why = finish(written_by(data, item))
    assert by == login_of("administrator")
    assert why == f"代{login_of('catalogue_reviewer')} item.publish：受托录入"


async def written_by(data: Path, item: str) -> tuple[str, str]:
    """Whose change made the item what it is, and the reason in the read log."""
    async with small_centre(data) as small:
        [(login,)] = await small.fetch(
            "SELECT a.login FROM changes c JOIN accounts a ON a.id = c.account WHERE c.record = ? AND c.rev = 2", [item]
        )
        [(position, reason)] = await small.fetch("SELECT position, reason FROM reads WHERE record = ?", [item])
        return login, small.centre.sealing.open(reason_place(position), bytes(reason)).decode()


def test_the_provinces_export_is_compared_and_taken_over(data: Path) -> None:
    file = data / "base.csv"
    file.write_text("基本编码,事项名称,行使层级\n992099001000,新增事项,6\n短,坏行,6\n", encoding="utf-8")
    words = ("catalogue", "import", file, *acting(), "--reason", "省级目录更新", "--data", data)
    refused = bangban(*words, code=2)
    assert "1 new" in refused
    assert "--partial" in refused
    assert "not in the file" in bangban(*words, "--check")
    taken = json.loads(bangban(*words, "--partial", "--json"))
    assert (taken["new"], taken["taken"], len(taken["faults"])) == (1, 1, 1)


def test_the_kinds_of_licences_are_told(data: Path) -> None:
    rows = told("licences", "--data", data)
    assert {"name": "身份证", "family": "身份证", "named": "seed", "synthetic": False}.items() <= rows[0].items()
    assert sum(row["synthetic"] for row in rows) == 43
    shown = bangban("catalogue", "licences", "--data", data)
    assert shown.count("合成") == 43
    assert "C  照片，待核验原件" in shown


def test_nobody_departs_and_nobody_asked_in_vain_in_a_new_world(data: Path) -> None:
    assert told("departures", small_world().standard_items[0].id, "--data", data) == []
    assert told("requests", "--since", "2026-01-01", "--until", "2026-12-31", "--data", data) == []


BY = ["--operator", "nobody", "--reason", "受托录入"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["items"], "--unit"),
        (["versions", "0" * 32], "no item"),
        (["requests", "--since", "soon", "--until", "2026-12-31"], "no day"),
        (["step", "0" * 32, "publish", "--as", "nobody", *BY], "no account nobody"),
        (["step", "0" * 32, "publish", "--as", "nobody", *BY, "--fields", "[]"], "JSON"),
        (["step", "0" * 32, "publish", "--as", "nobody", *BY, "--from", "soon"], "--from"),
    ],
)
def test_what_cannot_be_done_is_told(data: Path, arguments: list[str], words: str) -> None:
    assert words in bangban("catalogue", *arguments, "--data", data, code=1)
