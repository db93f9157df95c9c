"""What the commands that run a centre share: where its database and data lie, and how they say no."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from server.settings import SettingInvalid, Settings, settings_from

DatabaseOption = Annotated[
    str | None, typer.Option("--database", help="sqlite:///folder/file.db or postgres://user@host:port/name")
]
DataOption = Annotated[
    Path | None, typer.Option("--data", help="The folder for everything that is not in the database.")
]


def settings_with(database: str | None, data: Path | None) -> Settings:
    """The settings of file and environment; what the command line says wins."""
    try:
        settings = settings_from()
    except SettingInvalid as error:
        fail(str(error))
    if data is not None:
        settings = in_folder(settings, data)
    return replace(settings, database=database) if database is not None else settings


def in_folder(settings: Settings, data: Path) -> Settings:
    """Everything that lies in the data folder by default lies in this one; what was set elsewhere stays there."""
    fresh = Settings()
    moved: dict[str, Any] = {
        "data_folder": data,
        "database": f"sqlite:///{data}/bangban.db",
        "master_secret_file": data / "keys" / "master",
        "blobs": f"file://{data}/blobs",
        "backup_folder": data / "backups",
    }
    return replace(
        settings, **{name: value for name, value in moved.items() if getattr(settings, name) == getattr(fresh, name)}
    )


def fail(message: str, code: int = 1) -> NoReturn:
    """Says what is wrong, without a trace, and ends."""
    print(message, file=sys.stderr)
    raise typer.Exit(code)
