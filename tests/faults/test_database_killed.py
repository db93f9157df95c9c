"""PostgreSQL goes away under a working centre: killed, started again, its connections cut. Nothing told is lost."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from server.clock import MachineClock
from tests.faults.load import check_log
from tests.faults.process import ServerProcess
from tests.faults.site import Person, prepare, settings_in
from tests.faults.test_server_killed import Road, ask_once_more, check_sums, pushing, until_acknowledged
from tests.postgres import PostgresServer, running_postgres

KILLS = 3
CUTS = 6
PEOPLE = tuple(Person(f"helper-{number}") for number in range(4))
CUT_ALL = """SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
             WHERE application_name = 'bangban' AND pid <> pg_backend_pid()"""


@pytest.fixture(scope="module")
def own_server() -> Iterator[PostgresServer]:
    with running_postgres() as server:
        yield server


async def test_a_database_that_goes_away_takes_nothing_with_it(own_server: PostgresServer, tmp_path: Path) -> None:
    chance = random.Random(3)
    with own_server.database() as url:
        settings = settings_in(tmp_path, url)
        site, road = await prepare(settings, *PEOPLE, clock=MachineClock()), Road()
        server = ServerProcess(settings)
        try:
            await server.start()
            road.lead_to(server)
            async with pushing(site, road) as pushers:
                for _ in range(CUTS):
                    await until_acknowledged(pushers, chance.randrange(5, 25))
                    await asyncio.to_thread(own_server.run, CUT_ALL)
                for _ in range(KILLS):
                    await until_acknowledged(pushers, chance.randrange(5, 25))
                    await asyncio.to_thread(own_server.kill)
                    await asyncio.to_thread(own_server.start)
                await until_acknowledged(pushers, 40)
            assert server.exit_code is None, "the same process worked through it all"
            for pusher in pushers:
                await ask_once_more(pusher, server)
        finally:
            await server.kill()
        check_log(await site.rows(), pushers)
        await check_sums(site)
        assert all(set(one.made) == set(one.acknowledged) for one in pushers), "I2: all that was captured arrived"
