"""A village office with a network out of reach, and commands run in it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
import time_machine
from typer.testing import CliRunner

from server.cli.device import app
from tests.server.cli.device.village import NOW, PIN, Village, make_village

Run = Callable[..., Any]


@pytest.fixture
def village(tmp_path: Path) -> Village:
    return make_village(tmp_path / "store")


@pytest.fixture
def run(village: Village, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a command at the village's time. With `as_json` the answer comes decoded, as (exit code, value)."""
    monkeypatch.setenv("BANGBAN_PIN", PIN)
    monkeypatch.setenv("BANGBAN_STORE", str(village.folder))
    monkeypatch.delenv("BANGBAN_LANG", raising=False)

    def invoke(*args: object, answers: list[str] | None = None, as_json: bool = False, at: int = NOW) -> Any:
        line = [*(str(arg) for arg in args), *(["--json"] if as_json else [])]
        typed = "".join(f"{answer}\n" for answer in answers or [])
        with time_machine.travel(at / 1000, tick=True):
            done = CliRunner().invoke(app, line, input=typed, catch_exceptions=False)
        if as_json:
            return done.exit_code, msgspec.json.decode(done.stdout)
        return done

    return invoke
