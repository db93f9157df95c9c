"""A sealed outbox opens here and nowhere else, and only as it was sealed."""

import gzip

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from agent_api.bodies import BodyRefused
from agent_api.relay import open_sealed
from sync.core.codec import REQUEST_BYTES_MAX
from sync.core.errors import NotAuthentic
from sync.device.relay import seal_outbox

CENTRE = X25519PrivateKey.from_private_bytes(b"c" * 32)
MESSAGE = b'{"protocol":1}\n{"a":"change"}'


def sealed(message: bytes = MESSAGE) -> bytes:
    return seal_outbox(message, CENTRE.public_key().public_bytes_raw(), ephemeral=b"e" * 32, nonce=b"n" * 12)


def test_what_a_device_sealed_the_centre_opens() -> None:
    assert open_sealed(sealed(), CENTRE) == MESSAGE


def test_another_centre_cannot_open_it() -> None:
    with pytest.raises(NotAuthentic):
        open_sealed(sealed(), X25519PrivateKey.from_private_bytes(b"x" * 32))


def test_every_changed_or_missing_byte_is_found() -> None:
    whole = sealed()
    for at in (0, 1, 20, 33, 44, 45, len(whole) - 1):
        with pytest.raises(NotAuthentic):
            open_sealed(whole[:at] + bytes((whole[at] ^ 1,)) + whole[at + 1 :], CENTRE)
    for length in range(len(whole)):
        with pytest.raises(NotAuthentic):
            open_sealed(whole[:length], CENTRE)


def test_a_key_that_would_give_away_the_secret_is_refused() -> None:
    whole = sealed()
    with pytest.raises(NotAuthentic):
        open_sealed(whole[:1] + bytes(32) + whole[33:], CENTRE)


def test_an_outbox_that_unpacks_beyond_a_request_is_refused() -> None:
    assert len(gzip.compress(bytes(REQUEST_BYTES_MAX + 1))) < 100_000
    with pytest.raises(BodyRefused):
        open_sealed(sealed(bytes(REQUEST_BYTES_MAX + 1)), CENTRE)
