"""Owns the open streams that tell pages of news: server-sent events, one stream a page, no data in them.

    wake of a bucket → the names of the events that follow → the page fetches what it may see, as ever

Laws: a stream carries the names of events and nothing else. It keeps no session alive and ends soon after its session
does. It lives some minutes and is opened anew by the browser, which then fetches: so nothing is missed for long. A
browser that is gone is noticed at once.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterable
from dataclasses import dataclass

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from server.wakeups import Wakes

BEAT_S = 25.0
GATHER_S = 1.5
"""What comes together is told together: a page is not fetched for each change of a busy morning."""
LIFE_S = 600.0
STREAMS_MAX = 1_000
_HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
]


async def _say_event(say: Callable[[bytes], Awaitable[None]], event: str) -> None:
    await say(f"event: {event}\ndata: 1\n\n".encode())


async def _nothing() -> None:
    pass


@dataclass(frozen=True, kw_only=True)
class Told:
    """What one page listens to. `events`: what follows from buckets that woke. `beat`: said now and then; False ends
    the stream. `gone`: when it has ended, however. `at_once`: what follows from nothing is told first, for pages that
    know what they show.
    """

    buckets: Collection[str]
    events: Callable[[frozenset[str]], Awaitable[Iterable[str]]]
    beat: Callable[[], Awaitable[bool]]
    gone: Callable[[], Awaitable[None]] = _nothing
    at_once: bool = False


@dataclass(frozen=True, kw_only=True)
class Pace:
    beat_s: float = BEAT_S
    gather_s: float = GATHER_S
    life_s: float = LIFE_S


class Streams:
    """Every open stream of this process."""

    def __init__(self, wakes: Wakes, pace: Pace | None = None) -> None:
        self._wakes = wakes
        self._pace = pace or Pace()
        self._ending = asyncio.Event()
        self._open = 0

    @property
    def count(self) -> int:
        return self._open

    def close(self) -> None:
        """Ends all of them, because the server stops."""
        self._ending.set()

    def response(self, told: Told) -> Response:
        """204 makes a browser give up: where there are too many streams, the page is fetched by hand."""
        if self._open >= STREAMS_MAX or self._ending.is_set():
            return Response(status_code=204)
        return _Stream(self, told)

    async def run(self, told: Told, say: Callable[[bytes], Awaitable[None]]) -> None:
        """Until its life is over, its beat says so, or the server ends."""
        loop, pace, woken = asyncio.get_running_loop(), self._pace, asyncio.Event()
        listener = self._wakes.listen(told.buckets, woken.set)
        self._open += 1
        over, next_beat = loop.time() + pace.life_s, loop.time() + pace.beat_s
        try:
            await say(b"retry: 3000\n\n")
            # It listens already: between what the page shows and here nothing is missed.
            for event in await told.events(frozenset()) if told.at_once else ():
                await _say_event(say, event)
            while not self._ending.is_set() and loop.time() < over:
                await self._wait(woken, next_beat - loop.time())
                if loop.time() >= next_beat:
                    next_beat = loop.time() + pace.beat_s
                    if not await told.beat():
                        return
                    await say(b":\n\n")
                if woken.is_set():
                    await self._wait(self._ending, pace.gather_s)
                    woken.clear()
                    for event in await told.events(frozenset(listener.hear())):
                        await _say_event(say, event)
        finally:
            listener.close()
            self._open -= 1

    async def _wait(self, first: asyncio.Event, seconds: float) -> None:
        """For the event, the end of the server, or so long."""
        waits = [asyncio.ensure_future(one.wait()) for one in {first, self._ending}]
        try:
            await asyncio.wait(waits, timeout=max(seconds, 0), return_when=asyncio.FIRST_COMPLETED)
        finally:
            for one in waits:
                one.cancel()


class _Stream(Response):
    """The stream as an answer. Who reads it may go at any time, and then `gone` is still said."""

    def __init__(self, streams: Streams, told: Told) -> None:
        super().__init__()
        self._streams = streams
        self._told = told

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def say(line: bytes) -> None:
            await send({"type": "http.response.body", "body": line, "more_body": True})

        async def leave() -> None:
            while (await receive())["type"] != "http.disconnect":
                pass

        await send({"type": "http.response.start", "status": 200, "headers": list(_HEADERS)})
        running = [asyncio.ensure_future(one) for one in (self._streams.run(self._told, say), leave())]
        try:
            await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
            if not running[1].done():
                await send({"type": "http.response.body", "body": b""})
        finally:
            for one in running:
                one.cancel()
            await asyncio.gather(*running, return_exceptions=True)
            await self._told.gone()
