"""A real centre on 127.0.0.1 for tests of devices: the whole server in a thread, with a village and its town."""

from __future__ import annotations

import asyncio
import io
import os
import threading
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import structlog
import uvicorn

from agent_api.logs import configure_logs
from server.actions.activate_account import activate_account
from server.actions.load_world import NewRecord, WorldContent, load_world
from server.centre import Centre, open_centre
from server.cli.centre import in_folder
from server.clock import MachineClock
from server.domain.people.roles import Role, Scope
from server.domain.places import Level
from server.main import open_server
from server.settings import Settings
from server.storage.people import AccountRow
from server.storage.places import PlaceRow, UnitRow
from sync.core.ids import derived_id
from tests.server.cli.device.village import ITEMS, RESIDENTS, UNIT, VILLAGE

CITY, COUNTY, TOWN = "341800000000", "341881000000", "341881106000"
LOGINS = {"helper": Role.HELPER, "lead": Role.TOWN_LEAD}
T = TypeVar("T")


@dataclass(frozen=True)
class RunningCentre:
    address: str
    settings: Settings

    def code(self, login: str) -> str:
        """A fresh activation code."""

        async def activate(centre: Centre) -> str:
            made = await activate_account(
                centre.database,
                centre.secrets,
                login,
                actor="admin",
                now_ms=centre.clock.wall_ms(),
                randomness=os.urandom,
            )
            return made.code

        return within(self.settings, activate)


def within(settings: Settings, work: Callable[[Centre], Coroutine[Any, Any, T]]) -> T:
    async def run() -> T:
        async with open_centre(settings, new=True) as centre:
            return await work(centre)

    return asyncio.run(run())


@contextmanager
def running_centre(folder: Path) -> Iterator[RunningCentre]:
    settings = in_folder(Settings(rate_limit_factor=0), folder)
    within(settings, _load)
    started, address = threading.Event(), [""]
    ended: list[Callable[[], object]] = [lambda: None]

    async def serve() -> None:
        async with open_server(settings) as app:
            config = uvicorn.Config(
                app, host="127.0.0.1", port=0, log_level="critical", lifespan="off", ws="websockets-sansio"
            )
            server = uvicorn.Server(config)
            config.load()
            server.lifespan = config.lifespan_class(config)
            await server.startup()
            port = server.servers[0].sockets[0].getsockname()[1]
            address[0] = f"http://127.0.0.1:{port}"
            loop, stop = asyncio.get_running_loop(), asyncio.Event()
            ended[0] = lambda: loop.call_soon_threadsafe(stop.set)
            started.set()
            await stop.wait()
            server.should_exit = True
            await server.shutdown()

    # Commands run in this process as well: what the centre logs is not what they say.
    configure_logs(io.StringIO())
    thread = threading.Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    try:
        assert started.wait(20), "the centre did not start"
        yield RunningCentre(address[0], settings)
    finally:
        ended[0]()
        thread.join(20)
        structlog.reset_defaults()


async def _load(centre: Centre) -> None:
    scopes = {"helper": Scope(frozenset({VILLAGE}), frozenset({UNIT})), "lead": Scope(frozenset({TOWN}), frozenset())}
    content = WorldContent(
        places=[
            PlaceRow(CITY, "宣城", "宣城市", Level.CITY, "", "city"),
            PlaceRow(COUNTY, "宁国", "宁国市", Level.COUNTY, CITY, "county"),
            PlaceRow(TOWN, "胡乐", "胡乐镇", Level.TOWN, COUNTY, "town"),
            PlaceRow(VILLAGE, "胡乐村", "胡乐村", Level.VILLAGE, TOWN, "village"),
        ],
        units=[UnitRow(UNIT, "11341800YY0000618L", "胡乐村", VILLAGE, "", True)],
        accounts=[
            AccountRow(derived_id("account", login), login, f"{login} 王", role, scopes[login], VILLAGE)
            for login, role in LOGINS.items()
        ],
        records=[
            *(NewRecord("item", record, int(fields["version"]), fields) for record, fields in ITEMS.items()),
            *(NewRecord("resident", record, 1, fields) for record, fields in RESIDENTS.items()),
        ],
    )
    await load_world(
        centre.database,
        content,
        policies=centre.policies,
        sealing=centre.sealing,
        now_ms=MachineClock().wall_ms(),
        randomness=os.urandom,
    )
