"""`bangban migrate`: brings a database to this version's schema, with a copy made before."""

from __future__ import annotations

import time

from server.centre import sqlite_key_of
from server.cli.centre import DatabaseOption, DataOption, run, settings_with
from server.cli.terminal import terminal
from server.storage.migrate import migrate as run_migrations


def migrate(database: DatabaseOption = None, data: DataOption = None) -> None:
    """Bring a database to this version's schema. Stop the server first; nothing is done when nothing is waiting."""
    settings = settings_with(database, data)
    console = terminal()
    report = run(
        run_migrations(
            settings.database,
            now_ms=time.time_ns() // 1_000_000,
            sqlite_key=sqlite_key_of(settings),
            on_step=lambda step: console.print(step, style="dim", highlight=False),
        )
    )
    done = ", ".join(report.applied) or "nothing was waiting"
    console.print(f"schema version {report.version}: {done}")
    if report.backup is not None:
        console.print(f"the database as it was before: {report.backup}")
