"""Forged, stale and bent tokens against every route that asks for one: none comes in, and nothing breaks."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from agent_api.caller import Who
from agent_api.problems import MEDIA_TYPE
from agent_api.routes import ROWS
from server.credentials import to_base64url
from server.tokens import LEEWAY_S, LIFE_S, SigningKey
from tests.agent_api.centre import Centre, Enrolled
from tests.people import NOW

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
ORDER = 2**252 + 27742317777372353535851937790883648493


def segment(value: object) -> str:
    return to_base64url(json.dumps(value, separators=(",", ":")).encode())


def signed(key: Ed25519PrivateKey, header: str, payload: str) -> str:
    first = f"{header}.{payload}"
    return f"{first}.{to_base64url(key.sign(first.encode()))}"


def zoo(good: str, key: SigningKey, other: Enrolled) -> dict[str, str]:
    """Every animal by name. `good` is accepted as it is; all others are one step from it."""
    header, payload, signature = good.split(".")
    claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(payload + "=="))
    head: dict[str, Any] = json.loads(base64.urlsafe_b64decode(header + "=="))
    public = key.private.public_key()
    pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    raw = public.public_bytes_raw()
    stranger = Ed25519PrivateKey.generate()

    def with_claims(**changes: Any) -> str:
        kept = {name: value for name, value in {**claims, **changes}.items() if value is not None}
        return signed(key.private, header, segment(kept))

    def with_head(**changes: Any) -> str:
        kept = {name: value for name, value in {**head, **changes}.items() if value is not None}
        return signed(key.private, segment(kept), payload)

    def hmac_by(secret: bytes) -> str:
        first = f"{segment({**head, 'alg': 'HS256'})}.{payload}"
        return f"{first}.{to_base64url(hmac.digest(secret, first.encode(), hashlib.sha256))}"

    raw_signature = base64.urlsafe_b64decode(signature + "==")
    scalar = int.from_bytes(raw_signature[32:], "little") + ORDER
    found = {
        "empty": "",
        "space": " ",
        "dots": "..",
        "one part": header,
        "two parts": f"{header}.{payload}",
        "four parts": f"{good}.{signature}",
        "five parts": f"{good}.{signature}.{signature}",
        "words": "not a token",
        "long": "a" * 7_000,
        "long header": f"{'a' * 3_000}.{payload}.{signature}",
        "no signature": f"{header}.{payload}.",
        "short signature": f"{header}.{payload}.{signature[:-2]}",
        "signature of zeros": f"{header}.{payload}.{to_base64url(bytes(64))}",
        "last sign changed": good[:-1] + ALPHABET[ALPHABET.index(good[-1]) ^ 1],
        "unused bits changed": good[:-1] + ALPHABET[ALPHABET.index(good[-1]) ^ 8],
        "padded": good + "==",
        "padded payload": f"{header}.{payload}=.{signature}",
        "appended sign": good + "A",
        "appended dot": good + ".",
        "plain base64": good[:-1] + "+",
        "malleated scalar": (
            f"{header}.{payload}.{to_base64url(raw_signature[:32] + scalar.to_bytes(32, 'little'))}"
            if scalar < 1 << 256
            else ".x."
        ),
        "upper header": f"{header.upper()}.{payload}.{signature}",
        "alg none": f"{segment({**head, 'alg': 'none'})}.{payload}.",
        "alg None": f"{segment({**head, 'alg': 'None'})}.{payload}.{signature}",
        "alg empty": with_head(alg=""),
        "alg missing": with_head(alg=None),
        "alg list": with_head(alg=["EdDSA"]),
        "alg Ed25519": with_head(alg="Ed25519"),
        "hs256 by pem": hmac_by(pem),
        "hs256 by stripped pem": hmac_by(pem.strip()),
        "hs256 by raw key": hmac_by(raw),
        "hs256 by nothing": hmac_by(b""),
        "rs256": jwt.encode(claims, rsa.generate_private_key(65537, 2048), "RS256", {"kid": head["kid"]}),
        "es256": jwt.encode(claims, ec.generate_private_key(ec.SECP256R1()), "ES256", {"kid": head["kid"]}),
        "stranger": signed(stranger, header, payload),
        "stranger's jwk": signed(
            stranger,
            segment(
                {
                    **head,
                    "jwk": {
                        "kty": "OKP",
                        "crv": "Ed25519",
                        "x": to_base64url(stranger.public_key().public_bytes_raw()),
                    },
                }
            ),
            payload,
        ),
        "kid unknown": with_head(kid="zzzz"),
        "kid missing": with_head(kid=None),
        "kid path": with_head(kid="../../../../dev/null"),
        "kid sql": with_head(kid="x' OR '1'='1"),
        "kid number": with_head(kid=1),
        "typ JWT": with_head(typ="JWT"),
        "typ missing": with_head(typ=None),
        "typ upper": with_head(typ="AT+JWT"),
        "crit": with_head(crit=["exp"]),
        "crit unknown": with_head(crit=["b64"], b64=False),
        "jku": with_head(jku="http://127.0.0.1:1/keys"),
        "x5u": with_head(x5u="file:///etc/passwd"),
        "zip": with_head(zip="DEF"),
        "cty": with_head(cty="JWT"),
        "header nested": signed(key.private, to_base64url(b"[" * 50_000), payload),
        "header not json": signed(key.private, to_base64url(b"{"), payload),
        "payload nested": signed(key.private, header, to_base64url(b"[" * 300)),
        "payload deep": signed(key.private, header, to_base64url(b'{"a":' * 50_000)),
        "payload not json": signed(key.private, header, to_base64url(b"\xff\xfe")),
        "payload list": signed(key.private, header, segment([claims])),
        "payload text": signed(key.private, header, segment("x")),
        "payload null": signed(key.private, header, segment(None)),
        "payload empty": signed(key.private, header, ""),
        "expired": with_claims(exp=NOW // 1000 - LEEWAY_S),
        "expired long ago": with_claims(exp=1),
        "from the future": with_claims(exp=NOW // 1000 + LIFE_S + LEEWAY_S + 1),
        "for ever": with_claims(exp=2**53),
        "exp float": with_claims(exp=NOW / 1000 + 100.5),
        "exp text": with_claims(exp="4000000000"),
        "exp missing": with_claims(exp=None),
        "exp negative": with_claims(exp=-1),
        "exp true": with_claims(exp=True),
        "exp huge": signed(key.private, header, to_base64url(json.dumps({**claims, "exp": 10**400}).encode())),
        "iss other": with_claims(iss="bangban2"),
        "iss prefix": with_claims(iss="bang"),
        "iss list": with_claims(iss=["bangban"]),
        "iss missing": with_claims(iss=None),
        "aud other": with_claims(aud="console"),
        "aud list": with_claims(aud=["api", "console"]),
        "aud missing": with_claims(aud=None),
        "sub missing": with_claims(sub=None),
        "sub number": with_claims(sub=7),
        "sub another's": with_claims(sub=to_base64url(bytes.fromhex(other.answer["account"]))),
        "sub empty": with_claims(sub=""),
        "dev another's": with_claims(dev=to_base64url(bytes.fromhex(other.device))),
        "dev unknown": with_claims(dev=to_base64url(bytes(16))),
        "dev missing": with_claims(dev=None),
        "dev short": with_claims(dev="AAAA"),
        "jti missing": with_claims(jti=None),
        "jti other session": with_claims(jti="2-AAAAAA"),
        "jti no number": with_claims(jti="x-AAAAAA"),
        "jti huge": with_claims(jti=f"{10**30}-AAAAAA"),
        "jti negative": with_claims(jti="-1-AAAAAA"),
        "claim added": with_claims(role="administrator"),
        "nbf": with_claims(nbf=2**40),
        "refresh token": str(other.answer["refresh_token"]),
    }
    return found


async def test_no_animal_comes_in_anywhere(api: Centre) -> None:
    helper, other = await api.enrol(), await api.enrol(login="other-1")
    good = str(helper.answer["access_token"])
    ring = await api.services.access.ring()
    animals = zoo(good, ring.signing, other)
    assert len(animals) >= 80
    guarded = [row for row in ROWS if row.who in (Who.DEVICE, Who.DEPOSITOR)]
    for name, token in animals.items():
        for row in guarded:
            path = re.sub(r"{\w+}", "f" * 32, row.path)
            answer = await api.client.request(row.method, path, headers={"authorization": f"Bearer {token}"})
            assert answer.status_code == 401, (name, row.path)
            assert answer.headers["content-type"] == MEDIA_TYPE
            assert answer.headers["www-authenticate"].startswith("Bearer")
    welcome = await api.client.post("/v1/exchange", headers=helper.bearer)
    assert welcome.status_code == 200


async def test_only_the_bearer_scheme_is_a_token(api: Centre) -> None:
    token = (await api.enrol()).answer["access_token"]
    for header in (token, f"Basic {token}", f"Bearer: {token}", f"DPoP {token}", "Bearer", f"Bearer  {token}"):
        answer = await api.client.post("/v1/exchange", headers={"authorization": header})
        assert answer.status_code == 401, header
    for scheme in ("Bearer", "bearer", "BEARER"):
        answer = await api.client.post("/v1/exchange", headers={"authorization": f"{scheme} {token}"})
        assert answer.status_code == 200


async def test_a_token_in_the_address_is_no_token(api: Centre) -> None:
    token = (await api.enrol()).answer["access_token"]
    for name in ("access_token", "token", "authorization"):
        assert (await api.client.post(f"/v1/exchange?{name}={token}")).status_code == 401


async def test_a_token_is_good_until_its_leeway_is_over(api: Centre) -> None:
    helper = await api.enrol()
    api.clock.advance((LIFE_S + LEEWAY_S) * 1000 - 1)
    assert (await api.client.post("/v1/exchange", headers=helper.bearer)).status_code == 200
    api.clock.advance(1_000)
    answer = await api.client.post("/v1/exchange", headers=helper.bearer)
    assert (answer.status_code, answer.json()["code"]) == (401, "token_expired")


async def test_a_token_is_short(api: Centre) -> None:
    assert len(str((await api.enrol()).answer["access_token"])) < 330
