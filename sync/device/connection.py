"""Runs a session over a real network: one loop that exchanges, one that listens for wakes, one that sends files.

Laws: the session decides when and what; this only carries bytes and tells how it went. A request takes thirty seconds
at most, whatever the line does. A redirect, a login page or a half-open line is a failure like any other. Storage is
touched from one task at a time, between awaits.
"""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import Awaitable, Callable

import httpx

from sync.core.clock import Clock
from sync.core.codec import ANSWER_BYTES_MAX
from sync.device.events import AnswerNotSaved, BadAnswer, Event, NeedToken
from sync.device.live import LiveSocket
from sync.device.pacing import REQUEST_MS
from sync.device.session import Failure, Session
from sync.device.tokens import TokenRefused, Tokens
from sync.device.uploads import Uploads

EXCHANGE_PATH = "/v1/exchange"
LINES = "application/x-bangban-lines"
GZIP_FROM_BYTES = 600
"""Below that a packed request is hardly smaller."""
RETRY_AFTER_MAX_S = 3_600

Sleep = Callable[[float], Awaitable[None]]


def http_client(address: str, *, transport: httpx.AsyncBaseTransport | None = None) -> httpx.AsyncClient:
    """A client as a device uses it: HTTP/1.1, no redirects, no proxy from the environment of a loopback test."""
    client = httpx.AsyncClient(
        base_url=address,
        transport=transport,
        timeout=REQUEST_MS / 1_000,
        follow_redirects=False,
        trust_env=not address.startswith("http://127."),
        headers={"Accept-Encoding": "gzip"},
    )
    # Said by default and of no use to anyone: every exchange would carry them.
    for name in ("Accept", "Connection", "User-Agent"):
        del client.headers[name]
    return client


class Connection:
    """Keeps one device level until it is wiped or the task is cancelled. Tell it with `captured` and `network_up`."""

    def __init__(
        self,
        session: Session,
        client: httpx.AsyncClient,
        tokens: Tokens,
        clock: Clock,
        *,
        on_event: Callable[[Event], None] = lambda event: None,
        uploads: Uploads | None = None,
        live: LiveSocket | None = None,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self.session = session
        self.exchanges = 0
        self.failed = 0
        self.bytes_up = 0
        self.bytes_down = 0
        self._client = client
        self._tokens = tokens
        self._clock = clock
        self._on_event = on_event
        self._uploads = uploads
        self._live = live
        self._sleep = sleep
        self._nudged = asyncio.Event()
        self._renewed = False

    def captured(self) -> None:
        """A change was captured."""
        self.session.captured(self._clock.monotonic_ms())
        self._nudged.set()

    def network_up(self) -> None:
        self.session.network_up(self._clock.monotonic_ms())
        self._nudged.set()

    def wake(self, buckets: list[str]) -> None:
        self.session.wake(buckets, self._clock.monotonic_ms())
        self._nudged.set()

    async def run(self) -> None:
        """Returns once the device must be wiped."""
        listening = asyncio.ensure_future(self._listen()) if self._live is not None else None
        try:
            while (due := self.session.next_due(self._clock.monotonic_ms())) is not None:
                wait = due - self._clock.monotonic_ms()
                if wait > 0:
                    await self._wait(wait)
                    continue
                await self.exchange_once()
                await self.send_files()
        finally:
            if listening is not None:
                listening.cancel()
                await asyncio.gather(listening, return_exceptions=True)

    async def sync(self, exchanges_max: int = 1_000) -> bool:
        """Exchanges and sends files until level, or until something fails. True when level and nothing is unsent."""
        self.session.exchange_now(self._clock.monotonic_ms())
        for _ in range(exchanges_max):
            due = self.session.next_due(self._clock.monotonic_ms())
            if due is None or due > self._clock.monotonic_ms():
                return self._is_level()
            if not await self.exchange_once():
                return False
            if await self.send_files():
                self.session.exchange_now(self._clock.monotonic_ms())
        return False

    def _is_level(self) -> bool:
        return bool(self.session.store.standing().tag) and not self.session.store.outbox_size()

    async def exchange_once(self) -> bool:
        """One request, if one is due, and what became of it. False when no answer came that counts."""
        message = self.session.next_request(self._clock.monotonic_ms())
        if message is None:
            self._tell()
            return False
        failed_before = self.session.failures
        try:
            async with asyncio.timeout(REQUEST_MS / 1_000):
                await self._carry(message)
        except TokenRefused:
            self._fail(Failure.UNAUTHORIZED)
        except (TimeoutError, httpx.TimeoutException):
            self._fail(Failure.TIMEOUT)
        except httpx.DecodingError:
            self._fail(Failure.BAD_ANSWER)
        except (httpx.HTTPError, httpx.InvalidURL, OSError):
            self._fail(Failure.NETWORK)
        except BaseException:
            self._fail(Failure.NETWORK)  # cancelled, or a fault here: the session must not wait for an answer
            raise
        finally:
            self._tell()
        return self.session.failures <= failed_before

    async def _carry(self, message: bytes) -> None:
        token = await self._tokens.access(self._client)
        headers = {"Authorization": f"Bearer {token}"}
        body = message
        if len(message) >= GZIP_FROM_BYTES:
            body = gzip.compress(message, compresslevel=6, mtime=0)
            headers |= {"Content-Type": LINES, "Content-Encoding": "gzip"}
        self.exchanges += 1
        self.bytes_up += len(body)
        async with self._client.stream("POST", EXCHANGE_PATH, content=body, headers=headers) as answer:
            content = await _read_within(answer, ANSWER_BYTES_MAX)
            self.bytes_down += answer.num_bytes_downloaded
        if answer.status_code == httpx.codes.OK:
            self._renewed = False
            self.session.receive_answer(content, self._clock.monotonic_ms())
            return
        self._turned_away(answer)

    def _turned_away(self, answer: httpx.Response) -> None:
        status = answer.status_code
        if status == httpx.codes.UNAUTHORIZED:
            self._tokens.forget_access()
            self._fail(Failure.UNAUTHORIZED)
            if not self._renewed:
                # Once, at once: a token may end on the way. A second time the backoff stands.
                self._renewed = True
                self.session.token_renewed(self._clock.monotonic_ms())
            return
        failure = _FAILURES.get(status, Failure.BUSY if status >= 500 else Failure.TURNED_AWAY)
        self._fail(failure, _retry_after_ms(answer))

    def _fail(self, failure: Failure, retry_after_ms: int = 0) -> None:
        if self.session.in_flight:
            self.failed += 1
            self.session.receive_failure(failure, self._clock.monotonic_ms(), retry_after_ms)

    def _tell(self) -> None:
        for event in self.session.take_events():
            if isinstance(event, NeedToken):
                self._tokens.forget_access()
            if isinstance(event, BadAnswer | AnswerNotSaved):
                self.failed += 1
            self._on_event(event)

    async def send_files(self) -> int:
        """Sends what may go now. How many files went up whole; a failing line leaves the rest for later."""
        if self._uploads is None:
            return 0
        try:
            sent = await self._uploads.send_ready(self._client, self._tokens)
        except (httpx.HTTPError, TokenRefused, OSError, TimeoutError):
            return 0
        if sent:
            self.session.captured(self._clock.monotonic_ms())
        return sent

    async def _listen(self) -> None:
        assert self._live is not None, "listening needs a socket"
        await self._live.listen(self._client, self._tokens, self._hear)

    def _hear(self, wakes: list[str], files: dict[str, str]) -> None:
        now = self._clock.monotonic_ms()
        if files:
            self.session.files_told(files, now)
        if wakes:
            self.session.wake(wakes, now)
        self._tell()
        self._nudged.set()

    async def _wait(self, milliseconds: int) -> None:
        """Until the time has passed or somebody nudges."""
        self._nudged.clear()
        waits = [asyncio.ensure_future(self._sleep(milliseconds / 1_000)), asyncio.ensure_future(self._nudged.wait())]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()
            await asyncio.gather(*waits, return_exceptions=True)


_FAILURES = {
    408: Failure.TIMEOUT,
    413: Failure.TOO_LARGE,
    426: Failure.UPGRADE_REQUIRED,
    429: Failure.BUSY,
}


def _retry_after_ms(answer: httpx.Response) -> int:
    told = answer.headers.get("retry-after", "")
    return min(int(told), RETRY_AFTER_MAX_S) * 1_000 if told.isascii() and told.isdigit() else 0


async def _read_within(answer: httpx.Response, bytes_max: int) -> bytes:
    """Stops at the limit, so that a small packed answer cannot fill the memory."""
    parts, size = [], 0
    async for part in answer.aiter_bytes():
        size += len(part)
        if size > bytes_max:
            raise httpx.DecodingError("an answer beyond every limit", request=answer.request)
        parts.append(part)
    return b"".join(parts)
