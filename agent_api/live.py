"""The live socket: tells a device that a bucket it reads has news, and nothing else.

Laws: a socket opens by a single-use ticket, from an origin that is ours or from none. Whatever the device sends closes
it. A socket ends within seconds of its session's end or its device's revocation, and follows its account's grants as
soon: one query for all sockets looks. An idle socket is one task; a device has one socket, the newest.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping
from contextlib import suppress

import msgspec
from starlette.websockets import WebSocket, WebSocketDisconnect

from server.actions.issue_live_ticket import redeem_live_ticket
from server.credentials import Secrets
from server.domain.people.entitlement import person_bucket
from server.storage.errors import StorageError
from server.storage.people import ACTIVE
from server.storage.store import Store
from server.storage.unit_of_work import Database
from server.wakeups import Listener, Wakes
from sync.core.clock import Clock

PROTOCOL = "bangban.live.1"
TICKET = "ticket."
SOCKETS_MAX = 5_000
LOOK_EVERY_S = 3.0
SEND_WAIT_S = 10.0

GOING_AWAY, NOT_ALLOWED, TOO_MANY = 1001, 1008, 1013

_WELCOME = """SELECT s.device, s.ordinal FROM sessions s JOIN devices d ON d.id = s.device
              JOIN accounts a ON a.id = d.account
              WHERE d.revoked_at IS NULL AND a.status = ? AND s.ended_at IS NULL AND s.expires_at > ?
              AND s.device IN (?*)"""
_GRANTS = """SELECT account, CAST(sum(generation) AS BIGINT), count(ended_at) FROM grants WHERE account IN (?*)
             GROUP BY account"""
_OUTCOMES = "SELECT count(*), coalesce(max(version), 0) FROM outcomes WHERE bucket = ? AND version > ?"


class _Socket:
    """One open socket."""

    __slots__ = (
        *("account", "device", "grants", "listener", "live", "outcomes_told", "sending", "session", "told"),
        "websocket",
    )

    def __init__(self, live: LiveSockets, websocket: WebSocket, account: str, device: str, session: int) -> None:
        self.live = live
        self.websocket = websocket
        self.grants: tuple[int, int] | None = None
        self.outcomes_told = 0
        self.account = account
        self.device = device
        self.session = session
        self.listener: Listener | None = None
        self.sending: asyncio.Task[None] | None = None
        self.told: dict[str, object] = {}

    def on_news(self) -> None:
        """A task that lives as long as there is something to send."""
        if self.sending is None or self.sending.done():
            self.sending = asyncio.get_running_loop().create_task(self._send_all())

    async def _send_all(self) -> None:
        assert self.listener is not None, "a socket listens before it can hear"
        try:
            while news := await self._next():
                async with asyncio.timeout(SEND_WAIT_S):
                    await self.websocket.send_text(news)
        except (WebSocketDisconnect, RuntimeError, OSError, TimeoutError, StorageError):
            await self.close(GOING_AWAY)

    async def _next(self) -> str:
        assert self.listener is not None, "a socket listens before it can hear"
        heard, message = self.listener.hear(), dict(self.told)
        self.told.clear()
        if heard:
            message["wake"] = heard
        if person_bucket(self.account) in heard and (new := await self.live.new_outcomes(self)):
            message["outcomes"] = new
        return msgspec.json.encode(message).decode() if message else ""

    async def close(self, code: int) -> None:
        # It may be closed already, from either side: that is what was wanted.
        with suppress(RuntimeError, OSError, WebSocketDisconnect):
            await self.websocket.close(code)


class LiveSockets:
    """Every open socket of this process. Run `watch` as a task for as long as the server serves."""

    def __init__(
        self,
        *,
        database: Database,
        store: Store,
        secrets: Secrets,
        clock: Clock,
        wakes: Wakes,
        allowed_origins: Collection[str],
        sockets_max: int = SOCKETS_MAX,
        look_every_s: float = LOOK_EVERY_S,
    ) -> None:
        self._database = database
        self._store = store
        self._secrets = secrets
        self._clock = clock
        self._wakes = wakes
        self._allowed_origins = frozenset(allowed_origins)
        self._sockets_max = sockets_max
        self._look_every_s = look_every_s
        self._sockets: dict[str, _Socket] = {}

    @property
    def count(self) -> int:
        return len(self._sockets)

    async def serve(self, websocket: WebSocket) -> None:
        """`WS /v1/live`."""
        socket = await self._admit(websocket)
        if socket is None:
            return
        older = self._sockets.get(socket.device)
        self._sockets[socket.device] = socket
        try:
            if older is not None:
                await older.close(GOING_AWAY)
            await websocket.accept(PROTOCOL)
            # Whatever came before this moment, the exchange that the device makes on opening finds.
            buckets = await self._buckets_of(socket)
            socket.listener = self._wakes.listen(buckets, socket.on_news)
            message = await websocket.receive()
            if message["type"] != "websocket.disconnect":
                await socket.close(NOT_ALLOWED)
        finally:
            self._forget(socket)

    def tell_files(self, device: str, states: Mapping[str, str]) -> None:
        """The state of files that this device sent."""
        socket = self._sockets.get(device)
        if socket is not None and socket.listener is not None:
            files = socket.told.setdefault("files", {})
            assert isinstance(files, dict), "files are told by id"
            files.update(states)
            socket.on_news()

    async def watch(self) -> None:
        """Until it is cancelled."""
        while True:
            await asyncio.sleep(self._look_every_s)
            await self.look()

    async def new_outcomes(self, socket: _Socket) -> int:
        """How many outcomes of this person's changes are new since the socket last told of any."""
        async with self._database.read() as snapshot:
            row = await snapshot.fetch_one(_OUTCOMES, (person_bucket(socket.account), socket.outcomes_told))
        count, version = row or (0, 0)
        socket.outcomes_told = max(socket.outcomes_told, version)
        return int(count)

    async def look(self) -> None:
        """Closes every socket whose device is no longer welcome; the others listen to what is theirs now."""
        sockets = list(self._sockets.values())
        if not sockets:
            return
        async with self._database.read() as snapshot:
            devices = sorted(socket.device for socket in sockets)
            rows = await snapshot.fetch(_WELCOME, (ACTIVE, self._clock.wall_ms(), devices))
            given = await snapshot.fetch(_GRANTS, (sorted({socket.account for socket in sockets}),))
        grants = {account: (generations, ended) for account, generations, ended in given}
        welcome = {(row[0], row[1]) for row in rows}
        for socket in sockets:
            if (socket.device, socket.session) not in welcome:
                self._forget(socket)
                await socket.close(NOT_ALLOWED)
            else:
                await self._follow_grants(socket, grants.get(socket.account, (0, 0)))

    async def _follow_grants(self, socket: _Socket, grants: tuple[int, int]) -> None:
        """What was given or ended since the last look: it listens to what is its own now, and is told to come."""
        before, socket.grants = socket.grants, grants
        if before == grants or socket.listener is None:
            return
        buckets = frozenset(await self._buckets_of(socket))
        if self._sockets.get(socket.device) is not socket:
            return  # it was closed meanwhile, and listens to nothing
        if before is not None or buckets != socket.listener.buckets:
            socket.listener.listen_to(buckets)
            socket.listener.wake(person_bucket(socket.account))

    async def close(self) -> None:
        """Ends every socket, because the server stops."""
        for socket in list(self._sockets.values()):
            self._forget(socket)
            await socket.close(GOING_AWAY)

    async def _admit(self, websocket: WebSocket) -> _Socket | None:
        offered = websocket.scope.get("subprotocols", [])
        tickets = [one[len(TICKET) :] for one in offered if one.startswith(TICKET)]
        if not self._is_ours(websocket) or PROTOCOL not in offered or not tickets:
            await websocket.close(NOT_ALLOWED)
            return None
        if len(self._sockets) >= self._sockets_max:
            await websocket.close(TOO_MANY)
            return None
        now = self._clock.wall_ms()
        holder = await redeem_live_ticket(self._database, self._secrets, tickets[0], now_ms=now)
        key = None
        if holder is not None:
            async with self._store.read() as unit:
                key = await unit.device_key(holder.device)
        if holder is None or key is None:
            await websocket.close(NOT_ALLOWED)
            return None
        return _Socket(self, websocket, key.account, holder.device, holder.session)

    def _is_ours(self, websocket: WebSocket) -> bool:
        """A page of the very address it connects to, one that is allowed, or no page at all. Behind this stands the
        ticket, which no foreign page can get.
        """
        origin = websocket.headers.get("origin")
        own = websocket.headers.get("host", "")
        return origin is None or origin in self._allowed_origins or origin in (f"https://{own}", f"http://{own}")

    async def _buckets_of(self, socket: _Socket) -> list[str]:
        async with self._store.read() as unit:
            entitlement = await unit.entitlement(socket.account, socket.device, 0)
        mine = person_bucket(socket.account)
        heads = {one.bucket: one.head.version for one in entitlement.buckets}
        socket.outcomes_told = socket.outcomes_told or heads.get(mine, 0)
        return list(heads)

    def _forget(self, socket: _Socket) -> None:
        if socket.listener is not None:
            socket.listener.close()
        if self._sockets.get(socket.device) is socket:
            del self._sockets[socket.device]
