"""A device's tokens: renewed early, proved by its key, kept before they count."""

from __future__ import annotations

import hashlib
from collections.abc import Coroutine
from typing import Any

import httpx
import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from sync.core.chain import decode_hash
from sync.device.connection import http_client
from sync.device.keys import DeviceKey
from sync.device.tokens import TokenRefused, Tokens
from tests.cancel import at_every_await
from tests.sync.device.wire import Server, TestClock, slowly

KEY = DeviceKey(b"k" * 32)


def tokens_of(clock: TestClock, kept: list[str]) -> Tokens:
    return Tokens("d" * 32, "refresh-0", KEY.sign, kept.append, clock)


def client_of(server: Server) -> httpx.AsyncClient:
    return http_client("http://127.0.0.1:1", transport=httpx.MockTransport(server))


async def test_a_token_is_renewed_before_its_end_and_not_sooner() -> None:
    server, clock, kept = Server(), TestClock(), list[str]()
    tokens = tokens_of(clock, kept)
    async with client_of(server) as client:
        assert await tokens.access(client) == "access-1"
        clock.now += 500_000
        assert await tokens.access(client) == "access-1"
        clock.now += 71_000
        assert await tokens.access(client) == "access-2"
    assert kept == ["refresh-1", "refresh-2"]


async def test_the_refresh_is_proved_over_the_token_itself() -> None:
    server = Server()
    async with client_of(server) as client:
        await tokens_of(TestClock(), []).access(client)
    (asked,) = server.proofs
    digest = hashlib.sha256(b"refresh-0").hexdigest()
    payload = f"bangban-refresh-1\n{'d' * 32}\n{digest}".encode()
    Ed25519PublicKey.from_public_bytes(KEY.public).verify(decode_hash(asked["proof"]), payload)


async def test_a_lost_reply_is_asked_for_again_with_the_same_token() -> None:
    server, kept = Server(), list[str]()
    tokens = tokens_of(TestClock(), kept)

    def lost(request: httpx.Request) -> None:
        raise httpx.ReadError("cut")

    async with client_of(server) as client:
        server.fault = lost
        with pytest.raises(httpx.ReadError):
            await tokens.access(client)
        server.fault = lambda request: None
        await tokens.access(client)
    assert [asked["refresh_token"] for asked in server.proofs] == ["refresh-0"]
    assert kept == ["refresh-1"]


async def test_a_token_that_cannot_be_kept_does_not_count() -> None:
    def full(token: str) -> None:
        raise OSError

    tokens = Tokens("d" * 32, "refresh-0", KEY.sign, full, TestClock())
    server = Server()
    async with client_of(server) as client:
        for _ in range(2):
            with pytest.raises(OSError):
                await tokens.access(client)
    assert [asked["refresh_token"] for asked in server.proofs] == ["refresh-0", "refresh-0"]


async def test_a_refused_refresh_and_a_login_page_are_told_apart() -> None:
    server = Server(refuse_refresh=True)
    async with client_of(server) as client:
        with pytest.raises(TokenRefused):
            await tokens_of(TestClock(), []).access(client)
        server.fault = lambda request: httpx.Response(200, html="<html>")
        with pytest.raises(httpx.DecodingError):
            await tokens_of(TestClock(), []).access(client)


async def test_a_refresh_cancelled_at_any_await_never_parts_the_device_from_its_session() -> None:
    """The centre takes the newest token and the one before it; an older one would end the session."""
    server, kept = Server(), ["refresh-0"]
    ended: list[str] = []

    def ends_on_an_old_one(request: httpx.Request) -> None:
        step = int(msgspec.json.decode(request.content)["refresh_token"].rpartition("-")[2])
        if step < server.step - 1:
            ended.append(f"{step} of {server.step}")
        if step < server.step:
            server.step = step  # given again, the same as before

    server.fault = ends_on_an_old_one
    async with http_client("http://127.0.0.1:1", transport=httpx.MockTransport(slowly(server))) as client:

        def start() -> Coroutine[Any, Any, str]:
            return Tokens("d" * 32, kept[-1], KEY.sign, kept.append, TestClock()).access(client)

        attempts = 0
        async for attempt in at_every_await(start):
            attempts += 1
            assert not ended, attempt
            if attempts % 3 == 0:
                assert await start() == f"access-{server.step}"
        assert await start() == f"access-{server.step}"
    assert not ended
    assert attempts > 4
    assert len(kept) > 2
