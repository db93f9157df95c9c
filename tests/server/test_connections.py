"""Odd and slow connections at the served app: each is ended or told, and nobody else waits for it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn

from agent_api import bodies
from server.connections import HEAD_BYTES_MAX, BoundedProtocol, counted_address
from server.main import open_server
from server.processes import SERVER, ReadyServer, listening
from tests.faults.site import Line, Person, Site, prepare, problem_of, settings_in
from tests.people import HandClock

SOON_S = 2.0


class Impatient(BoundedProtocol):
    head_wait_s = SOON_S


@dataclass
class At:
    site: Site
    port: int

    async def connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        return await asyncio.open_connection("127.0.0.1", self.port)

    async def say(self, request: bytes) -> bytes:
        """Whatever comes back until the server closes the connection."""
        reader, writer = await self.connect()
        writer.write(request)
        try:
            return await reader.read()
        except ConnectionResetError:
            return b""
        finally:
            writer.close()

    async def is_well(self) -> bool:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{self.port}", trust_env=False) as client:
            return (await client.get("/v1/health")).status_code == 200


@pytest.fixture
async def at(tmp_path: Path) -> AsyncIterator[At]:
    """The real app, served as it is served, by a server that waits two seconds for a head."""
    site = await prepare(settings_in(tmp_path), Person("wang"))
    with listening("127.0.0.1", 0) as socket:
        async with open_server(site.settings, clock=HandClock()) as app:
            is_ready = asyncio.Event()
            server = ReadyServer(uvicorn.Config(app, **(SERVER | {"http": Impatient})), is_ready.set)
            serving = asyncio.create_task(server.serve(sockets=[socket]))
            await is_ready.wait()
            yield At(site, socket.getsockname()[1])
            server.should_exit = True
            await serving


async def test_a_head_that_does_not_come_ends_the_connection_and_others_are_served_meanwhile(at: At) -> None:
    begun = [b"", b"G", b"GET /v1/health HTT", b"GET /v1/health HTTP/1.1\r\nHost: a\r\nX-A: b", b"\r\n\r\n"]
    opened = [await at.connect() for _ in begun]
    for (_, writer), head in zip(opened, begun, strict=True):
        writer.write(head)
    assert await at.is_well()
    for reader, writer in opened:
        assert await reader.read() == b""
        writer.close()


async def test_an_answer_without_an_end_is_ended_before_the_server_waits_for_it() -> None:
    ending, is_ready = asyncio.Event(), asyncio.Event()

    async def endless(_scope: Any, _receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"begun", "more_body": True})
        await ending.wait()
        await send({"type": "http.response.body", "body": b""})

    with listening("127.0.0.1", 0) as socket:
        server = ReadyServer(uvicorn.Config(endless, **SERVER), is_ready.set, ending.set)
        serving = asyncio.create_task(server.serve(sockets=[socket]))
        await is_ready.wait()
        reader, writer = await asyncio.open_connection("127.0.0.1", socket.getsockname()[1])
        writer.write(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        await reader.readuntil(b"begun")
        server.should_exit = True
        assert (await reader.read()).endswith(b"0\r\n\r\n")
        await serving
        writer.close()


async def test_a_second_request_has_its_deadline_as_well(at: At) -> None:
    reader, writer = await at.connect()
    writer.write(b"GET /v1/health HTTP/1.1\r\nHost: a\r\n\r\nGET /v1/he")
    assert (await reader.read()).startswith(b"HTTP/1.1 200")
    writer.close()


async def test_a_head_beyond_measure_is_refused(at: At) -> None:
    answer = await at.say(b"GET /v1/health HTTP/1.1\r\nX-A: " + b"x" * (HEAD_BYTES_MAX + 1))
    assert answer.startswith(b"HTTP/1.1 431") or answer == b""
    assert await at.is_well()


async def test_a_body_that_stops_coming_is_told_and_others_are_served_meanwhile(
    at: At, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bodies, "DEADLINE_S", SOON_S)
    line = Line(httpx.AsyncClient())
    phone = at.site.phone(at.site.people[0], line)
    bearer = line.bearer(phone.device)["authorization"]
    reader, writer = await at.connect()
    writer.write(
        f"POST /v1/exchange HTTP/1.1\r\nHost: a\r\nContent-Length: 900\r\nAuthorization: {bearer}\r\n\r\n{{".encode()
    )
    assert await at.is_well()
    assert (await reader.readuntil(b"\r\n")).startswith(b"HTTP/1.1 408")
    writer.close()
    await line.client.aclose()


PATHS = [
    "//evil",
    "//evil/v1/health",
    "/v1//health",
    "/v1/health/",
    "/./v1/health",
    "/v1/%2e%2e/metrics",
    "/v1/health;x=1",
]


async def test_an_odd_path_is_absent(at: At) -> None:
    for target in PATHS:
        answer = await at.say(f"GET {target} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n".encode())
        assert answer.startswith((b"HTTP/1.1 404", b"HTTP/1.1 400")), answer[:80]


HOSTS = ["a/?x=", "evil.example", "a@b", "a:b:c", "", "127.0.0.1/metrics?", "x" * 5_000]


async def test_the_host_is_nothing_to_go_by(at: At) -> None:
    """What needs a token needs it whatever the host says, and what is open stays what it is."""
    for host in HOSTS:
        head = f"HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n"
        closed = await at.say(f"POST /v1/live/ticket {head}Content-Length: 0\r\n\r\n".encode())
        assert b" 401 " in closed.split(b"\r\n", 1)[0] or closed.startswith(b"HTTP/1.1 400")
        opened = await at.say(f"GET /v1/health {head}\r\n".encode())
        assert opened.startswith((b"HTTP/1.1 200", b"HTTP/1.1 400"))
        assert b"evil" not in opened


VERBS = ["PUT", "TRACE", "PROPFIND", "DELETE", "PATCH", "LINK", "PURGE"]


async def test_an_odd_verb_is_refused(at: At) -> None:
    for verb in VERBS:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{at.port}", trust_env=False) as client:
            response = await client.request(verb, "/v1/exchange")
        told = problem_of(response)
        assert (told.status, told.code) == (405, "wrong_method")
        assert response.headers["allow"] == "POST"


NO_REQUESTS = [
    "__CLASS__ /v1/health",
    "CONNECT a:1",
    "GET",
    "GET /v1/health HTTP/9.9",
    "GET http://[ HTTP/1.1",
    "\0",
]


async def test_what_is_no_request_ends_its_connection_alone(at: At) -> None:
    for request_line in NO_REQUESTS:
        suffix = "" if "HTTP" in request_line else " HTTP/1.1"
        answer = await at.say(f"{request_line}{suffix}\r\nHost: a\r\nConnection: close\r\n\r\n".encode())
        assert answer == b"" or answer.startswith(b"HTTP/1.1 4"), answer[:80]
        assert await at.is_well()


async def test_smuggled_chunks_open_nothing(at: At) -> None:
    bad = b"POST /v1/enrol HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n"
    answer = await at.say(bad + b"0\r\n\r\nGET /metrics HTTP/1.1\r\nHost: a\r\n\r\n")
    assert answer == b"" or answer.startswith(b"HTTP/1.1 4"), answer[:200]
    assert b"bangban_" not in answer
    assert await at.is_well()


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("10.0.0.1", "10.0.0.1"),
        ("::ffff:10.0.0.1", "10.0.0.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("", ""),
        ("unix", "unix"),
    ],
)
def test_an_address_counts_for_its_line(address: str, counted: str) -> None:
    assert counted_address(address) == counted
