"""The centre's server as a process of its own, as it is run: started, killed, ended, started again on the same folder.

Law: it dies with the tests, however they end.
"""

from __future__ import annotations

import asyncio
import ctypes
import json
import os
import resource
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import fields
from pathlib import Path

import httpx

from server.settings import Settings

COMMAND = (sys.executable, "-c", "from server.cli.main import run; run()", "serve")
START_WAIT_S = 60.0
END_WAIT_S = 30.0
_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None)


class ServerProcess:
    """`bangban serve` on these settings. `environment` is added to the process's."""

    def __init__(self, settings: Settings, *, environment: Mapping[str, str] | None = None) -> None:
        self._settings = settings
        self._environment = dict(environment or {})
        self._process: subprocess.Popen[bytes] | None = None
        self.address = ""
        self.log = settings.data_folder / "server.log"

    @property
    def port(self) -> int:
        return int(self.address.rpartition(":")[2])

    @property
    def pid(self) -> int:
        assert self._process is not None, "it runs"
        return self._process.pid

    async def start(self) -> None:
        """Until it accepts requests."""
        ready = self._settings.data_folder / "server.ready"
        ready.unlink(missing_ok=True)
        command = [*COMMAND, "--workers", str(self._settings.workers)]
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(  # noqa: ASYNC220 - it returns at once
                command,
                env={**os.environ, **environment_of(self._settings), **self._environment},
                stdout=log,
                stderr=log,
                cwd=Path(__file__).parents[2],
                preexec_fn=_die_with_parent,  # noqa: PLW1509 - it only makes one system call
            )
        async with asyncio.timeout(START_WAIT_S):
            while not ready.exists():
                assert self._process.poll() is None, self.log.read_text(errors="replace")[-3_000:]
                await asyncio.sleep(0.01)
        self.address = json.loads(ready.read_text())["address"]

    async def kill(self) -> None:
        """As a crash would."""
        await self._end(signal.SIGKILL)

    async def stop(self) -> int:
        """As an operator would; its exit code."""
        return await self._end(signal.SIGTERM)

    async def wait(self) -> int:
        """Until it ends by itself; its exit code."""
        assert self._process is not None, "it runs"
        return await asyncio.to_thread(self._process.wait, END_WAIT_S)

    async def _end(self, how: signal.Signals) -> int:
        if self._process is None or self._process.poll() is not None:
            return self._process.returncode if self._process is not None else 0
        self._process.send_signal(how)
        return await self.wait()

    def limit_files(self, size: int) -> None:
        """No file of the running process may grow beyond this; writing there ends in an error."""
        _, most = resource.prlimit(self.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(self.pid, resource.RLIMIT_FSIZE, (size if size >= 0 else most, most))


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


def _die_with_parent() -> None:
    _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
