"""The loop over a network that can do anything."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest

from sync.device.connection import Connection, http_client
from sync.device.events import Event, Level, NeedToken, UpgradeRequired, WipeNow
from sync.device.pacing import LEVEL_MS
from sync.device.tokens import Tokens
from tests.sync.device.device import Device, record_id
from tests.sync.device.wire import Server, TestClock


class Line:
    """A device, a server and what connects them. Sleeping moves the clock."""

    def __init__(self) -> None:
        self.server = Server()
        self.clock = TestClock()
        self.device = Device()
        self.events: list[Event] = []
        self.slept: list[float] = []

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.clock.now += round(seconds * 1_000)

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Connection]:
        tokens = Tokens(self.device.id, "refresh-0", lambda payload: b"s" * 64, lambda token: None, self.clock)
        async with http_client("http://127.0.0.1:1", transport=httpx.MockTransport(self.server)) as client:
            yield Connection(
                self.device.session, client, tokens, self.clock, on_event=self.events.append, sleep=self.sleep
            )


async def test_sync_sends_everything_and_reads_everything() -> None:
    line = Line()
    line.server.centre.put(record_id("theirs"), {"n": 1})
    line.device.write("mine", text="x" * 2_000)
    async with line.open() as connection:
        assert await connection.sync()
        assert (connection.exchanges, connection.failed) == (1, 0)
        assert 0 < connection.bytes_up < 1_500
    assert line.device.replica.is_level()
    assert any(isinstance(event, Level) for event in line.events)
    sent = line.server.headers[-1]
    assert (sent["content-encoding"], sent["content-type"]) == ("gzip", "application/x-bangban-lines")


async def test_sync_says_so_when_the_line_is_dead() -> None:
    line = Line()
    line.device.write("mine", n=1)

    def dead(request: httpx.Request) -> None:
        raise httpx.ConnectError("no network")

    line.server.fault = dead
    async with line.open() as connection:
        assert not await connection.sync()
    assert line.device.store.outbox_size() == 1


async def test_a_token_that_ended_on_the_way_is_renewed_and_the_request_repeated_at_once() -> None:
    line = Line()
    async with line.open() as connection:
        await connection.sync()
        line.server.step += 1
        line.device.write("mine", n=1)
        await connection.sync()
        assert await connection.sync()
    assert line.device.store.outbox_size() == 0
    assert line.clock.now == 0


async def test_a_device_whose_token_is_refused_waits_and_asks_for_help() -> None:
    line = Line()
    line.server.refuse_refresh = True
    line.device.write("mine", n=1)
    async with line.open() as connection:
        for _ in range(3):
            line.clock.now += 600_000
            assert not await connection.exchange_once()
    assert NeedToken(0) in line.events
    assert line.device.store.outbox_size() == 1


def packed(content: bytes) -> httpx.Response:
    return httpx.Response(200, stream=httpx.ByteStream(content), headers={"Content-Encoding": "gzip"})


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(200, html="<html>please log in</html>"),
        httpx.Response(302, headers={"Location": "http://portal.example"}),
        packed(b"\x1f\x8bbroken"),
        packed(gzip.compress(bytes(20_000_000))),
        httpx.Response(400, json={"code": "malformed"}),
        httpx.Response(408),
        httpx.Response(413),
        httpx.Response(500),
        httpx.Response(502, html="<html>bad gateway</html>"),
    ],
    ids=["login", "redirect", "broken gzip", "gzip bomb", "400", "408", "413", "500", "502"],
)
async def test_what_is_no_answer_keeps_the_outbox_and_arms_a_timer(answer: httpx.Response) -> None:
    line = Line()
    line.device.write("mine", n=1)
    async with line.open() as connection:
        await connection.sync(exchanges_max=0)
        line.server.fault = lambda request: answer if request.url.path == "/v1/exchange" else None
        assert not await connection.exchange_once()
        assert connection.failed == 1
        line.server.fault = lambda request: None
        due = line.device.session.next_due(line.clock.now)
        assert due is not None
        line.clock.now = due
        assert await connection.exchange_once()
    assert line.device.store.outbox_size() == 0


async def test_a_busy_centre_is_left_alone_as_long_as_it_says() -> None:
    line = Line()
    async with line.open() as connection:
        busy = httpx.Response(503, headers={"Retry-After": "77"})
        line.server.fault = lambda request: busy if request.url.path == "/v1/exchange" else None
        await connection.sync()
    due = line.device.session.next_due(line.clock.now)
    assert due is not None
    assert 77_000 <= due <= 78_000


async def test_an_old_app_is_told_and_keeps_its_outbox() -> None:
    line = Line()
    line.device.write("mine", n=1)
    async with line.open() as connection:
        line.server.fault = lambda request: httpx.Response(426) if "exchange" in request.url.path else None
        await connection.sync()
    assert UpgradeRequired(0) in line.events
    assert line.device.store.outbox_size() == 1


async def test_a_line_that_says_nothing_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    line = Line()
    monkeypatch.setattr("sync.device.connection.REQUEST_MS", 20)

    async def silent(request: httpx.Request) -> httpx.Response:
        await asyncio.Event().wait()
        raise AssertionError

    line.server.__class__ = type("Silent", (Server,), {"__call__": lambda self, request: silent(request)})
    async with line.open() as connection:
        assert not await connection.sync()
    assert not line.device.session.in_flight


async def test_a_cancelled_exchange_leaves_nothing_in_flight() -> None:
    line = Line()
    reached = asyncio.Event()

    async def silent(request: httpx.Request) -> httpx.Response:
        reached.set()
        await asyncio.Event().wait()
        raise AssertionError

    line.server.__class__ = type("Silent", (Server,), {"__call__": lambda self, request: silent(request)})
    async with line.open() as connection:
        task = asyncio.ensure_future(connection.sync())
        await reached.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    assert not line.device.session.in_flight


async def test_the_loop_waits_for_the_timer_and_ends_with_the_wipe() -> None:
    line = Line()
    line.device.write("mine", n=1)
    centre = line.server.centre

    def revoke_later(request: httpx.Request) -> None:
        centre.revoked = len(line.server.asked) > 3

    line.server.fault = revoke_later
    async with line.open() as connection:
        await connection.run()
    assert line.events[-1] == WipeNow()
    assert any(seconds * 1_000 >= LEVEL_MS * 0.85 for seconds in line.slept)


async def test_a_capture_ends_the_wait_of_the_loop() -> None:
    line = Line()
    level, asleep = asyncio.Event(), asyncio.Event()

    async def sleep(seconds: float) -> None:
        if seconds > 60:
            asleep.set()
            await asyncio.Event().wait()
        line.clock.now += round(seconds * 1_000)

    async with line.open() as connection:
        connection._sleep = sleep
        connection._on_event = lambda event: level.set() if isinstance(event, Level) else None
        task = asyncio.ensure_future(connection.run())
        await asleep.wait()
        level.clear()
        line.device.write("mine", n=1)
        connection.captured()
        await level.wait()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    assert line.device.store.outbox_size() == 0
