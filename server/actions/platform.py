"""What every action of a desk, a supervisor or the schedule works with, made once by the composition root."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from server.domain.people.entitlement import Directory
from server.storage.group_commit import GroupCommit
from server.storage.places import read_directory
from server.storage.read_log import Look, append_looks
from server.storage.sealing import Sealing
from server.storage.store import Store
from server.storage.unit_of_work import Database
from server.write import Writer
from sync.central.policies import Policies
from sync.core.clock import Clock

DIRECTORY_LIFE_MS = 60_000
"""Places and units change when a world is loaded, and then hardly ever."""


@dataclass
class _KeptDirectory:
    read_at: int = -DIRECTORY_LIFE_MS
    directory: Directory | None = None


@dataclass(frozen=True)
class Platform:
    """One a process."""

    database: Database
    store: Store
    writer: Writer
    policies: Policies
    sealing: Sealing
    clock: Clock
    randomness: Callable[[int], bytes]
    forget_standings: Callable[[], None] = lambda: None
    """Called when a device was revoked or an account closed, moved or reopened: this process then refuses at once."""
    _kept: _KeptDirectory = field(default_factory=_KeptDirectory, repr=False)

    async def directory(self) -> Directory:
        """All places and units, read again after a minute."""
        now, kept = self.clock.monotonic_ms(), self._kept
        if kept.directory is None or now - kept.read_at >= DIRECTORY_LIFE_MS:
            async with self.database.read() as snapshot:
                kept.directory, kept.read_at = await read_directory(snapshot), now
        return kept.directory

    @cached_property
    def looks(self) -> GroupCommit[Look, None]:
        """Where looks at records are logged; those that come together share a transaction."""

        async def write(looks: Sequence[Look]) -> Sequence[None]:
            async with self.database.write() as tx:
                await append_looks(tx, looks, self.sealing)
            return [None] * len(looks)

        return GroupCommit(write)
