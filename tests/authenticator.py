"""A security key in software, as a browser speaks with one: for tests of passkeys."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from fido2.cbor import encode
from fido2.cose import ES256
from fido2.utils import websafe_decode, websafe_encode
from fido2.webauthn import AttestedCredentialData, AuthenticatorData

FLAG = AuthenticatorData.FLAG


class SoftAuthenticator:
    """One key. `asks`: whether it has its person's PIN or finger each time. `counts`: whether its counter rises."""

    def __init__(self, name: bytes = b"key-one", *, asks: bool = True, counts: bool = True) -> None:
        self.id = name.ljust(32, b"-")
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.asks = asks
        self.counts = counts
        self.counter = 0

    def create(self, options: str, origin: str) -> str:
        """What a browser answers to options for a new key."""
        asked = json.loads(options)["publicKey"]
        client = self._client("webauthn.create", asked["challenge"], origin)
        key = ES256.from_cryptography_key(self.key.public_key())  # type: ignore[no-untyped-call]
        data = AttestedCredentialData.create(b"\0" * 16, self.id, key)
        made = self._data(asked["rp"]["id"], FLAG.AT, bytes(data))
        attestation = encode({"fmt": "none", "attStmt": {}, "authData": made})
        return self._answer({"clientDataJSON": client, "attestationObject": attestation})

    def get(self, options: str, origin: str) -> str:
        """What it answers to options for a signature."""
        asked = json.loads(options)["publicKey"]
        client = self._client("webauthn.get", asked["challenge"], origin)
        self.counter += self.counts
        data = self._data(asked["rpId"], FLAG(0), b"")
        signature = self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        return self._answer({"clientDataJSON": client, "authenticatorData": data, "signature": signature})

    def copy(self) -> SoftAuthenticator:
        """The same key in another's hands."""
        other = SoftAuthenticator(asks=self.asks, counts=self.counts)
        other.id, other.key, other.counter = self.id, self.key, self.counter
        return other

    def _client(self, kind: str, challenge: str, origin: str) -> bytes:
        return json.dumps({"type": kind, "challenge": challenge, "origin": origin, "crossOrigin": False}).encode()

    def _data(self, host: str, flags: FLAG, credential: bytes) -> bytes:
        has = flags | FLAG.UP | (FLAG.UV if self.asks else FLAG(0))
        return bytes(AuthenticatorData.create(hashlib.sha256(host.encode()).digest(), has, self.counter, credential))

    def _answer(self, response: dict[str, bytes]) -> str:
        said: dict[str, Any] = {"id": websafe_encode(self.id), "rawId": websafe_encode(self.id), "type": "public-key"}
        said["response"] = {name: websafe_encode(value) for name, value in response.items()}
        return json.dumps({**said, "clientExtensionResults": {}})


def challenge_of(options: str) -> bytes:
    return bytes(websafe_decode(json.loads(options)["publicKey"]["challenge"]))
