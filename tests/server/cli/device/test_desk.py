"""The line a person types: common options anywhere, words and exit codes at one edge."""

import pytest

from server.cli.device.desk import common_first
from tests.server.cli.device.conftest import Run


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("status --json", "--json status"),
        ("find 王 --lang en --service", "--lang en find 王 --service"),
        ("--store=x find -- --json", "--store=x find -- --json"),
        ("sync --lang", "--lang sync"),
    ],
)
def test_common_options_may_stand_anywhere(typed: str, read: str) -> None:
    assert common_first(typed.split()) == read.split()


def test_a_stop_says_what_is_wrong_and_what_to_do_in_either_language(run: Run) -> None:
    zh, en = run("find", "赵"), run("find", "赵", "--lang", "en")
    assert (zh.exit_code, en.exit_code) == (3, 3)
    assert "没有找到“赵”" in zh.stderr
    assert "What to do: search by other words" in en.stderr


def test_a_wrong_pin_is_said_and_then_slows_down(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BANGBAN_PIN", "000000")
    told = [run("status", as_json=True) for _ in range(4)]
    assert [(code, one["error"]) for code, one in told] == [(5, "replica_locked")] * 3 + [(5, "pin_wait")]


def test_an_unknown_language_is_a_mistake_of_use(run: Run) -> None:
    assert run("status", "--lang", "fr").exit_code == 2
