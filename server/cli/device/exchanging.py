"""Owns one contact with the centre: exchange until level or until the line fails, send photos, free what is stored.

Laws: this alone and enrolling touch the network. Nothing is freed before the centre says `stored`. A revoked device
hands over what is unsent and is then wiped, keys first.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from pathlib import Path

import httpx
import msgspec

from server.cli.device.failures import Stopped
from server.cli.device.office import Office
from sync.device.connection import Connection, http_client
from sync.device.events import Event, NeedToken, UpgradeRequired, WipeNow
from sync.device.keys import KeyFolder
from sync.device.live import LiveSocket
from sync.device.session import Session
from sync.device.state import Delivery
from sync.device.steps import SessionSteps
from sync.device.tokens import Tokens
from sync.device.uploads import Uploads

PATIENCE_S = 10.0
_STEP_S = 0.2
NUMBERS = {"case": "number"}
"""The field under which a kind's official number stands: a restored centre is told of those it gave."""


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """What a contact came to. `contact`: at least one answer counted."""

    level: bool
    contact: bool
    exchanges: int
    failed: int
    bytes_up: int
    bytes_down: int
    unsent: int
    unsent_since: int
    files_unsent: int
    files_freed: int
    wiped: bool = False


def tokens_of(office: Office) -> Tokens:
    return Tokens(
        office.identity.device,
        office.refresh_token(),
        office.device_key().sign,
        office.keep_refresh_token,
        office.clock,
    )


def session_of(office: Office) -> Session:
    return Session(
        office.store,
        office.device_key().sign,
        random.random,
        now=office.clock.monotonic_ms(),
        steps=SessionSteps(numbers=NUMBERS),
    )


def live_socket(server: str) -> LiveSocket:
    return LiveSocket(server, random.random)


async def exchange(
    office: Office,
    on_event: Callable[[Event], None],
    *,
    patience_s: float = PATIENCE_S,
    transport: httpx.AsyncBaseTransport | None = None,
    tokens: Tokens | None = None,
) -> Report:
    """Until level, until `patience_s` have passed on a failing line, or until the device must be wiped.

    Raises Stopped: session_ended or upgrade_needed; everything unsent is kept.
    """
    events: list[Event] = []

    def hear(event: Event) -> None:
        events.append(event)
        on_event(event)

    ends = office.clock.monotonic_ms() + int(patience_s * 1_000)
    async with http_client(office.identity.server, transport=transport) as client:
        connection = Connection(
            session_of(office),
            client,
            tokens or tokens_of(office),
            office.clock,
            on_event=hear,
            uploads=Uploads(office.store),
        )
        level = await connection.sync()
        while not level and not _ended(events):
            due = connection.session.next_due(office.clock.monotonic_ms())
            if due is None or due > ends:
                break
            await asyncio.sleep(max(0, due - office.clock.monotonic_ms()) / 1_000)
            level = await connection.sync()
    report = _report(office, connection, wiped=any(isinstance(event, WipeNow) for event in events))
    if not report.level and not report.wiped:
        _check_session(events, report)
    return report


def _ended(events: list[Event]) -> bool:
    """Whether trying again is of no use."""
    return any(isinstance(event, WipeNow | UpgradeRequired) for event in events) or _turned_away(events)


def _turned_away(events: list[Event]) -> bool:
    """A token that was refused and could not be renewed: asked for twice in a row."""
    asked = [event for event in events if isinstance(event, NeedToken) and event.expires_in == 0]
    return len(asked) > 1


def _check_session(events: list[Event], report: Report) -> None:
    if any(isinstance(event, UpgradeRequired) for event in events):
        raise Stopped("upgrade_needed", changes=report.unsent)
    if _turned_away(events):
        raise Stopped("session_ended", changes=report.unsent)


def _report(office: Office, connection: Connection, *, wiped: bool) -> Report:
    unsent = office.replica.unsent()
    return Report(
        level=office.replica.is_level(),
        contact=connection.exchanges > connection.failed,
        exchanges=connection.exchanges,
        failed=connection.failed,
        bytes_up=connection.bytes_up,
        bytes_down=connection.bytes_down,
        unsent=unsent.changes,
        unsent_since=unsent.since,
        files_unsent=unsent.files,
        files_freed=0 if wiped else free_stored_files(office),
        wiped=wiped,
    )


def free_stored_files(office: Office) -> int:
    """How many photos' bytes were let go: the centre holds their whole, and a village office need not."""
    freed = 0
    for file in office.store.files():
        if file.delivery is Delivery.STORED and office.store.file_content(file.id, 0, 1):
            office.replica.release_file(file.id)
            freed += 1
    return freed


def wipe(office: Office, folder: Path) -> None:
    """Keys first: from then on nothing here can be opened."""
    KeyFolder(folder).wipe()
    office.store.wipe()
