"""Opens an outbox that was sealed to the centre, so that any device may carry it (docs/protocol.md §12).

Law: what does not open, or unpacks beyond a request's limit, is turned away whole.
"""

from __future__ import annotations

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from agent_api.bodies import unpack
from sync.core.codec import REQUEST_BYTES_MAX
from sync.core.errors import NotAuthentic

VERSION = b"\x01"
_KEY_END, _NONCE_END = 33, 45


def open_sealed(sealed: bytes, private: X25519PrivateKey) -> bytes:
    """The request inside. Raises NotAuthentic or BodyRefused."""
    if sealed[:1] != VERSION or len(sealed) < _NONCE_END:
        raise NotAuthentic("not a sealed outbox")
    try:
        shared = private.exchange(X25519PublicKey.from_public_bytes(sealed[1:_KEY_END]))
        key = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"bangban-relay-1").derive(shared)
        packed = AESGCM(key).decrypt(sealed[_KEY_END:_NONCE_END], sealed[_NONCE_END:], None)
    except (ValueError, InvalidTag):
        raise NotAuthentic("not sealed to this centre, or changed on the way") from None
    return unpack(packed, REQUEST_BYTES_MAX)
