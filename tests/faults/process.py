"""The centre's server as a process of its own, as it is run: started, killed, ended, started again on the same folder.

Law: it dies with the tests, however they end.
"""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import fields
from multiprocessing.process import BaseProcess
from pathlib import Path

import httpx

from fixtures.die_with_parent import die_with_parent
from server.main import serve
from server.settings import Settings

COMMAND = (sys.executable, "-c", "from server.cli.main import run; run()", "serve")
START_WAIT_S = 60.0
END_WAIT_S = 30.0
_FORKS = multiprocessing.get_context("forkserver")


class ServerProcess:
    """The server on these settings. With an `environment` it is `bangban serve` from the beginning; without, it is
    forked from a process that has read the program already, so that it can be killed often; `before` is done in it
    first.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        environment: Mapping[str, str] | None = None,
        before: Callable[[], None] | None = None,
    ) -> None:
        assert environment is None or before is None, "`bangban serve` is run as it is"
        self._settings = settings
        self._before = before
        self._environment = environment
        self._process: BaseProcess | subprocess.Popen[bytes] | None = None
        self._ready = settings.data_folder / "server.ready"
        self.address = ""
        self.log = settings.data_folder / "server.log"

    @property
    def port(self) -> int:
        return int(self.address.rpartition(":")[2])

    @property
    def pid(self) -> int:
        assert self._process is not None, "it runs"
        assert self._process.pid is not None, "it was started"
        return self._process.pid

    @property
    def exit_code(self) -> int | None:
        """None while it runs."""
        assert self._process is not None, "it was started"
        return self._process.exitcode if isinstance(self._process, BaseProcess) else self._process.poll()

    async def start(self) -> None:
        """Until it accepts requests."""
        self._ready.unlink(missing_ok=True)
        self._process = self._forked() if self._environment is None else self._run(self._environment)
        async with asyncio.timeout(START_WAIT_S):
            while not self._ready.exists():
                assert self.exit_code is None, self.log.read_text(errors="replace")[-3_000:]
                await asyncio.sleep(0.01)
        self.address = json.loads(self._ready.read_text())["address"]

    def _forked(self) -> BaseProcess:
        _FORKS.set_forkserver_preload(["server.main"])
        process = _FORKS.Process(target=_serve, args=(self._settings, self._ready, self.log, self._before), daemon=True)
        process.start()
        return process

    def _run(self, environment: Mapping[str, str]) -> subprocess.Popen[bytes]:
        with self.log.open("ab") as log:
            return subprocess.Popen(
                COMMAND,
                env={**os.environ, **environment_of(self._settings), **environment},
                stdout=log,
                stderr=log,
                cwd=Path(__file__).parents[2],
                preexec_fn=die_with_parent,  # noqa: PLW1509 - it only makes one system call
            )

    async def kill(self) -> None:
        """As a crash would."""
        await self._end(signal.SIGKILL)

    async def stop(self) -> int:
        """As an operator would; its exit code."""
        return await self._end(signal.SIGTERM)

    async def wait(self) -> int:
        """Until it ends by itself; its exit code."""
        process = self._process
        assert process is not None, "it was started"
        await asyncio.to_thread(process.join if isinstance(process, BaseProcess) else process.wait, END_WAIT_S)
        assert self.exit_code is not None, "it did not end"
        return self.exit_code

    async def _end(self, how: signal.Signals) -> int:
        if self._process is None:
            return 0
        if self.exit_code is None:
            os.kill(self.pid, how)
        return await self.wait()


def _serve(settings: Settings, ready: Path, log: Path, before: Callable[[], None] | None) -> None:
    """In the forked process: what `bangban serve` does."""
    die_with_parent()
    if before is not None:
        before()
    with log.open("ab") as out:
        os.dup2(out.fileno(), 1)
        os.dup2(out.fileno(), 2)

    def tell(address: str) -> None:
        part = ready.with_suffix(".part")
        part.write_text(json.dumps({"address": address}))
        part.replace(ready)

    serve(settings, tell)


@asynccontextmanager
async def running(settings: Settings, *, environment: Mapping[str, str] | None = None) -> AsyncIterator[ServerProcess]:
    """A server, ended with the block whatever happens."""
    server = ServerProcess(settings, environment=environment)
    try:
        await server.start()
        yield server
    finally:
        await server.kill()


def client_of(server: ServerProcess) -> httpx.AsyncClient:
    return httpx.AsyncClient(base_url=server.address, timeout=30.0, trust_env=False)


def environment_of(settings: Settings) -> dict[str, str]:
    """Every setting that differs from its default, as the server reads it."""
    found = {one.name: getattr(settings, one.name) for one in fields(settings)}
    changed = {name: value for name, value in found.items() if value != getattr(Settings(), name)}
    return {
        f"BANGBAN_{name.upper()}": ",".join(value) if isinstance(value, tuple) else str(value)
        for name, value in changed.items()
    }
