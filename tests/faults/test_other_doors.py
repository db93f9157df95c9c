"""The same care at the other doors: sockets, uploads and sealed outboxes that are none change nothing."""

from __future__ import annotations

import asyncio
import base64
import gzip
import random
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from agent_api.live import NOT_ALLOWED, PROTOCOL
from tests.centre import ident
from tests.faults.site import Person, Served, prepare, problem_of, served, settings_in


@pytest.fixture
async def at(tmp_path: Path) -> AsyncIterator[Served]:
    async with served(await prepare(settings_in(tmp_path), Person("wang"), Person("li"))) as found:
        yield found


async def open_socket(at: Served, subprotocols: list[str], headers: list[tuple[bytes, bytes]]) -> list[dict[str, Any]]:
    """What the app does with a socket whose client says nothing more and then goes."""
    sent: list[dict[str, Any]] = []
    coming: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
    coming.put_nowait({"type": "websocket.connect"})
    coming.put_nowait({"type": "websocket.receive", "text": '{"wake":["place:1"]}'})

    async def send(message: Any) -> None:
        sent.append(dict(message))

    scope = {
        "type": "websocket",
        "path": "/v1/live",
        "headers": headers,
        "subprotocols": subprotocols,
        "query_string": b"",
    }
    await at.app({**scope, "asgi": {"version": "3.0"}, "scheme": "ws"}, coming.get, send)
    return sent


async def test_a_socket_without_a_right_ticket_is_never_opened_and_whoever_speaks_is_closed(at: Served) -> None:
    wang = at.phones[0]
    response = await at.line.client.post("/v1/live/ticket", headers=at.line.bearer(wang.device))
    ticket = f"ticket.{response.json()['ticket']}"
    before = await at.site.digest()
    evil = [(b"origin", b"https://evil.example")]
    for subprotocols, headers in (
        ([], []),
        ([PROTOCOL], []),
        ([ticket], []),
        ([PROTOCOL, "ticket."], []),
        ([PROTOCOL, "ticket." + "x" * 22], []),
        ([PROTOCOL, "ticket.\0'"], []),
        ([PROTOCOL, "ticket." + "x" * 100_000], []),
        ([PROTOCOL, ticket + "x"], []),
        ([PROTOCOL, ticket], evil),
        ([PROTOCOL, ticket], [(b"origin", b"null")]),
        (["x"] * 10_000, []),
    ):
        sent = await open_socket(at, subprotocols, headers)
        assert [one["type"] for one in sent] == ["websocket.close"], (subprotocols[:2], sent)
    assert await at.site.digest() == before
    sent = await open_socket(at, [PROTOCOL, ticket], [])
    assert [one["type"] for one in sent] == ["websocket.accept", "websocket.close"]
    assert sent[-1]["code"] == NOT_ALLOWED, "a device has nothing to say here"
    again = await open_socket(at, [PROTOCOL, ticket], [])
    assert [one["type"] for one in again] == ["websocket.close"], "a ticket is for one use"


def metadata(**pairs: object) -> str:
    return ",".join(f"{name} {base64.b64encode(str(value).encode()).decode()}" for name, value in pairs.items())


async def test_an_upload_whose_headers_are_odd_is_a_problem_and_leaves_nothing(at: Served) -> None:
    bearer = at.line.bearer(at.phones[0].device)
    good = {"id": ident("photo"), "sha256": "a" * 64, "type": "image/jpeg", "purpose": "material"}
    base = {**bearer, "tus-resumable": "1.0.0", "upload-length": "10", "upload-metadata": metadata(**good)}
    before = await at.site.digest()
    odd: list[dict[str, str]] = [
        *({"upload-length": value} for value in ("", "-1", "1e3", "9" * 40, "0x10", "10, 10", "NaN")),
        *({"tus-resumable": value} for value in ("", "0.2.2", "1.0.0, 1.0.0")),
        *(
            {"upload-metadata": value}
            for value in ("", "id", "id !!", "id " + "A" * 9_000, "x" * 60_000, metadata(**good) + ",id QQ==")
        ),
        *(
            {"upload-metadata": metadata(**(good | {"id": value}))}
            for value in ("../../etc/passwd", "CON", "a" * 31, "A" * 32, "a" * 10_000)
        ),
        *(
            {"upload-metadata": metadata(**(good | {"type": value}))}
            for value in ("image/svg+xml", "text/html", "", "image/jpeg\0")
        ),
        *({"upload-metadata": metadata(**(good | {"sha256": value}))} for value in ("a" * 63, "A" * 64, "")),
        *({"upload-metadata": metadata(**(good | {"purpose": value}))} for value in ("../x", "x" * 41, "")),
    ]
    wrong = []
    for changed in odd:
        response = await at.line.client.post("/v1/uploads", headers={**base, **changed})
        if not 400 <= response.status_code < 500:
            wrong.append((changed, response.status_code))
        else:
            problem_of(response)
    assert not wrong
    assert await at.site.digest() == before
    assert (await at.line.client.post("/v1/uploads", headers=base)).status_code == 201


async def test_what_is_not_sealed_to_this_centre_is_refused(at: Served) -> None:
    bearer = at.line.bearer(at.phones[0].device)
    before = await at.site.digest()
    chance = random.Random(3)
    for body in (
        b"",
        b"\x01",
        b"\x02" * 100,
        b"\x01" + bytes(60),
        gzip.compress(b"{}"),
        b"\x01" + chance.randbytes(5_000),
    ):
        response = await at.line.client.post("/v1/relay", content=body, headers=bearer)
        assert problem_of(response).code in ("not_authentic", "malformed"), body[:9]
    assert await at.site.digest() == before
