"""`bangban serve`: starts the centre and says where it is."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from server.cli.centre import DatabaseOption, DataOption, fail, said, settings_with
from server.clock import EarlierClock
from server.main import serve as run_server
from server.processes import ServeRefused
from server.settings import Settings
from server.storage.errors import StorageError
from server.storage.master_secret import SecretUnusable

READY_FILE = "server.ready"


def serve(
    database: DatabaseOption = None,
    data: DataOption = None,
    host: Annotated[str | None, typer.Option("--host", help="The address to listen on.")] = None,
    port: Annotated[int | None, typer.Option("--port", min=0, max=65535, help="0 takes a free one.")] = None,
    workers: Annotated[int | None, typer.Option("--workers", min=1, max=64, help="More than one: PostgreSQL.")] = None,
    clock_behind: Annotated[
        int, typer.Option("--clock-behind", min=0, hidden=True, help="Milliseconds, for a rehearsal in one process.")
    ] = 0,
) -> None:
    """Start the centre's server. It ends at SIGTERM or Ctrl-C, when what was begun has ended."""
    given = {"host": host, "port": port, "workers": workers}
    settings = replace(settings_with(database, data), **{k: v for k, v in given.items() if v is not None})  # type: ignore[arg-type]
    ready_file = settings.data_folder / READY_FILE
    ready_file.unlink(missing_ok=True)
    try:
        clock = EarlierClock(clock_behind) if clock_behind else None
        run_server(settings, lambda address: _tell_ready(settings, address, ready_file), clock=clock)
    except (ServeRefused, StorageError, SecretUnusable) as error:
        fail(said(error))
    finally:
        ready_file.unlink(missing_ok=True)


def _tell_ready(settings: Settings, address: str, ready_file: Path) -> None:
    """The line on the screen, and the file that programs wait for: written whole or not at all."""
    ready_file.parent.mkdir(parents=True, exist_ok=True)
    part = ready_file.with_suffix(".part")
    part.write_text(json.dumps({"address": address, "pid": os.getpid(), "workers": settings.workers}) + "\n")
    part.replace(ready_file)
    print(f"Bangban serves at {address} (health: {address}/v1/health, API: {address}/v1/docs)", file=sys.stderr)
