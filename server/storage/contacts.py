"""Keeps what devices say of themselves at each contact, and writes it now and then instead of every time.

Law: an idle exchange writes nothing but its last contact, and that at most once a minute for each device, together
with everybody else's. What is lost when the process is killed is at most a minute of "last seen", never anyone's work.
"""

from __future__ import annotations

from typing import NamedTuple

from server.storage.store import Store

FLUSH_EVERY_S = 15.0
AGAIN_AFTER_MS = 60_000


class Contact(NamedTuple):
    """`waiting` changes unsent since `since` (ms), as the device says; None when nothing waits."""

    at: int
    waiting: int
    since: int | None


class ContactBook:
    """What is to be written, the newest for each device. `flush` is called on a timer and at the end."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._pending: dict[str, Contact] = {}
        self._written: dict[str, Contact] = {}

    def note(self, device: str, contact: Contact) -> None:
        """Remembers a contact. One that says nothing new within a minute of the last that was written is let go."""
        last = self._written.get(device)
        if last is not None and contact.at - last.at < AGAIN_AFTER_MS and contact.waiting == last.waiting:
            return
        self._pending[device] = contact

    async def flush(self) -> int:
        """How many contacts were written. What could not be written waits for the next time."""
        pending, self._pending = self._pending, {}
        if not pending:
            return 0
        try:
            async with self._store.write() as unit:
                for device, contact in sorted(pending.items()):
                    await unit.note_contact(device, *contact)
        except BaseException:
            self._pending = {**pending, **self._pending}
            raise
        self._written.update(pending)
        return len(pending)
