"""Owns the secrets that are not access tokens: refresh tokens, activation codes, enrolment challenges, live tickets.

Laws:
- Everything derives from one master secret that is kept outside the database, each purpose with a key of its own.
- The database holds no secret that opens anything: codes and tickets are there as keyed hashes, refresh tokens
  not at all. Refresh token number n of a session is a mac over (device, session, n), so that asking twice with the
  same token gives the same successor: a repeated or overtaken request can never part a helper from the account.
- Reading never raises anything but CredentialInvalid, whatever it is given.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

MASTER_BYTES = 32
CHALLENGE_LIFE_MS = 120_000
CODE_SIGNS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # without 0, O, 1, I and L, which are mistaken for each other
CODE_LENGTH = 10  # 31^10 is a little over 2^49
_SEPARATORS = str.maketrans({"-": None, " ": None})
_MAC_BYTES = 16


class CredentialInvalid(Exception):
    """Not one of ours, or not any more. Never says which part was wrong."""


@dataclass(frozen=True, slots=True)
class RefreshToken:
    """Which of a device's sessions it continues, and its number in that session."""

    device: str
    session: int
    step: int


class Secrets:
    """The master secret. Every other secret of the centre is derived from it by purpose."""

    def __init__(self, master: bytes) -> None:
        assert len(master) == MASTER_BYTES, "the master secret has 32 bytes"
        self._master = master
        self._derived: dict[str, bytes] = {}

    def __repr__(self) -> str:
        return "Secrets(…)"

    def key(self, purpose: str) -> bytes:
        """32 bytes for one purpose, the same whenever it is asked for."""
        if purpose not in self._derived:
            info = f"bangban-{purpose}-1".encode()
            self._derived[purpose] = HKDF(SHA256(), 32, salt=None, info=info).derive(self._master)
        return self._derived[purpose]

    def mac(self, purpose: str, data: bytes) -> bytes:
        return hmac.digest(self.key(purpose), data, "sha256")

    # Refresh tokens: device 16 bytes, session 4, step 4, mac 16; 54 characters.

    def refresh_token(self, device: str, session: int, step: int) -> str:
        head = bytes.fromhex(device) + session.to_bytes(4, "big") + step.to_bytes(4, "big")
        return to_base64url(head + self.mac("refresh", head)[:_MAC_BYTES])

    def read_refresh_token(self, text: str) -> RefreshToken:
        """Raises CredentialInvalid."""
        raw = from_base64url(text, length=24 + _MAC_BYTES)
        head, mac = raw[:24], raw[24:]
        if not hmac.compare_digest(mac, self.mac("refresh", head)[:_MAC_BYTES]):
            raise CredentialInvalid
        return RefreshToken(head[:16].hex(), int.from_bytes(head[16:20], "big"), int.from_bytes(head[20:], "big"))

    # Challenges: expiry 8 bytes, random 8 bytes, mac 16 bytes. Nothing is stored for one.

    def challenge(self, now_ms: int, random_bytes: bytes) -> str:
        assert len(random_bytes) == 8, "a challenge takes eight random bytes"
        head = (now_ms + CHALLENGE_LIFE_MS).to_bytes(8, "big") + random_bytes
        return to_base64url(head + self.mac("challenge", head)[:_MAC_BYTES])

    def check_challenge(self, text: str, now_ms: int) -> None:
        """Raises CredentialInvalid for one that is not ours or has expired."""
        raw = from_base64url(text, length=16 + _MAC_BYTES)
        if not hmac.compare_digest(raw[16:], self.mac("challenge", raw[:16])[:_MAC_BYTES]):
            raise CredentialInvalid
        expires = int.from_bytes(raw[:8], "big")
        if not now_ms <= expires <= now_ms + 2 * CHALLENGE_LIFE_MS:
            raise CredentialInvalid

    def code_hash(self, code: str) -> bytes:
        """What the database keeps of an activation code."""
        return self.mac("activation", code.encode())

    def ticket_hash(self, ticket: str) -> bytes:
        """What the database keeps of a live ticket."""
        return self.mac("live-ticket", ticket.encode())


def new_code(random_bytes: bytes) -> str:
    """An activation code as shown: two groups of five signs, none of which looks like another."""
    assert len(random_bytes) == 16, "a code takes sixteen random bytes"
    number, signs = int.from_bytes(random_bytes, "big"), ""
    for _ in range(CODE_LENGTH):
        number, digit = divmod(number, len(CODE_SIGNS))
        signs += CODE_SIGNS[digit]
    return f"{signs[:5]}-{signs[5:]}"


def read_code(text: str) -> str:
    """The ten signs of a code as typed: lower case, spaces and hyphens are forgiven. Raises CredentialInvalid."""
    if len(text) > 40 or not text.isascii():
        raise CredentialInvalid
    code = text.strip().upper().translate(_SEPARATORS)
    if len(code) != CODE_LENGTH or any(sign not in CODE_SIGNS for sign in code):
        raise CredentialInvalid
    return code


def enrolment_proof(challenge: str, public_key: str) -> bytes:
    """What a new device signs to show that it holds the key."""
    return f"bangban-enrol-1\n{challenge}\n{public_key}".encode()


def refresh_proof(device: str, refresh_token: str) -> bytes:
    """What a device signs to continue its session: a stolen refresh token is of no use without the device's key."""
    digest = hashlib.sha256(refresh_token.encode("utf-8", "surrogatepass")).hexdigest()
    return f"bangban-refresh-1\n{device}\n{digest}".encode()


def check_proof(public_key: bytes, signature: str, payload: bytes) -> None:
    """Raises CredentialInvalid unless the signature is this key's over the payload."""
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(from_base64url(signature, length=64), payload)
    except (InvalidSignature, UnsupportedAlgorithm, ValueError):
        raise CredentialInvalid from None


def read_public_key(text: str) -> bytes:
    """The 32 bytes of a device's public key. Raises CredentialInvalid for keys that anybody can sign for."""
    raw = from_base64url(text, length=32)
    if raw in _WEAK_KEYS or int.from_bytes(raw, "little") & ((1 << 255) - 1) >= (1 << 255) - 19:
        raise CredentialInvalid
    return raw


def to_base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def from_base64url(text: str, *, length: int) -> bytes:
    """The one reading of a text that has exactly one: no padding, no other alphabet. Raises CredentialInvalid."""
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise CredentialInvalid from None
    if len(raw) != length or to_base64url(raw) != text:
        raise CredentialInvalid
    return raw


# Points of small order: a signature by such a key fits many messages, so it proves nothing.
_WEAK_KEYS = frozenset(
    bytes.fromhex(point)[:31] + bytes([bytes.fromhex(point)[31] | sign])
    for point in (
        "0100000000000000000000000000000000000000000000000000000000000000",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "0000000000000000000000000000000000000000000000000000000000000000",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    )
    for sign in (0, 0x80)
)
