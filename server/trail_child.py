"""Checks the audit trail in a process of its own. Run as a module, never imported by the server.

stdin:  the settings of the centre, as JSON
stdout: lines of JSON: {"checked": so many} now and then, at last {"report": what was found}
"""

from __future__ import annotations

import asyncio
import os
import sys
from dataclasses import replace
from pathlib import Path

import msgspec

from server.actions.verify_audit import AuditReport, verify_audit
from server.backups import second_place
from server.centre import open_centre
from server.settings import Settings


def read_settings(told: bytes) -> Settings:
    return msgspec.json.decode(told, type=Settings, dec_hook=lambda _, said: Path(said))


async def check(settings: Settings) -> AuditReport:
    async with open_centre(replace(settings, read_connections=1)) as centre:
        return await verify_audit(centre.database, centre.sealing, centre.secrets, second_place(settings), _tell)


async def _tell(checked: int) -> None:
    _say({"checked": checked})


def _say(line: object) -> None:
    # Who is gone does not read: the broken pipe ends this process as well.
    sys.stdout.buffer.write(msgspec.json.encode(line) + b"\n")
    sys.stdout.buffer.flush()


def main() -> None:
    os.nice(10)  # an auditor can wait, desks and devices cannot
    report = asyncio.run(check(read_settings(sys.stdin.buffer.read())))
    _say({"report": report})


if __name__ == "__main__":
    main()
