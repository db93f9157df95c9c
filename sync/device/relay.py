"""Seals an exported outbox so that anyone may carry it and only the centre can read it (docs/protocol.md §12)."""

from __future__ import annotations

import gzip

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

VERSION = 1


def seal_outbox(message: bytes, centre_key: bytes, *, ephemeral: bytes, nonce: bytes) -> bytes:
    """`centre_key` is the centre's X25519 public key, `ephemeral` 32 random bytes used once, `nonce` 12."""
    own = X25519PrivateKey.from_private_bytes(ephemeral)
    shared = own.exchange(X25519PublicKey.from_public_bytes(centre_key))
    sealing = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"bangban-relay-1").derive(shared)
    sealed = AESGCM(sealing).encrypt(nonce, gzip.compress(message, mtime=0), None)
    return bytes([VERSION]) + own.public_key().public_bytes_raw() + nonce + sealed
