"""A device's tokens: a short access token, renewed by a refresh token that changes with each use.

Laws: the new refresh token is stored before it counts, so a crash leaves one that the centre still takes (it grants
one step of grace to the same device key). The refresh is proved by the device's key, over the token itself.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable

import httpx
import msgspec

from sync.core.chain import encode_hash
from sync.core.clock import Clock

REFRESH_PATH = "/v1/token/refresh"
EARLY_MS = 30_000
"""Renew this long before the end, so that a token does not end on the way."""


class Granted(msgspec.Struct, frozen=True):
    """What the centre answers."""

    access_token: str
    expires_in: int
    refresh_token: str


class TokenRefused(Exception):
    """The centre will not renew: the device has to be enrolled again. Captured work stays."""


def refresh_payload(device: str, refresh_token: str) -> bytes:
    """What the device's key signs, so that a stolen refresh token is of no use without it."""
    digest = hashlib.sha256(refresh_token.encode()).hexdigest()
    return f"bangban-refresh-1\n{device}\n{digest}".encode()


class Tokens:
    """`keep` stores a refresh token durably."""

    def __init__(
        self,
        device: str,
        refresh_token: str,
        sign: Callable[[bytes], bytes],
        keep: Callable[[str], None],
        clock: Clock,
        *,
        access_token: str = "",
        expires_in: int = 0,
    ) -> None:
        self._device = device
        self._refresh_token = refresh_token
        self._sign = sign
        self._keep = keep
        self._clock = clock
        self._access = access_token
        self._ends = clock.monotonic_ms() + expires_in * 1_000

    def forget_access(self) -> None:
        """The centre did not take it, whatever its end."""
        self._access = ""

    async def access(self, client: httpx.AsyncClient) -> str:
        """A token good for a request now. Raises TokenRefused or httpx.HTTPError."""
        if not self._access or self._clock.monotonic_ms() > self._ends - EARLY_MS:
            await self._refresh(client)
        return self._access

    async def _refresh(self, client: httpx.AsyncClient) -> None:
        signature = self._sign(refresh_payload(self._device, self._refresh_token))
        asked = {"refresh_token": self._refresh_token, "proof": encode_hash(signature)}
        answer = await client.post(
            REFRESH_PATH, content=msgspec.json.encode(asked), headers={"Content-Type": "application/json"}
        )
        if answer.status_code in (400, 401, 403):
            raise TokenRefused(answer.text[:500])
        answer.raise_for_status()
        try:
            granted = msgspec.json.decode(answer.content, type=Granted)
        except msgspec.MsgspecError as error:
            raise httpx.DecodingError(f"not a token: {error}", request=answer.request) from None
        self._keep(granted.refresh_token)
        self._refresh_token, self._access = granted.refresh_token, granted.access_token
        self._ends = self._clock.monotonic_ms() + granted.expires_in * 1_000
