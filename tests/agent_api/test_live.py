"""The live socket: a ticket opens it once, a wake goes through, and whoever may not stay is sent away."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Collection
from pathlib import Path
from typing import Any

import pytest
from starlette.websockets import WebSocket

from agent_api.live import GOING_AWAY, NOT_ALLOWED, PROTOCOL, TOO_MANY, LiveSockets
from server.actions.issue_live_ticket import TICKET_LIFE_MS, issue_live_ticket
from server.credentials import Secrets
from server.storage.people import start_session
from server.wakeups import Listener, Wakes
from tests.centre import VILLAGE, CentreUnderTest, Counted, Phone, StoreKind, ident, open_centre

BUCKET = f"place:{VILLAGE}"
SECRETS = Secrets(b"m" * 32)
WAIT_S = 60.0


class Client:
    """The other end of a socket, without a network."""

    def __init__(self, live: LiveSockets, subprotocols: list[str], origin: str | None = None) -> None:
        self._in: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.out: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._in.put_nowait({"type": "websocket.connect"})
        headers = [(b"host", b"centre.example:8470")]
        headers += [(b"origin", origin.encode())] if origin is not None else []
        scope = {"type": "websocket", "path": "/v1/live", "headers": headers, "subprotocols": subprotocols}

        async def send(message: Any) -> None:
            self.out.put_nowait(message)

        socket = WebSocket(scope, self._receive, send)
        self.serving = asyncio.create_task(self._serve(live, socket))

    async def _receive(self) -> Any:
        return await self._in.get()

    async def _serve(self, live: LiveSockets, socket: WebSocket) -> None:
        await socket.receive()
        socket.client_state = type(socket.client_state).CONNECTING
        self._in.put_nowait({"type": "websocket.connect"})
        await live.serve(socket)

    def say(self, text: str) -> None:
        self._in.put_nowait({"type": "websocket.receive", "text": text})

    def leave(self) -> None:
        self._in.put_nowait({"type": "websocket.disconnect", "code": 1001})

    async def hear(self) -> dict[str, Any]:
        return await asyncio.wait_for(self.out.get(), WAIT_S)

    async def hear_text(self) -> Any:
        return json.loads((await self.hear())["text"])


class WatchedWakes(Wakes):
    """Says when somebody has begun to listen."""

    def __init__(self) -> None:
        super().__init__()
        self.begun: asyncio.Queue[Listener] = asyncio.Queue()

    def listen(self, buckets: Collection[str], on_news: Callable[[], None]) -> Listener:
        listener = super().listen(buckets, on_news)
        self.begun.put_nowait(listener)
        return listener


class Setting:
    def __init__(self, centre: CentreUnderTest, **more: Any) -> None:
        self.centre = centre
        self.wakes = WatchedWakes()
        assert centre.database is not None
        self.database = centre.database
        self.live = LiveSockets(
            database=self.database,
            store=centre.store,
            secrets=SECRETS,
            clock=centre.clock,
            wakes=self.wakes,
            allowed_origins=["https://bangban.example"],
            **more,
        )
        self.randomness = Counted("ticket")

    async def ticket(self, phone: Phone) -> str:
        now = self.centre.clock.now
        async with self.database.write() as tx:
            if await tx.fetch_one("SELECT device FROM sessions WHERE device = ?", (phone.device,)) is None:
                await start_session(tx, phone.device, 1, step=1, now_ms=now, expires_at=now + 10_000_000)
        ticket = await issue_live_ticket(
            self.database, SECRETS, phone.device, 1, now_ms=now, randomness=self.randomness
        )
        return f"ticket.{ticket}"

    async def open(self, phone: Phone) -> Client:
        client = Client(self.live, [PROTOCOL, await self.ticket(phone)])
        assert (await client.hear())["subprotocol"] == PROTOCOL
        await asyncio.wait_for(self.wakes.begun.get(), WAIT_S)
        return client


@pytest.fixture
async def setting(tmp_path: Path) -> AsyncIterator[Setting]:
    async with open_centre(StoreKind.SQLITE, tmp_path) as centre:
        setting = Setting(centre)
        yield setting
        await setting.live.close()


async def test_a_wake_names_the_buckets_a_device_reads(setting: Setting) -> None:
    client = await setting.open(await setting.centre.enrol("wang", BUCKET))
    setting.wakes.publish([BUCKET, "place:foreign"])
    assert await client.hear_text() == {"wake": [BUCKET]}
    client.leave()
    await client.serving
    assert (setting.live.count, setting.wakes.listened_to) == (0, frozenset())


async def test_new_outcomes_are_counted_with_the_wake_that_brings_them(setting: Setting) -> None:
    wang = await setting.centre.enrol("wang", BUCKET)
    await wang.tell([wang.change("resident", ident("gone", 0), "resident.fly")])
    client = await setting.open(wang)
    await wang.tell([wang.change("resident", ident("gone", number), "resident.fly") for number in (1, 2)])
    mine = f"person:{wang.account}"
    setting.wakes.publish([mine])
    assert await client.hear_text() == {"wake": [mine], "outcomes": 2}
    setting.wakes.publish([mine])
    assert await client.hear_text() == {"wake": [mine]}
    client.leave()
    await client.serving


async def test_a_grant_counts_for_a_socket_that_is_open(setting: Setting) -> None:
    wang = await setting.centre.enrol("wang", BUCKET)
    client = await setting.open(wang)
    given, ended = "place:341802001002", "UPDATE grants SET ended_at = 5 WHERE bucket = ?"
    row = "INSERT INTO grants (account, bucket, generation, since) VALUES (?, ?, 1, 1)"
    await setting.centre.run(row, (wang.account, given))
    await setting.live.look()
    assert await client.hear_text() == {"wake": [f"person:{wang.account}"]}
    await setting.centre.run(ended, (BUCKET,))
    await setting.live.look()
    assert await client.hear_text() == {"wake": [f"person:{wang.account}"]}
    setting.wakes.publish([BUCKET, given])
    assert await client.hear_text() == {"wake": [given]}
    await setting.live.look()
    client.leave()
    await client.serving
    assert setting.wakes.listened_to == frozenset()


async def test_states_of_files_are_told_to_the_device_that_sent_them(setting: Setting) -> None:
    wang = await setting.centre.enrol("wang", BUCKET)
    client = await setting.open(wang)
    setting.live.tell_files(wang.device, {"f": "stored"})
    setting.live.tell_files("nobody", {"f": "stored"})
    assert await client.hear_text() == {"files": {"f": "stored"}}
    client.leave()
    await client.serving


async def test_whatever_a_device_says_closes_its_socket(setting: Setting) -> None:
    client = await setting.open(await setting.centre.enrol("wang", BUCKET))
    client.say("hello")
    assert await client.hear() == {"type": "websocket.close", "code": NOT_ALLOWED, "reason": ""}
    await client.serving
    assert setting.live.count == 0


async def test_a_ticket_opens_one_socket_within_its_time(setting: Setting) -> None:
    wang = await setting.centre.enrol("wang", BUCKET)
    used = await setting.ticket(wang)
    first = Client(setting.live, [PROTOCOL, used])
    assert (await first.hear())["type"] == "websocket.accept"
    assert (await Client(setting.live, [PROTOCOL, used]).hear())["code"] == NOT_ALLOWED
    late = await setting.ticket(wang)
    setting.centre.clock.now += TICKET_LIFE_MS
    assert (await Client(setting.live, [PROTOCOL, late]).hear())["code"] == NOT_ALLOWED
    first.leave()
    await first.serving


@pytest.mark.parametrize(
    ("subprotocols", "origin"),
    [
        ([], None),
        ([PROTOCOL], None),
        ([PROTOCOL, "ticket."], None),
        (["ticket.x"], None),
        (None, "https://evil.example"),
        (None, "https://centre.example"),
        (None, "null"),
    ],
)
async def test_without_ticket_or_from_a_foreign_origin_nothing_opens(
    setting: Setting, subprotocols: list[str] | None, origin: str | None
) -> None:
    wang = await setting.centre.enrol("wang", BUCKET)
    offered = [PROTOCOL, await setting.ticket(wang)] if subprotocols is None else subprotocols
    client = Client(setting.live, offered, origin)
    assert (await client.hear())["code"] == NOT_ALLOWED
    await client.serving
    assert setting.live.count == 0


@pytest.mark.parametrize("origin", ["https://bangban.example", "http://centre.example:8470"])
async def test_a_page_of_our_own_opens(setting: Setting, origin: str) -> None:
    wang = await setting.centre.enrol("wang", BUCKET)
    client = Client(setting.live, [PROTOCOL, await setting.ticket(wang)], origin)
    assert (await client.hear())["type"] == "websocket.accept"
    client.leave()
    await client.serving


@pytest.mark.parametrize("end", ["revoked", "session"])
async def test_a_device_that_is_no_longer_welcome_is_sent_away(setting: Setting, end: str) -> None:
    wang = await setting.centre.enrol("wang", BUCKET)
    client = await setting.open(wang)
    await setting.live.look()
    assert setting.live.count == 1
    if end == "revoked":
        await setting.centre.revoke(wang)
    else:
        await setting.centre.run("UPDATE sessions SET ended_at = 1")
    await setting.live.look()
    assert (await client.hear())["code"] == NOT_ALLOWED
    assert (setting.live.count, setting.wakes.listened_to) == (0, frozenset())
    client.leave()
    await client.serving


async def test_a_device_has_one_socket_the_newest(setting: Setting) -> None:
    wang = await setting.centre.enrol("wang", BUCKET)
    older = await setting.open(wang)
    newer = await setting.open(wang)
    assert (await older.hear())["code"] == GOING_AWAY
    older.leave()
    await older.serving
    assert setting.live.count == 1
    setting.wakes.publish([BUCKET])
    assert await newer.hear_text() == {"wake": [BUCKET]}
    newer.leave()
    await newer.serving


async def test_sockets_have_a_bound(tmp_path: Path) -> None:
    async with open_centre(StoreKind.SQLITE, tmp_path) as centre:
        setting = Setting(centre, sockets_max=1)
        first = await setting.open(await centre.enrol("wang", BUCKET))
        second = Client(setting.live, [PROTOCOL, await setting.ticket(await centre.enrol("li", BUCKET))])
        assert (await second.hear())["code"] == TOO_MANY
        first.leave()
        await first.serving
