"""`bangban cases`: the queue, one case and a step, on a screen and for a program."""

from __future__ import annotations

import json
from pathlib import Path

from tests.command import bangban, finish
from tests.server.actions.test_list_followup import clerk_of
from tests.server.actions.test_show_case import CASE, file_case
from tests.small_centre import load_small, small_centre, small_world


def filed(folder: Path) -> str:
    """A centre with one received case; the login of the clerk whose desk it is on."""

    async def work() -> str:
        await load_small(folder)
        async with small_centre(folder) as small:
            await file_case(small)
            return (await clerk_of(small)).login

    return finish(work())


async def looks(folder: Path, record: str) -> set[tuple[object, ...]]:
    async with small_centre(folder) as small:
        sql = "SELECT a.login, r.kind FROM reads r JOIN accounts a ON a.id = r.account WHERE r.record = ?"
        return set(await small.fetch(sql, [record]))


def test_a_case_is_listed_shown_and_moved_on(tmp_path: Path) -> None:
    login = filed(tmp_path)
    told = json.loads(bangban("cases", "list", "--as", login, "--json", "--data", tmp_path))
    assert [row["id"] for row in told["rows"]] == [CASE]
    assert [(one["state"], one["cases"]) for one in told["states"]] == [("received", 1)]
    number = told["rows"][0]["number"]
    operator = next(one.login for one in small_world().accounts if one.role == "administrator")
    behalf = ["--as", login, "--operator", operator, "--reason", "窗口停电，受托办理"]
    shown = bangban("cases", "show", number, *behalf, "--data", tmp_path)
    assert "accept" in shown
    assert "case.submit" in shown
    refused = bangban("cases", "step", number, "accept", *behalf, "--data", tmp_path, code=1)
    assert "accept_incomplete" in refused
    fields = '{"material.2": {"state": "paper"}}'
    moved = ["cases", "step", number, "accept", "--fields", fields, *behalf, "--json", "--data", tmp_path]
    bangban("cases", "step", number, "accept", "--as", login, "--data", tmp_path, code=2)
    nameless = ["--as", login, "--operator", login, "--reason", "窗口停电"]
    assert "administers nothing" in bangban("cases", "step", number, "accept", *nameless, "--data", tmp_path, code=1)
    assert json.loads(bangban(*moved))["outcome"] == "applied"
    assert json.loads(bangban("cases", "credit", "--as", login, "--json", "--data", tmp_path)) == []
    assert "accepted" in bangban("cases", "list", "--as", login, "--data", tmp_path)
    document = json.loads(bangban("cases", "show", CASE, *behalf, "--json", "--data", tmp_path))
    assert document["fields"]["state"] == "accepted"
    assert finish(looks(tmp_path, CASE)) == {(operator, "case")}, "whoever looked is in the log, and nobody else"
    bangban("cases", "show", CASE, "--as", login, "--data", tmp_path, code=2)
    assert "administers nothing" in bangban("cases", "show", CASE, *nameless, "--data", tmp_path, code=1)


def test_what_is_not_there_is_told(tmp_path: Path) -> None:
    login = filed(tmp_path)
    operator = next(one.login for one in small_world().accounts if one.role == "administrator")
    operated = ("--operator", "nobody", "--reason", "窗口停电")
    for arguments, words in (
        (("list", "--as", "nobody"), "no account nobody"),
        (("show", "T1", "--as", login, "--operator", operator, "--reason", "窗口停电"), "no case T1"),
        (("step", CASE, "accept", "--as", login, *operated, "--fields", "[]"), "--fields"),
    ):
        assert words in bangban("cases", *arguments, "--data", tmp_path, code=1)
