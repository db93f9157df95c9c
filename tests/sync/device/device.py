"""A device for tests: a store, a replica and a session, with ids and times counted up and a line that can fail."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from sync.core.changes import Captured, Change
from sync.core.ids import derived_id
from sync.device.events import Event
from sync.device.memory_store import MemoryStore
from sync.device.replica import Draft, Replica
from sync.device.session import Failure, Session
from sync.device.state import FileToSend, ReplicaStore, first_standing
from sync.device.steps import SessionSteps

Line = Callable[[bytes], bytes | None]


def record_id(name: str) -> str:
    return derived_id("record", name)


class Device:
    def __init__(
        self,
        name: str = "phone",
        store: ReplicaStore | None = None,
        steps: SessionSteps | None = None,
        page_bytes: int = 48 * 1024,
    ) -> None:
        self.name = name
        self.id = derived_id("device", name)
        self.store: ReplicaStore = store or MemoryStore(first_standing(self.id))
        self.steps = steps or SessionSteps(numbers={"case": "number"})
        self.page_bytes = page_bytes
        self.now = 0
        self.made = 0
        self.events: list[Event] = []
        self.open()

    def open(self) -> None:
        """As after a crash: only the store is left."""
        self.replica = Replica(self.store)
        self.session = Session(
            self.store,
            lambda payload: b"s" * 64,
            random.Random(self.name).random,
            now=self.now,
            steps=self.steps,
            page_bytes=self.page_bytes,
        )

    def write(self, record: str, files: tuple[tuple[FileToSend, bytes], ...] = (), **fields: Any) -> Change:
        self.made += 1
        draft = Draft("note", record_id(record), "note.write", set=fields)
        change = self.replica.capture(
            draft,
            change_id=derived_id("change", self.name, str(self.made)),
            captured=Captured(1_700_000_000_000 + self.made),
            files=files,
        )
        self.session.captured(self.now)
        return change

    def step(self, line: Line) -> bool:
        """Waits for the next due time and makes one exchange over a line. False when nothing was asked."""
        due = self.session.next_due(self.now)
        if due is None:
            return False
        self.now = max(self.now, due)
        message = self.session.next_request(self.now)
        if message is None:
            self.events += self.session.take_events()
            return False
        answer = line(message)
        if answer is None:
            self.session.receive_failure(Failure.NETWORK, self.now)
        else:
            self.session.receive_answer(answer, self.now)
        self.events += self.session.take_events()
        return True

    def sync(self, line: Line, rounds: int = 40) -> int:
        """Exchanges until level. The number of exchanges it took."""
        self.session.exchange_now(self.now)
        for count in range(1, rounds + 1):
            before = self.now
            self.step(line)
            if self.replica.is_level() and self.session.next_due(self.now) != before:
                return count
            if self.session.next_due(self.now) is None:
                return count
        raise AssertionError(f"not level after {rounds} exchanges: {self.events[-5:]}")
