"""`bangban serve`: a real process, from the ready file to the end of its signals."""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from fixtures.die_with_parent import end_with_parent
from tests.command import finish
from tests.small_centre import load_small


@contextmanager
def serving(folder: Path, *more: str) -> Iterator[tuple[subprocess.Popen[str], dict[str, Any]]]:
    """The process and what its ready file says."""
    process = start(folder, more)
    try:
        yield process, wait_ready(process, folder)
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


def start(folder: Path, more: Sequence[str] = ()) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", "from server.cli.main import run; run()", "serve", "--data", str(folder)]
    return subprocess.Popen(
        [*command, "--port", "0", *more],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=end_with_parent,  # noqa: PLW1509 - it only makes one system call
    )


def wait_ready(process: subprocess.Popen[str], folder: Path) -> dict[str, Any]:
    ready = folder / "server.ready"
    deadline = time.monotonic() + 60
    while not ready.exists():
        assert process.poll() is None, process.communicate()[1]
        assert time.monotonic() < deadline, "the server is not ready"
        time.sleep(0.02)
    found: dict[str, Any] = json.loads(ready.read_text())
    return found


def test_it_says_where_it_is_serves_and_ends_in_order(tmp_path: Path) -> None:
    finish(load_small(tmp_path))
    with serving(tmp_path) as (process, told):
        assert httpx.get(told["address"] + "/v1/health", trust_env=False).json()["database"] == "green"
        assert told["pid"] == process.pid
        second = start(tmp_path)
        assert "another server is running" in second.communicate(timeout=60)[1]
        assert second.returncode == 1
        assert (tmp_path / "server.ready").exists() is False or process.poll() is None
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
        assert told["address"] in (process.stderr.read() if process.stderr else "")
    assert not (tmp_path / "server.ready").exists()
    assert (tmp_path / "high-water.json").exists()
    assert not (tmp_path / "bangban.db-wal").exists()


@pytest.mark.postgres
def test_on_postgres_two_workers_share_the_address(tmp_path: Path, postgres_server: Any) -> None:
    with (
        postgres_server.database(empty=True) as url,
        serving(tmp_path, "--database", url, "--workers", "2") as (
            process,
            told,
        ),
    ):
        epochs = {httpx.get(told["address"] + "/v1/health", trust_env=False).json()["epoch"] for _ in range(4)}
        assert len(epochs) == 1
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
