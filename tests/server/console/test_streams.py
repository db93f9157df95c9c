"""A stream tells names of events and nothing else; it ends with its session, its reader and its server, and says so."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, MutableMapping
from contextlib import asynccontextmanager
from typing import Any

from server.console import streams as module
from server.console.streams import Pace, Streams, Told
from server.wakeups import Wakes

QUICK = Pace(beat_s=0.02, gather_s=0.0, life_s=60)
SLOW = Pace(beat_s=60, gather_s=0.0, life_s=60)


class Reader:
    """Who reads an answer line by line, and may go."""

    def __init__(self) -> None:
        self.lines: asyncio.Queue[str] = asyncio.Queue()
        self.left = asyncio.Event()
        self.ended = False

    async def receive(self) -> MutableMapping[str, Any]:
        await self.left.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.body":
            if message.get("body"):
                self.lines.put_nowait(message["body"].decode())
            self.ended = not message.get("more_body", False)

    async def event(self) -> str:
        """The next that is no beat."""
        while not (line := await self.lines.get()).startswith("event"):
            pass
        return line


@asynccontextmanager
async def reading(streams: Streams, told: Told) -> AsyncIterator[tuple[Reader, asyncio.Task[None]]]:
    reader = Reader()
    task = asyncio.create_task(streams.response(told)({"type": "http"}, reader.receive, reader.send))
    assert await reader.lines.get() == "retry: 3000\n\n"
    yield reader, task
    reader.left.set()
    await task


class Page:
    """What a page listens with."""

    def __init__(self, *, lasts: bool = True) -> None:
        self.lasts = lasts
        self.heard: list[frozenset[str]] = []
        self.is_gone = False

    def told(self, *, at_once: bool = False) -> Told:
        return Told(buckets=["place:1", "open:2"], events=self.events, beat=self.beat, gone=self.gone, at_once=at_once)

    async def events(self, heard: frozenset[str]) -> Iterable[str]:
        self.heard.append(heard)
        return ["news"]

    async def beat(self) -> bool:
        return self.lasts

    async def gone(self) -> None:
        self.is_gone = True


async def test_a_wake_becomes_an_event_without_data_and_others_do_not() -> None:
    wakes, page = Wakes(), Page()
    async with reading(Streams(wakes, SLOW), page.told()) as (reader, _):
        wakes.publish(["place:9"])
        wakes.publish(["place:1"])
        assert await reader.event() == "event: news\ndata: 1\n\n"
        assert page.heard == [frozenset({"place:1"})]


async def test_what_comes_together_is_told_once_and_what_comes_later_again() -> None:
    wakes, page = Wakes(), Page()
    async with reading(Streams(wakes, SLOW), page.told()) as (reader, _):
        wakes.publish(["place:1"])
        wakes.publish(["open:2"])
        await reader.event()
        wakes.publish(["place:1"])
        await reader.event()
        assert page.heard == [frozenset({"place:1", "open:2"}), frozenset({"place:1"})]


async def test_a_page_that_knows_what_it_shows_is_told_at_once_what_changed_meanwhile() -> None:
    page = Page()
    async with reading(Streams(Wakes(), SLOW), page.told(at_once=True)) as (reader, _):
        await reader.event()
        assert page.heard == [frozenset()]


async def test_it_ends_soon_after_its_session_and_says_that_it_is_gone() -> None:
    page, streams = Page(lasts=False), Streams(Wakes(), QUICK)
    async with reading(streams, page.told()) as (reader, task):
        await task
        assert (reader.ended, page.is_gone, streams.count) == (True, True, 0)


async def test_a_reader_who_goes_is_noticed_at_once_and_listens_no_more() -> None:
    wakes, page = Wakes(), Page()
    streams = Streams(wakes, SLOW)
    async with reading(streams, page.told()) as (reader, task):
        assert streams.count == 1
        assert wakes.listened_to == {"place:1", "open:2"}
        reader.left.set()
        await task
        assert (page.is_gone, streams.count, wakes.listened_to) == (True, 0, frozenset())


async def test_a_server_that_ends_waits_for_no_stream_and_opens_none() -> None:
    page, streams = Page(), Streams(Wakes(), SLOW)
    async with reading(streams, page.told()) as (reader, task):
        streams.close()
        await task
        assert (reader.ended, page.is_gone) == (True, True)
        assert streams.response(page.told()).status_code == 204


async def test_a_life_is_short_so_that_the_browser_comes_again() -> None:
    page = Page()
    async with reading(Streams(Wakes(), Pace(beat_s=0.01, gather_s=0, life_s=0.05)), page.told()) as (reader, task):
        await task
        assert reader.ended


def test_a_browser_is_told_to_give_up_where_there_are_too_many(monkeypatch: Any) -> None:
    monkeypatch.setattr(module, "STREAMS_MAX", 0)
    assert Streams(Wakes()).response(Page().told()).status_code == 204
