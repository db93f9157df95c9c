"""Runs `bangban` commands in this process, as one would type them."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine
from typing import Any, TypeVar

from typer.testing import CliRunner

from server.cli.main import app

T = TypeVar("T")


def bangban(*words: object, code: int = 0) -> str:
    """What the command printed, both ways. It must end with `code`."""
    result = CliRunner(env={"COLUMNS": "200"}).invoke(app, [str(word) for word in words])
    assert result.exit_code == code, f"{words} ended with {result.exit_code}: {result.output} {result.exception!r}"
    return result.output


def finish(work: Coroutine[Any, Any, T]) -> T:
    """Runs a coroutine to its end from a test that is none, since commands run loops of their own."""
    results: list[T] = []

    def run() -> None:
        results.append(asyncio.run(work))

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    assert results, "the work failed"
    return results[0]
