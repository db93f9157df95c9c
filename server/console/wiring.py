"""What the console is given by the composition root."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass, field
from pathlib import Path

from server.actions.activate_account import CODE_LIFE_MS
from server.actions.export_table import Told
from server.actions.local_register import LocalRegister
from server.actions.measure_machine import Machine
from server.actions.platform import Platform
from server.actions.sign_in import StaffDoor
from server.actions.verify_audit import AuditReport
from server.adapters.licences import LicenceRegister
from server.console.streams import Streams
from server.console.throttle import Throttle
from server.storage.blobs import Blobs
from server.wakeups import Wakes

EXPORTS_AT_ONCE = 2
"""Each takes a processor while it is written; whoever comes then waits for a turn."""


@dataclass(frozen=True)
class Console:
    """`built` is the folder of built scripts (htmx, charts). `is_https` decides the cookie's name and flags;
    `origin`: the outside address, where it is not what requests name as their host. `tell`
    wakes who listens, in every process. `machine`: where it stands, for who runs it. `exporting`: the turns of who
    writes a file. `licences`: a register outside. `activation_ms`: how long a code on a sheet waits to be used.
    `check_trail` checks the audit trail and tells how far it is.
    """

    platform: Platform
    door: StaffDoor
    blobs: Blobs
    built: Path
    is_https: bool = False
    origin: str = ""
    throttle: Throttle = field(default_factory=Throttle)
    streams: Streams = field(default_factory=lambda: Streams(Wakes()))
    machine: Machine | None = None
    exporting: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(EXPORTS_AT_ONCE))
    licences: LicenceRegister | None = None
    activation_ms: int = CODE_LIFE_MS
    tell: Callable[[Collection[str]], None] = lambda _: None
    check_trail: Callable[[Told], Awaitable[AuditReport]] | None = None

    @property
    def register(self) -> LicenceRegister:
        """Who is asked for residents' licences: the one outside, else the centre's own."""
        return self.licences or LocalRegister(self.platform.database, self.platform.sealing)

    @property
    def now(self) -> Callable[[], int]:
        return self.platform.clock.wall_ms
