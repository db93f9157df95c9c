"""The live socket: a real one over loopback, lost and taken up again."""

from __future__ import annotations

import asyncio

import httpx
from websockets.asyncio.server import ServerConnection, serve

from sync.device.connection import http_client
from sync.device.live import LiveSocket, read_news
from sync.device.tokens import Tokens
from tests.sync.device.wire import Server, TestClock


def test_what_cannot_be_understood_is_passed_over() -> None:
    assert read_news(b'{"wake":["b"],"later":1}').wake == ["b"]
    for odd in ("", "[]", '{"wake":7}', b"\xff"):
        assert (read_news(odd).wake, read_news(odd).files) == ([], {})


async def test_wakes_are_heard_and_a_lost_socket_is_taken_up_again() -> None:
    heard: list[tuple[list[str], dict[str, str]]] = []
    slept: list[float] = []
    tickets: list[str] = []
    enough = asyncio.Event()

    async def speak(socket: ServerConnection) -> None:
        assert socket.request is not None
        tickets.append(socket.request.headers["Sec-WebSocket-Protocol"])
        await socket.send('{"wake":["village:1"]}')
        await socket.send('{"files":{"f":"stored"}}')
        await socket.send('{"outcomes":2}')

    def hear(wakes: list[str], files: dict[str, str]) -> None:
        heard.append((wakes, files))
        if len(heard) == 8:
            enough.set()

    async def sleep(seconds: float) -> None:
        slept.append(seconds)
        await asyncio.sleep(0)

    given = iter(range(100))
    http = Server()

    def give(request: httpx.Request) -> httpx.Response | None:
        if "ticket" not in request.url.path:
            return None
        ticket = {"ticket": f"t{next(given)}", "expires_in": 30}
        return httpx.Response(200, json=ticket)

    http.fault = give
    async with serve(speak, "127.0.0.1", 0, subprotocols=["bangban.live.1"]) as server:  # type: ignore[list-item]
        port = next(iter(server.sockets)).getsockname()[1]
        live = LiveSocket(f"http://127.0.0.1:{port}", lambda: 0.5, sleep=sleep)
        tokens = Tokens("d" * 32, "refresh-0", lambda payload: b"s" * 64, lambda token: None, TestClock())
        async with http_client("http://127.0.0.1:1", transport=httpx.MockTransport(http)) as client:
            task = asyncio.ensure_future(live.listen(client, tokens, hear))
            await enough.wait()
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
    once = [(["*"], {}), (["village:1"], {}), ([], {"f": "stored"}), (["*"], {})]
    assert heard[:8] == once * 2
    assert tickets[:2] == ["bangban.live.1, ticket.t0", "bangban.live.1, ticket.t1"]
    assert slept[0] == 0.5


async def test_a_refused_ticket_waits_longer_each_time() -> None:
    slept: list[float] = []
    enough = asyncio.Event()

    async def sleep(seconds: float) -> None:
        slept.append(seconds)
        if len(slept) == 5:
            enough.set()
        await asyncio.sleep(0)

    http = Server()
    http.fault = lambda request: httpx.Response(503) if "ticket" in request.url.path else None
    tokens = Tokens("d" * 32, "refresh-0", lambda payload: b"s" * 64, lambda token: None, TestClock())
    live = LiveSocket("http://127.0.0.1:1", lambda: 1.0, sleep=sleep)
    async with http_client("http://127.0.0.1:1", transport=httpx.MockTransport(http)) as client:
        task = asyncio.ensure_future(live.listen(client, tokens, lambda wakes, files: None))
        await enough.wait()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    assert slept[:5] == [2.0, 4.0, 8.0, 16.0, 32.0]
