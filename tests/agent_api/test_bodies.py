"""No body is kept beyond its limit, packed or not, whatever a header claims."""

import asyncio
import gzip
from collections.abc import Callable
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import ClientDisconnect, Request
from starlette.types import Message

from agent_api import bodies
from agent_api.bodies import BodyRefused, read_body, unpack


def request_of(parts: list[Message], headers: dict[str, str] | None = None) -> Request:
    left = iter(parts)

    async def receive() -> Message:
        return next(left)

    raw = [(name.encode(), value.encode()) for name, value in (headers or {}).items()]
    return Request({"type": "http", "method": "POST", "path": "/", "headers": raw}, receive)


def part(body: bytes, more: bool = False) -> Message:
    return {"type": "http.request", "body": body, "more_body": more}


async def test_parts_are_joined() -> None:
    assert await read_body(request_of([part(b"ab", True), part(b"", True), part(b"c")]), 3) == b"abc"


async def test_a_lie_about_the_length_does_not_help() -> None:
    with pytest.raises(BodyRefused):
        await read_body(request_of([part(b"ab", True), part(b"cd")], {"content-length": "1"}), 3)


@pytest.mark.parametrize("claimed", ["4", "-1", "x", "9" * 400])
async def test_a_claim_beyond_the_limit_is_refused_unread(claimed: str) -> None:
    with pytest.raises(BodyRefused):
        await read_body(request_of([], {"content-length": claimed}), 3)


async def test_whoever_hangs_up_has_sent_nothing() -> None:
    with pytest.raises(ClientDisconnect):
        await read_body(request_of([part(b"ab", True), {"type": "http.disconnect"}]), 3)


async def test_a_body_that_stops_coming_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    async def never() -> Message:
        return cast("Message", await asyncio.get_running_loop().create_future())

    monkeypatch.setattr(bodies, "DEADLINE_S", 0.0)
    with pytest.raises(BodyRefused) as refused:
        await read_body(Request({"type": "http", "headers": []}, never), 3)
    assert refused.value.code == "too_slow"


@given(st.binary(max_size=2_000))
def test_what_was_packed_is_unpacked(body: bytes) -> None:
    assert unpack(gzip.compress(body), len(body)) == body


@given(st.binary(max_size=2_000), st.sampled_from([bytes, lambda raw: gzip.compress(raw)[1:]]))
def test_anything_else_is_refused(body: bytes, bend: Callable[[bytes], bytes]) -> None:
    with pytest.raises(BodyRefused):
        unpack(bend(body), 4_000)
