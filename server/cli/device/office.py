"""Owns a village office's store: its folder, who it belongs to, opening it, and capturing work in it.

Laws: one program writes at a time; another waits a little and then says so. Nothing here touches the network. After
seven days without contact what is stored is not shown until the centre was heard of, while capturing goes on: a rule
this program keeps, not a proof. Times and randomness come from what the office was opened with.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import TypeVar

import msgspec

from server.cli.device.failures import Stopped, stopped_by
from server.cli.device.pin import unlock
from server.domain.cases.numbers import temporary_receipt
from sync.core.changes import Captured, Change
from sync.core.clock import CHINA, Clock
from sync.core.ids import timed_id
from sync.device.errors import DeviceError, ReplicaInUse
from sync.device.keys import SIGNING_KEY, DeviceKey, KeyFolder
from sync.device.replica import Draft, Replica
from sync.device.replica_store import ReplicaFile, open_replica
from sync.device.state import FileToSend

REPLICA = "replica.db"
IDENTITY = "identity"
REFRESH_TOKEN = "refresh_token"  # noqa: S105 - the name under which it is kept
_RECEIPTS = "receipts"
CONTACT_DAYS_MAX = 7
DAY_MS = 86_400_000
LOCK_WAIT_S = 5.0
_LOCK_STEP_S = 0.1

RandomBytes = Callable[[int], bytes]
T = TypeVar("T", bound=msgspec.Struct)


class Identity(msgspec.Struct, frozen=True, kw_only=True):
    """Whose store this is. `mark` are the four signs of its receipts."""

    device: str
    mark: str
    account: str
    login: str
    name: str
    role: str
    server: str
    relay_public_key: str
    enrolled_at: int


class Receipts(msgspec.Struct, frozen=True):
    """How many receipts were given on a day."""

    day: str = ""
    given: int = 0


class Office:
    """An open store. Made by `open_office`."""

    def __init__(self, store: ReplicaFile, identity: Identity, clock: Clock, random_bytes: RandomBytes) -> None:
        self.store = store
        self.replica = Replica(store)
        self.identity = identity
        self.clock = clock
        self.random_bytes = random_bytes
        self.now_ms = clock.wall_ms()

    @property
    def today(self) -> date:
        """The civil day, in China, by this computer."""
        return datetime.fromtimestamp(self.now_ms / 1000, tz=CHINA).date()

    def new_id(self) -> str:
        return timed_id(self.clock.wall_ms(), self.random_bytes(10))

    def captured_now(self) -> Captured:
        return Captured(wall=self.clock.wall_ms(), offset=480)

    def capture(
        self, drafts: Sequence[tuple[Draft, str]], files: Sequence[tuple[FileToSend, bytes]] = ()
    ) -> list[Change]:
        """All of it, or none and NotSaved. Each draft comes with the id of its change."""
        captured = self.captured_now()
        return self.replica.capture_all([(draft, change, captured) for draft, change in drafts], files)

    def next_receipt(self) -> str:
        """The temporary number of the next filing of today. One that is not used in the end leaves a gap."""
        today = self.today
        held = self.remembered(_RECEIPTS, Receipts) or Receipts()
        given = held.given + 1 if held.day == today.isoformat() else 1
        self.remember(_RECEIPTS, Receipts(today.isoformat(), given))
        return temporary_receipt(self.identity.mark, today, given)

    # Small things that live with the replica, encrypted

    def remember(self, name: str, value: object) -> None:
        with self.store.transaction():
            self.store.put_secret(name, msgspec.json.encode(value))

    def remembered(self, name: str, of_type: type[T]) -> T | None:
        held = self.store.secret(name)
        return msgspec.json.decode(held, type=of_type) if held else None

    def device_key(self) -> DeviceKey:
        held = self.store.secret(SIGNING_KEY)
        assert held is not None, "an enrolled device has its key"
        return DeviceKey(held)

    def refresh_token(self) -> str:
        return (self.store.secret(REFRESH_TOKEN) or b"").decode()

    def keep_refresh_token(self, token: str) -> None:
        with self.store.transaction():
            self.store.put_secret(REFRESH_TOKEN, token.encode())

    # Contact

    @property
    def last_contact(self) -> int:
        """By the centre's clock; enrolling was a contact too."""
        return max(self.store.standing().server_time, self.identity.enrolled_at)

    def days_without_contact(self) -> int:
        return max(0, self.now_ms - self.last_contact) // DAY_MS

    def needs_contact(self) -> Stopped | None:
        if self.now_ms < self.last_contact - DAY_MS:
            return Stopped("clock_wrong")
        if self.now_ms - self.last_contact > CONTACT_DAYS_MAX * DAY_MS:
            return Stopped("contact_needed", days=self.days_without_contact())
        return None

    def check_contact(self) -> None:
        """Before stored data is shown."""
        if stop := self.needs_contact():
            raise stop

    # What this store may work on

    def villages(self) -> list[str]:
        return self._after("place:")

    def units(self) -> list[str]:
        return self._after("unit:")

    def _after(self, prefix: str) -> list[str]:
        names = (state.bucket for state in self.store.buckets())
        return sorted(name.removeprefix(prefix) for name in names if name.startswith(prefix))


def default_folder() -> Path:
    """Where a person's store lies when nothing else is said."""
    base = os.environ.get("XDG_DATA_HOME")
    return (Path(base) if base else Path.home() / ".local" / "share") / "bangban"


def is_enrolled(folder: Path) -> bool:
    return KeyFolder(folder).exists() and (folder / REPLICA).exists()


@contextmanager
def open_office(folder: Path, pin: str, clock: Clock, random_bytes: RandomBytes = os.urandom) -> Iterator[Office]:
    """Raises Stopped: not_enrolled, a PIN's, or what storage says."""
    if not is_enrolled(folder):
        raise Stopped("not_enrolled", folder=folder)
    key = unlock(folder, pin, clock.wall_ms())
    with open_unlocked(folder, key, clock, random_bytes) as office:
        yield office


@contextmanager
def open_unlocked(folder: Path, key: bytes, clock: Clock, random_bytes: RandomBytes = os.urandom) -> Iterator[Office]:
    try:
        store = open_waiting(folder, key)
    except DeviceError as error:
        raise stopped_by(error) from None
    try:
        held = store.secret(IDENTITY)
        if held is None:
            raise Stopped("not_enrolled", folder=folder)
        yield Office(store, msgspec.json.decode(held, type=Identity), clock, random_bytes)
    finally:
        store.close()


def open_waiting(folder: Path, key: bytes, device: str = "") -> ReplicaFile:
    """Another program holds the store for moments only; who holds it longer is told of."""
    until = time.monotonic() + LOCK_WAIT_S
    while True:
        try:
            return open_replica(folder / REPLICA, key, device=device)
        except ReplicaInUse:
            if time.monotonic() >= until:
                raise
            time.sleep(_LOCK_STEP_S)
