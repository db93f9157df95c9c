"""Owns the checking of the audit trail while the centre serves: in a process of its own (server/trail_child.py).

Laws: what serves never works out a link: hundreds of thousands of them would make every desk wait. Who stops waiting
ends the process. One that ends without a report is a failure that is told, and nothing else.
"""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections.abc import Awaitable, Callable

import msgspec

from server.actions.export_table import Told
from server.actions.verify_audit import AuditReport
from server.settings import Settings
from server.storage.errors import StorageError

LINE_BYTES_MAX = 1024 * 1024
"""A report names a thousand findings at most."""


class _Line(msgspec.Struct):
    checked: int = 0
    report: AuditReport | None = None


def trail_check(settings: Settings) -> Callable[[Told], Awaitable[AuditReport]]:
    """How this centre's trail is checked. `told` hears how many changes and looks are; raises StorageError."""

    async def check(told: Told) -> AuditReport:
        # -I: neither the environment nor the folder it is started in decides what it imports.
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-I", "-m", "server.trail_child"),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            limit=LINE_BYTES_MAX,
        )
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                process.stdin.write(msgspec.json.encode(settings, enc_hook=str))
                await process.stdin.drain()
                process.stdin.close()
            async for said in process.stdout:
                line = msgspec.json.decode(said, type=_Line)
                if line.report is not None:
                    return line.report
                await told(line.checked)
            raise StorageError("the check of the trail ended without a report")
        finally:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()

    return check
