"""The HTTP side of the exchange and of relaying: the request's body in, the answer's bytes out, packed when asked."""

from __future__ import annotations

import gzip

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from starlette.requests import Request
from starlette.responses import Response

from agent_api.caller import Caller
from agent_api.exchange import Exchange
from agent_api.relay import open_sealed
from agent_api.wiring import Handler

LINES = "application/x-bangban-lines"
PACK_FROM_BYTES = 800
"""Below this, packing saves less than its header and the work cost."""
PACK_LEVEL = 5
BARE_BYTES = 200
"""The answer to an idle device that asked for it in brief: its media type would be a third more."""


def exchange_handler(exchange: Exchange) -> Handler:
    """`POST /v1/exchange`; the gate has read and unpacked the body within its limit."""

    async def handle(request: Request, caller: Caller) -> Response:
        answer = await exchange.answer(await request.body(), caller)
        return packed_response(answer, request.headers.get("accept-encoding", ""))

    return handle


def relay_handler(exchange: Exchange, private: X25519PrivateKey) -> Handler:
    """`POST /v1/relay`: the same for an outbox sealed to the centre, carried by another device."""

    async def handle(request: Request, caller: Caller) -> Response:
        message = open_sealed(await request.body(), private)
        answer = await exchange.answer(message, caller)
        return packed_response(answer, request.headers.get("accept-encoding", ""))

    return handle


def packed_response(answer: bytes, accepted: str) -> Response:
    if len(answer) < BARE_BYTES:
        return Response(answer)
    if len(answer) < PACK_FROM_BYTES or "gzip" not in accepted:
        return Response(answer, media_type=LINES)
    packed = gzip.compress(answer, PACK_LEVEL, mtime=0)
    return Response(packed, media_type=LINES, headers={"Content-Encoding": "gzip"})
