"""A sealed outbox opens only with the centre's private key."""

from __future__ import annotations

import gzip

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from sync.device.relay import seal_outbox

CENTRE = X25519PrivateKey.from_private_bytes(b"c" * 32)


def opened(sealed: bytes, key: X25519PrivateKey) -> bytes:
    """As docs/protocol.md §12 has it, written anew."""
    assert sealed[0] == 1
    shared = key.exchange(X25519PublicKey.from_public_bytes(sealed[1:33]))
    opening = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"bangban-relay-1").derive(shared)
    return gzip.decompress(AESGCM(opening).decrypt(sealed[33:45], sealed[45:], None))


def test_the_centre_opens_what_a_device_sealed_and_nobody_else_does() -> None:
    public = CENTRE.public_key().public_bytes_raw()
    sealed = seal_outbox(b"an outbox", public, ephemeral=b"e" * 32, nonce=b"n" * 12)
    assert opened(sealed, CENTRE) == b"an outbox"
    with pytest.raises(InvalidTag):
        opened(sealed, X25519PrivateKey.from_private_bytes(b"d" * 32))
