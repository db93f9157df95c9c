"""The real server, killed again and again while phones push: nothing acknowledged is lost, nothing is there twice."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import httpx
import pytest

from server.actions.verify import verify
from server.centre import open_centre
from server.clock import MachineClock
from tests.faults.load import Pusher, check_log
from tests.faults.process import ServerProcess, running
from tests.faults.site import Line, Person, Site, prepare, settings_in
from tests.postgres import PostgresServer

KILLS = 10
PEOPLE = tuple(Person(f"helper-{number}") for number in range(6))


@contextmanager
def database_of(engine: str, request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of an empty database; "" for a file in the site's folder."""
    if engine == "sqlite":
        yield ""
        return
    server: PostgresServer = request.getfixturevalue("postgres_server")
    with server.database() as url:
        yield url


class Road(httpx.AsyncBaseTransport):
    """Leads to wherever the server is now: it has another port after each start."""

    def __init__(self) -> None:
        self._inner = httpx.AsyncHTTPTransport(limits=httpx.Limits(max_keepalive_connections=20))
        self._is_open = asyncio.Event()
        self.server: ServerProcess | None = None

    def lead_to(self, server: ServerProcess | None) -> None:
        """None: whoever comes waits."""
        self.server = server
        if server is not None:
            self._is_open.set()
        else:
            self._is_open.clear()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await self._is_open.wait()
        assert self.server is not None, "an open road leads somewhere"
        request.url = request.url.copy_with(port=self.server.port)
        return await self._inner.handle_async_request(request)

    async def aclose(self) -> None:
        await self._inner.aclose()


@asynccontextmanager
async def pushing(site: Site, road: Road) -> AsyncIterator[list[Pusher]]:
    """Everybody's phone, pushing until the block ends."""
    async with httpx.AsyncClient(transport=road, base_url="http://127.0.0.1", timeout=60) as client:
        line = Line(client)
        told = asyncio.Semaphore(0)
        pushers = [Pusher(site.phone(one, line), line, told) for one in site.people]
        tasks = [asyncio.create_task(one.push_for_ever()) for one in pushers]
        try:
            yield pushers
        finally:
            for task in tasks:
                task.cancel()
            ended = await asyncio.gather(*tasks, return_exceptions=True)
        assert all(isinstance(one, asyncio.CancelledError) for one in ended), ended


async def until_acknowledged(pushers: list[Pusher], more: int) -> None:
    """Everybody together was told of so many more changes."""
    told = pushers[0].told
    async with asyncio.timeout(60):
        for _ in range(more):
            await told.acquire()


@pytest.mark.parametrize("engine", ["sqlite", "postgres"])
async def test_a_server_killed_at_any_moment_keeps_what_it_acknowledged(
    engine: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    chance = random.Random(f"{engine} 7")
    with database_of(engine, request) as url:
        settings = settings_in(tmp_path, url)
        site, road = await prepare(settings, *PEOPLE, clock=MachineClock()), Road()
        server = ServerProcess(settings)
        try:
            async with pushing(site, road) as pushers:
                for _ in range(KILLS):
                    await server.start()
                    road.lead_to(server)
                    await until_acknowledged(pushers, chance.randrange(1, 60))
                    await asyncio.sleep(chance.random() / 50)  # a moment within an exchange, not after one
                    await server.kill()
                    road.lead_to(None)
                    check_log(await site.rows(), pushers)
                await server.start()
                road.lead_to(server)
                await until_acknowledged(pushers, 60)
            # Whoever was cut off asks once more, and gets what was decided then.
            for pusher in pushers:
                await ask_once_more(pusher, server)
        finally:
            await server.kill()
        check_log(await site.rows(), pushers)
        await check_sums(site)
        assert all(set(one.made) == set(one.acknowledged) for one in pushers), "I2: all that was captured arrived"


async def check_sums(site: Site) -> None:
    """I3: every bucket is the fold of its log, every chain and every body is whole."""
    async with open_centre(site.settings) as centre:
        report = await verify(centre.database, centre.sealing, centre.policies, blobs=None)
    assert report.is_whole, report.findings
    assert report.changes > 0


async def ask_once_more(pusher: Pusher, server: ServerProcess) -> None:
    async with httpx.AsyncClient(base_url=server.address, timeout=60) as client:
        pusher.line.client = client
        await pusher.push()


async def test_a_server_that_is_told_to_end_answers_what_it_began(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    site, road = await prepare(settings, *PEOPLE, clock=MachineClock()), Road()
    async with running(settings) as server:
        road.lead_to(server)
        async with pushing(site, road) as pushers:
            await until_acknowledged(pushers, 60)
            assert await server.stop() == 0
            road.lead_to(None)
        check_log(await site.rows(), pushers)
        await server.start()
        for pusher in pushers:
            await ask_once_more(pusher, server)
        assert await server.stop() == 0
    check_log(await site.rows(), pushers)
    assert not site.file.with_name("centre.db-wal").exists(), "a server that ended leaves one whole file"
