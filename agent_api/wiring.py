"""What the API is given by the composition root. Plain values and callables; a test makes them by hand."""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Protocol

from starlette.requests import Request
from starlette.responses import Response
from starlette.websockets import WebSocket

from agent_api.admission import Admission
from agent_api.caller import Access, Caller
from agent_api.health import Health
from agent_api.limits import Limits
from agent_api.metrics import Metrics
from server.actions.activate_account import CODE_LIFE_MS
from server.actions.export_table import Told
from server.actions.platform import Platform
from server.actions.verify_audit import AuditReport
from server.adapters.licences import LicenceRegister
from server.clock import MachineClock
from server.credentials import Secrets
from server.storage.unit_of_work import Database
from sync.core.clock import Clock

Handler = Callable[[Request, Caller], Awaitable[Response]]


class Uploads(Protocol):
    """agent_api.uploads.UploadEndpoints."""

    async def collection(self, request: Request) -> Response: ...

    async def upload(self, request: Request) -> Response: ...


@dataclass(frozen=True)
class Services:
    """`find_receipt(number, last4)` gives a case's state, or None for a number or digits that do not fit.

    `epoch` gives the centre's epoch now. `relay_public_key` is base64url of 32 bytes. `find_receipt` gets the number
    in its canonical spelling. `platform` is what desks' steps work with; `licences` is asked for residents' licences.
    `activation_ms`: how long an activation code waits to be used. `check_trail` checks the audit trail and tells how
    far it is.
    """

    database: Database
    secrets: Secrets
    access: Access
    clock: Clock
    randomness: Callable[[int], bytes]
    platform: Platform
    exchange: Handler
    relay: Handler
    uploads: Uploads
    live: Callable[[WebSocket], Awaitable[None]]
    find_receipt: Callable[[str, str], Awaitable[str | None]]
    check_health: Callable[[], Awaitable[Health]]
    epoch: Callable[[], Awaitable[str]]
    relay_public_key: str
    licences: LicenceRegister
    admission: Admission = field(default_factory=lambda: Admission(MachineClock().monotonic_ms, random.random))
    limits: Limits = field(default_factory=Limits)
    metrics: Metrics = field(default_factory=Metrics)
    metrics_token: str = ""
    session_life_ms: int = 180 * 24 * 3_600_000
    activation_ms: int = CODE_LIFE_MS
    check_trail: Callable[[Told], Awaitable[AuditReport]] | None = None
    is_https: bool = False
