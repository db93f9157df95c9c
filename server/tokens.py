"""Owns access tokens: JWTs of type at+jwt signed with Ed25519, which a device shows with every request.

Laws:
- A token is read only if its header is, byte for byte, the one this centre writes for one of its keys: no other
  algorithm, no crit, jku, x5u or jwk, and nothing of a header is ever interpreted.
- A token has one spelling. What is not canonical base64url is not a token.
- Whatever text comes in, reading gives claims or raises TokenInvalid, nothing else.
- A token says who; whether that person may still come in is looked up (device, session, account), never read here.
- A token whose end lies further ahead than a token lives was made by a clock that has since been set back: refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import jwt
import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from server.credentials import CredentialInvalid, from_base64url, to_base64url

ISSUER = "bangban"
AUDIENCE = "api"
TYPE = "at+jwt"
ALGORITHM = "EdDSA"
LIFE_S = 600
LEEWAY_S = 60
TOKEN_LENGTH_MAX = 512


class TokenInvalid(Exception):
    """Not a token of this centre. `expired` tells a device that asking for a new one will help."""

    def __init__(self, reason: str, *, expired: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.expired = expired


@dataclass(frozen=True, slots=True)
class AccessClaims:
    """`session` is the device's session number; `expires_s` seconds since 1970."""

    account: str
    device: str
    session: int
    token: str
    expires_s: int


@dataclass(frozen=True, slots=True)
class SigningKey:
    kid: str
    private: Ed25519PrivateKey

    def __repr__(self) -> str:
        return f"SigningKey({self.kid})"


class _Claims(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    iss: str
    aud: str
    sub: str
    dev: str
    jti: str
    exp: int


class KeyRing:
    """The key that signs and every key that still verifies."""

    def __init__(self, signing: SigningKey, verifying: Mapping[str, Ed25519PublicKey]) -> None:
        assert signing.kid in verifying, "what signs must verify"
        self.signing = signing
        self._by_header = {_header_segment(kid): key for kid, key in verifying.items()}

    @property
    def size(self) -> int:
        return len(self._by_header)

    def issue(self, account: str, device: str, session: int, *, now_ms: int, random_bytes: bytes) -> tuple[str, int]:
        """A token and the seconds it lives. `random_bytes`: four, to tell one token from the next."""
        assert len(random_bytes) == 4, "a token takes four random bytes"
        claims = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "sub": to_base64url(bytes.fromhex(account)),
            "dev": to_base64url(bytes.fromhex(device)),
            "jti": f"{session}-{to_base64url(random_bytes)}",
            "exp": now_ms // 1000 + LIFE_S,
        }
        headers = {"kid": self.signing.kid, "typ": TYPE}
        return jwt.encode(claims, self.signing.private, algorithm=ALGORITHM, headers=headers), LIFE_S

    def read(self, token: str, *, now_ms: int) -> AccessClaims:
        """The claims of a token of ours that has not expired. Raises TokenInvalid."""
        if len(token) > TOKEN_LENGTH_MAX or not token.isascii():
            raise TokenInvalid("not the shape of a token")
        header, _, rest = token.partition(".")
        key = self._by_header.get(header)
        if key is None:
            raise TokenInvalid("not a header of ours")
        payload, _, signature = rest.partition(".")
        try:
            from_base64url(signature, length=64)
            if to_base64url(jwt.utils.base64url_decode(payload)) != payload:
                raise TokenInvalid("not in canonical form")
            raw = jwt.decode(
                token,
                key,
                algorithms=[ALGORITHM],
                issuer=ISSUER,
                audience=AUDIENCE,
                # The time is judged below, by the clock that is handed in.
                options={
                    "require": ["exp", "iss", "aud", "sub", "jti"],
                    "verify_exp": False,
                    "verify_nbf": False,
                    "verify_iat": False,
                },
            )
            claims = msgspec.convert(raw, _Claims)
            number = claims.jti.partition("-")[0]
            account = from_base64url(claims.sub, length=16).hex()
            device = from_base64url(claims.dev, length=16).hex()
            session = int(number) if number.isdecimal() and len(number) < 10 else -1
        except (jwt.PyJWTError, msgspec.MsgspecError, CredentialInvalid, ValueError, TypeError, RecursionError):
            raise TokenInvalid("not signed by us, or not our claims") from None
        _check_time(claims.exp, now_ms // 1000)
        return AccessClaims(account, device, session, claims.jti, claims.exp)


def _check_time(expires_s: int, now_s: int) -> None:
    if expires_s + LEEWAY_S <= now_s:
        raise TokenInvalid("expired", expired=True)
    if expires_s > now_s + LIFE_S + LEEWAY_S:
        raise TokenInvalid("made by a clock that was ahead", expired=True)


def _header_segment(kid: str) -> str:
    """The header as PyJWT writes it. A test holds it against a token that was really issued."""
    return to_base64url(f'{{"alg":"{ALGORITHM}","kid":"{kid}","typ":"{TYPE}"}}'.encode())


def kid_of(public: bytes) -> str:
    """A key's short name; a collision is refused by the table's primary key."""
    return to_base64url(public)[:4]


def seal_private_key(private: Ed25519PrivateKey, kid: str, *, sealing_key: bytes, nonce: bytes) -> bytes:
    """As the database keeps it: nonce, then the key under AES-GCM, bound to its kid."""
    return nonce + AESGCM(sealing_key).encrypt(nonce, private.private_bytes_raw(), kid.encode())


def open_private_key(sealed: bytes, kid: str, *, sealing_key: bytes) -> SigningKey:
    """Raises cryptography's InvalidTag when the master secret is not the one it was sealed under."""
    raw = AESGCM(sealing_key).decrypt(sealed[:12], sealed[12:], kid.encode())
    return SigningKey(kid, Ed25519PrivateKey.from_private_bytes(raw))
