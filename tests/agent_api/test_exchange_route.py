"""The exchange over HTTP: bytes in, bytes out, packed for whoever can unpack."""

import gzip
from typing import Any

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from starlette.requests import Request

from agent_api.exchange_route import LINES, PACK_FROM_BYTES, exchange_handler, packed_response, relay_handler
from sync.core.codec import parse_answer
from sync.device.relay import seal_outbox
from tests.centre import VILLAGE, CentreUnderTest, StoreKind, open_centre, resident


def request(body: bytes, **headers: str) -> Request:
    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return Request({"type": "http", "method": "POST", "path": "/v1/exchange", "headers": raw}, receive)


def test_a_short_answer_goes_as_it_is_and_a_long_one_packed_for_whoever_can() -> None:
    short, long = b"a" * (PACK_FROM_BYTES - 1), b"a" * PACK_FROM_BYTES
    assert packed_response(short, "gzip").body == short
    assert packed_response(long, "").body == long
    packed = packed_response(long, "br, gzip")
    assert (gzip.decompress(bytes(packed.body)), packed.headers["content-encoding"]) == (long, "gzip")
    assert packed.media_type == LINES


async def test_an_outbox_that_another_carries_counts_for_its_author(tmp_path: Any) -> None:
    centre: CentreUnderTest
    async with open_centre(StoreKind.MEMORY, tmp_path) as centre:
        wang, carrier = await centre.enrol("wang", f"place:{VILLAGE}"), await centre.enrol("carrier")
        private = X25519PrivateKey.from_private_bytes(b"c" * 32)
        message = wang.request([resident(wang, 1)])
        sealed = seal_outbox(message, private.public_key().public_bytes_raw(), ephemeral=b"e" * 32, nonce=b"n" * 12)
        carried = await relay_handler(centre.exchange, private)(request(sealed), carrier.caller)
        told = parse_answer(bytes(carried.body)).envelope
        assert ([one.code.value for one in told.outcomes], told.entitled) == (["applied"], None)
        own = await exchange_handler(centre.exchange)(request(message), wang.caller)
        assert parse_answer(bytes(own.body)).envelope.outcomes == told.outcomes
