"""Who hears of accepted and finished cases: the protocol, files by day, and the provincial platform over HTTP.

    line    {"message": {…}, "kid": "<8 hex digits>", "signature": "<base64url of Ed25519>"}

Laws: the signature is over exactly the bytes of `message` as they stand in the line. The same message is the same line
whenever it is sent, under the same key: whoever has it already answers as if it were new. What cannot be reached raises
ProvinceUnavailable; what will never be taken is answered as refused. docs/adapters.md is the contract.
"""

from __future__ import annotations

import asyncio
import errno
import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import httpx
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from server.credentials import Secrets, to_base64url
from sync.core.clock import iso

PURPOSE = "outbound"
TIMEOUT_S = 10.0
_REFUSALS = frozenset({400, 404, 409, 413, 415, 422})
_LEFT, _MIDDLE = b'{"message":', b',"kid":"'


class ProvinceUnavailable(Exception):
    """Not now: the message waits."""


@dataclass(frozen=True, slots=True)
class SignedMessage:
    key: str
    line: bytes


class Province(Protocol):
    async def send(self, message: SignedMessage, now_ms: int) -> str:
        """ "" when it was taken, else why it never will be."""
        ...


def outbound_key(secrets: Secrets) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(secrets.key(PURPOSE))


def key_id(public: Ed25519PublicKey) -> str:
    return hashlib.sha256(public.public_bytes_raw()).hexdigest()[:8]


def sign_message(key: str, message: bytes, signer: Ed25519PrivateKey) -> SignedMessage:
    """`message`: compact JSON of one object."""
    signature = to_base64url(signer.sign(message))
    tail = f'{key_id(signer.public_key())}","signature":"{signature}"}}'
    return SignedMessage(key, _LEFT + message + _MIDDLE + tail.encode())


class FileProvince:
    """Lines in a file for each day, on the disk when `send` returns; readable by their owner alone."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def send(self, message: SignedMessage, now_ms: int) -> str:
        try:
            await asyncio.to_thread(self._append, iso(now_ms)[:10], message.line)
        except OSError as error:
            raise ProvinceUnavailable(f"{self._folder}: {error.strerror}") from None
        return ""

    def _append(self, day: str, line: bytes) -> None:
        self._folder.mkdir(parents=True, mode=0o700, exist_ok=True)
        descriptor = os.open(
            self._folder / f"{day}.jsonl", os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600
        )
        try:
            before = os.fstat(descriptor).st_size
            if os.write(descriptor, line + b"\n") <= len(line):
                # A full disk takes a part: half a line would spoil the whole one that is sent after it.
                os.ftruncate(descriptor, before)
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


class HttpProvince:
    """Speaks the contract of docs/adapters.md. `client` is the caller's, with its base address and credentials."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client

    async def send(self, message: SignedMessage, now_ms: int) -> str:
        headers = {"Idempotency-Key": message.key, "Content-Type": "application/json"}
        try:
            answer = await self._client.post("/messages", content=message.line, headers=headers, timeout=TIMEOUT_S)
        except httpx.HTTPError as error:
            raise ProvinceUnavailable(type(error).__name__) from None
        if answer.status_code in _REFUSALS:
            return f"{answer.status_code} {answer.text[:160]}"
        if not answer.is_success:
            raise ProvinceUnavailable(f"{answer.status_code}")
        return ""
