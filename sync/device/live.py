"""Listens for wakes. Laws: a wake carries no data and may be lost; a device that hears none is only later, never
wrong. What cannot be understood is passed over. A lost socket is taken up again with full jitter, up to five minutes.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import httpx
import msgspec
from websockets.asyncio.client import connect
from websockets.exceptions import WebSocketException

from sync.device.pacing import BACKOFF_FIRST_MS, BACKOFF_MAX_MS
from sync.device.tokens import TokenRefused, Tokens

TICKET_PATH = "/v1/live/ticket"
LIVE_PATH = "/v1/live"
SUBPROTOCOL = "bangban.live.1"
MESSAGE_BYTES_MAX = 64 * 1024

Hear = Callable[[list[str], dict[str, str]], None]


class News(msgspec.Struct, frozen=True):
    """What the socket may say."""

    wake: list[str] = []
    files: dict[str, str] = {}
    outcomes: int = 0


class Ticket(msgspec.Struct, frozen=True):
    ticket: str


class LiveSocket:
    """`address` is the server's, with http or https. `random` gives a number in [0, 1)."""

    def __init__(
        self,
        address: str,
        random: Callable[[], float],
        *,
        origin: str | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._address = address.replace("http", "ws", 1).rstrip("/") + LIVE_PATH
        self._random = random
        self._origin = origin
        self._sleep = sleep

    async def listen(self, client: httpx.AsyncClient, tokens: Tokens, hear: Hear) -> None:
        """For ever, until cancelled. After each new socket it reports a wake: some may have been missed before."""
        failures = 0
        while True:
            try:
                ticket = await _ticket(client, tokens)
                failures = await self._one_socket(ticket, hear, failures)
            except (httpx.HTTPError, TokenRefused, msgspec.MsgspecError, WebSocketException, OSError, TimeoutError):
                failures += 1
            ceiling = min(BACKOFF_MAX_MS, BACKOFF_FIRST_MS << min(failures, 20))
            await self._sleep(self._random() * ceiling / 1_000)

    async def _one_socket(self, ticket: str, hear: Hear, failures: int) -> int:
        """One socket from open to close. The failures to count on with: none once it was open."""
        async with connect(
            self._address,
            subprotocols=[SUBPROTOCOL, f"ticket.{ticket}"],  # type: ignore[list-item]
            origin=self._origin,  # type: ignore[arg-type]
            max_size=MESSAGE_BYTES_MAX,
            compression=None,
            proxy=None if self._address.startswith("ws://127.") else True,
        ) as socket:
            failures = 0
            hear(["*"], {})
            async for message in socket:
                news = read_news(message)
                hear(news.wake or (["*"] if news.outcomes else []), news.files)
        return failures


def read_news(message: str | bytes) -> News:
    try:
        return msgspec.json.decode(message, type=News)
    except msgspec.MsgspecError:
        return News()


async def _ticket(client: httpx.AsyncClient, tokens: Tokens) -> str:
    headers = {"Authorization": f"Bearer {await tokens.access(client)}"}
    answer = await client.post(TICKET_PATH, headers=headers)
    if answer.status_code == httpx.codes.UNAUTHORIZED:
        tokens.forget_access()
    answer.raise_for_status()
    return msgspec.json.decode(answer.content, type=Ticket).ticket
