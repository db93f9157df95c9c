"""Reads a request's body whole, within its limit, unpacked when it came as gzip; and what a desk says in it.

Laws: nothing is kept beyond the limit, packed or unpacked, whatever a header claims; a body that stops coming is
given up after a deadline, so that slow lines cannot hold the server's memory.
"""

from __future__ import annotations

import asyncio
import zlib
from typing import TypeVar

import msgspec
from starlette.requests import ClientDisconnect, Request
from starlette.types import Message, Receive

DEADLINE_S = 30.0
_GZIP = 16 + zlib.MAX_WBITS
T = TypeVar("T")


class BodyRefused(Exception):
    """`code` is a problem's."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


async def read_json(request: Request, decoder: msgspec.json.Decoder[T]) -> T:
    """The body as a message. Raises BodyRefused for what is none, however deep it nests."""
    try:
        return decoder.decode(await request.body())
    except (msgspec.MsgspecError, ValueError, RecursionError):
        raise BodyRefused("malformed") from None


async def read_body(request: Request, limit: int) -> bytes:
    """Raises BodyRefused, or ClientDisconnect when nobody is there any more."""
    encoding = request.headers.get("content-encoding", "identity").strip().lower()
    if encoding not in ("identity", "gzip", ""):
        raise BodyRefused("encoding_unknown")
    claimed = request.headers.get("content-length", "0")
    if not claimed.isdecimal() or len(claimed) > 15 or int(claimed) > limit:
        raise BodyRefused("too_large")
    try:
        async with asyncio.timeout(DEADLINE_S):
            packed = await _receive_all(request.receive, limit)
    except TimeoutError:
        raise BodyRefused("too_slow") from None
    return unpack(packed, limit) if encoding == "gzip" else packed


def claimed_length(request: Request, limit: int) -> int:
    """How long the body says it is, before any of it is read; the whole limit when it does not say."""
    claimed = request.headers.get("content-length", "")
    return min(int(claimed), limit) if claimed.isdecimal() and len(claimed) <= 15 else limit


def unpack(packed: bytes, limit: int) -> bytes:
    """One gzip member, complete, with nothing after it. Raises BodyRefused."""
    inflater = zlib.decompressobj(_GZIP)
    try:
        body = inflater.decompress(packed, limit + 1)
    except zlib.error:
        raise BodyRefused("malformed") from None
    if len(body) > limit:
        raise BodyRefused("too_large")
    if not inflater.eof or inflater.unused_data:
        raise BodyRefused("malformed")
    return body


async def _receive_all(receive: Receive, limit: int) -> bytes:
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        part = message.get("body", b"")
        size += len(part)
        if size > limit:
            raise BodyRefused("too_large")
        parts.append(part)
        if not message.get("more_body", False):
            return parts[0] if len(parts) == 1 else b"".join(parts)


def request_with(request: Request, body: bytes) -> Request:
    """The same request with a body that was read and unpacked already."""
    sent = False

    async def replay() -> Message:
        nonlocal sent
        if sent:
            return await request.receive()
        sent = True
        return {"type": "http.request", "body": body, "more_body": False}

    return Request(request.scope, replay)
