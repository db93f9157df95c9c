"""Two runs of pytest beside each other fail when one of them does."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from typing import Any

import pytest

from tests import side_by_side
from tests.side_by_side import IN_BROWSERS, NOTHING_CHOSEN, run, verdict


@pytest.mark.parametrize(
    ("codes", "told"),
    [((0, 0), 0), ((0, 1), 1), ((2, 0), 2), ((NOTHING_CHOSEN, 0), 0), ((1, NOTHING_CHOSEN), 1), ((-9, 0), -9)],
)
def test_one_that_fails_fails_both_and_one_without_tests_does_not(codes: tuple[int, int], told: int) -> None:
    assert verdict(codes) == told


def test_no_test_at_all_is_told() -> None:
    assert verdict((NOTHING_CHOSEN, NOTHING_CHOSEN)) == NOTHING_CHOSEN


def test_every_test_is_chosen_by_one_of_both_and_what_browsers_do_is_shown(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """With a pytest that says what it was asked for, and fails where browsers are driven."""
    script = f"import sys; print(sys.argv[1:]); sys.exit({IN_BROWSERS!r} in sys.argv)"
    asked: dict[str, Any] = {"run": subprocess.run, "Popen": subprocess.Popen}

    def instead(name: str) -> Any:
        return lambda command, **more: asked[name]([sys.executable, "-c", script, *command[3:]], **more)

    for name in asked:
        monkeypatch.setattr(side_by_side.subprocess, name, instead(name))  # type: ignore[attr-defined]
    assert run(["-k", "word"]) == 1
    others, browsers = (line for line in capfd.readouterr().out.splitlines() if line.startswith("["))
    common = ["--ignore=tests/architecture", "-k", "word"]
    assert others == str([*common, f"--ignore={IN_BROWSERS}"])
    assert browsers == str([*common, "-p", "no:cacheprovider", IN_BROWSERS])


@pytest.mark.parametrize("named", [["tests/sync"], ["-x", "tests/test_side_by_side.py::test_no_test_at_all_is_told"]])
def test_who_names_files_gets_one_run(monkeypatch: pytest.MonkeyPatch, named: Sequence[str]) -> None:
    asked: list[Sequence[str]] = []

    def note(command: Sequence[str], **_: object) -> subprocess.CompletedProcess[str]:
        asked.append(command[3:])
        return subprocess.CompletedProcess([], 3)

    monkeypatch.setattr(side_by_side.subprocess, "run", note)  # type: ignore[attr-defined]
    assert run(named) == 3
    assert asked == [["--ignore=tests/architecture", *named]]
