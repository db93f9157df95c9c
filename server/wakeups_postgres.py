"""Carries wakes between server processes: LISTEN on a connection of its own, NOTIFY after commits, and a catch-up poll.

Laws: a notification holds names of buckets and no data. What is raised while one notification is on its way goes
together into the next, since each takes a lock on the whole server. What a lost connection swallowed is found by the
poll, which compares the heads of the buckets that somebody here listens to.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterable, Iterator

import asyncpg

from server.storage.errors import StorageError
from server.storage.unit_of_work import Database
from server.wakeups import Wakes

CHANNEL = "bangban_wakes"
PAYLOAD_BYTES_MAX = 7_000  # PostgreSQL takes 8,000
POLL_EVERY_S = 10.0
RECONNECT_AFTER_S = 1.0


class PostgresWakes:
    """Give `raised` to the writer, and run `run` as a task for as long as the server serves."""

    def __init__(
        self, hub: Wakes, database: Database, url: str, *, poll_every_s: float = POLL_EVERY_S, channel: str = CHANNEL
    ) -> None:
        self._hub = hub
        self._database = database
        self._url = url
        self._poll_every_s = poll_every_s
        self._channel = channel
        self._unsent: set[str] = set()
        self._to_send = asyncio.Event()
        self._heads: dict[str, int] = {}
        self.listening = asyncio.Event()
        """Set while notifications can arrive."""

    def raised(self, buckets: Collection[str]) -> None:
        """News of this process: told here at once, to the others soon."""
        self._hub.publish(buckets)
        self._unsent.update(buckets)
        self._to_send.set()

    async def run(self) -> None:
        """Until it is cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._listen())
            tasks.create_task(self._send())
            tasks.create_task(self._poll())

    async def _listen(self) -> None:
        while True:
            lost = asyncio.Event()
            try:
                connection = await asyncpg.connect(self._url)
            except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError):
                await asyncio.sleep(RECONNECT_AFTER_S)
                continue
            try:
                connection.add_termination_listener(lambda _connection, lost=lost: lost.set())
                await connection.add_listener(self._channel, self._heard)
                self.listening.set()
                await lost.wait()
            except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError):
                await asyncio.sleep(RECONNECT_AFTER_S)
            finally:
                self.listening.clear()
                connection.terminate()

    def _heard(self, _connection: object, _process: int, _channel: str, payload: str) -> None:
        self._hub.publish(payload.split("\n"))

    async def _send(self) -> None:
        while True:
            await self._to_send.wait()
            self._to_send.clear()
            unsent, self._unsent = self._unsent, set()
            try:
                async with self._database.write() as tx:
                    for payload in payloads(unsent):
                        await tx.fetch("SELECT pg_notify(?, ?)", (self._channel, payload))
            except StorageError:
                continue  # the others' polls find it

    async def _poll(self) -> None:
        while True:
            await asyncio.sleep(self._poll_every_s)
            try:
                await self.catch_up()
            except StorageError:
                continue

    async def catch_up(self) -> None:
        """Publishes every bucket listened to whose head rose since the last time it was looked at."""
        listened = self._hub.listened_to
        async with self._database.read() as snapshot:
            rows = await snapshot.fetch("SELECT id, head FROM buckets WHERE id IN (?*)", (sorted(listened),))
        heads = {**dict.fromkeys(listened, 0), **dict(rows)}
        self._hub.publish([bucket for bucket, head in heads.items() if self._heads.get(bucket, head) != head])
        self._heads = heads


def payloads(buckets: Iterable[str]) -> Iterator[str]:
    """Names of buckets, a line each, in as few notifications as they fit into."""
    lines: list[str] = []
    size = 0
    for bucket in sorted(buckets):
        if size + len(bucket.encode()) + 1 > PAYLOAD_BYTES_MAX:
            yield "\n".join(lines)
            lines, size = [], 0
        lines.append(bucket)
        size += len(bucket.encode()) + 1
    if lines:
        yield "\n".join(lines)
