"""One of several server processes on one PostgreSQL dies under load: nobody's work is lost, and the others go on."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from pathlib import Path

from server.clock import MachineClock
from tests.faults.load import check_log
from tests.faults.process import ServerProcess
from tests.faults.site import Person, prepare, settings_in
from tests.faults.test_server_killed import Road, ask_once_more, check_sums, pushing, until_acknowledged

WORKERS = 3
PEOPLE = tuple(Person(f"helper-{number}") for number in range(6))
CHANGES = 45
START_WAIT_S = 60.0


def workers_of(server: ServerProcess) -> list[int]:
    """The processes that serve, oldest first; what multiprocessing keeps beside them is none of them."""
    children = Path(f"/proc/{server.pid}/task/{server.pid}/children").read_text(encoding="ascii").split()
    return sorted(int(one) for one in children if b"spawn_main" in _command(int(one)))


def _command(pid: int) -> bytes:
    with suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    return b""


@asynccontextmanager
async def several(server: ServerProcess) -> AsyncIterator[ServerProcess]:
    """Started, and ended with all its processes whatever happens."""
    try:
        await server.start()
        yield server
    finally:
        if server.exit_code is None:
            os.kill(server.pid, signal.SIGCONT)
        left = workers_of(server) if server.exit_code is None else []
        await server.kill()
        for pid in left:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


async def test_a_worker_killed_under_load_loses_nothing_and_the_others_go_on(postgres_url: str, tmp_path: Path) -> None:
    settings = settings_in(tmp_path, postgres_url, workers=WORKERS)
    site, road = await prepare(settings, *PEOPLE, clock=MachineClock()), Road()
    async with several(ServerProcess(settings, environment={})) as server:
        road.lead_to(server)
        async with pushing(site, road) as pushers:
            await until_acknowledged(pushers, CHANGES)
            for place in range(WORKERS):
                workers = await _all_serving(server)
                # Whoever starts workers anew is held, so that what is acknowledged now comes from those that are left.
                os.kill(server.pid, signal.SIGSTOP)
                os.kill(workers[place], signal.SIGKILL)
                await until_acknowledged(pushers, CHANGES)
                told = [replace(one, acknowledged=dict(one.acknowledged)) for one in pushers]  # more is told meanwhile
                check_log(await site.rows(), told)
                os.kill(server.pid, signal.SIGCONT)
                now = await _all_serving(server)
                assert set(workers) - set(now) == {workers[place]}, "no other worker went with it"
        for pusher in pushers:
            await ask_once_more(pusher, server)
        assert await server.stop() == 0
    check_log(await site.rows(), pushers)
    await check_sums(site)
    assert all(set(one.made) == set(one.acknowledged) for one in pushers), "I2: all that was captured arrived"


async def _all_serving(server: ServerProcess) -> list[int]:
    async with asyncio.timeout(START_WAIT_S):
        while True:
            found = [pid for pid in workers_of(server) if _is_alive(pid)]
            if len(found) == WORKERS:
                return found
            await asyncio.sleep(0.05)


def _is_alive(pid: int) -> bool:
    with suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0] != "Z"
    return False
