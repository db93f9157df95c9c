"""Ctrl-C before a command has begun ends it quietly, as it does later."""

from __future__ import annotations

import subprocess
import sys

import pytest

from server.cli import start

WHILE_IT_LOADS = """
import os, signal, sys

class Impatient:
    def find_spec(self, name, path=None, target=None):
        if name == "server.cli.main":
            os.kill(os.getpid(), signal.SIGINT)

sys.meta_path.insert(0, Impatient())
from server.cli.start import run
run()
"""


def test_whoever_stops_it_while_it_loads_sees_no_traceback() -> None:
    done = subprocess.run([sys.executable, "-c", WHILE_IT_LOADS], capture_output=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (start.STOPPED, b"")


def test_whoever_stops_it_later_neither(monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped() -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("server.cli.main.app", stopped)
    with pytest.raises(SystemExit) as ended:
        start.run()
    assert ended.value.code == 130
