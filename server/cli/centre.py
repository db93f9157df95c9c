"""What the commands that run a centre share: where its database and data lie, how they run, and how they say no."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Coroutine
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any, NoReturn, TypeVar

import typer

from server.actions.refusals import ActionRefused
from server.actions.sign_in import StaffDoor
from server.centre import Centre
from server.passwords import Passwords
from server.settings import SettingInvalid, Settings, settings_from
from server.storage.errors import (
    DatabaseAbsent,
    DiskFailure,
    SchemaBehind,
    StorageError,
    StorageFull,
    TryAgain,
    Unreachable,
    UnsafeStorage,
    WrongKey,
)
from server.storage.master_secret import SecretUnusable

T = TypeVar("T")

DatabaseOption = Annotated[
    str | None, typer.Option("--database", help="sqlite:///folder/file.db or postgres://user@host:port/name")
]
DataOption = Annotated[
    Path | None, typer.Option("--data", help="The folder for everything that is not in the database.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="For a program: one JSON document.")]
_WHERE = "look at --data and --database, at BANGBAN_SETTINGS, and at the folder you are in"
_NEXT: tuple[tuple[type[Exception], str], ...] = (
    (DatabaseAbsent, f"{_WHERE}; `bangban serve` begins a new centre. 请核对数据目录和数据库地址"),
    (SchemaBehind, "stop the server, then run `bangban migrate`. 请停止服务后升级数据库"),
    (WrongKey, f"{_WHERE}, and at database_key_file. 请核对数据库文件和密钥"),
    (UnsafeStorage, f"{_WHERE}: whether it is there and yours to write. 请核对目录是否存在、是否可写"),
    (
        Unreachable,
        "look whether PostgreSQL runs, and at --database. 请核对数据库是否在运行、地址是否正确",
    ),
    (TryAgain, "run it again. 请再试一次"),
    (DiskFailure, "look at the disk: whether it is full, and whether it fails. 请检查磁盘是否已满或损坏"),
    (StorageFull, "make room on the disk, then run it again. 请腾出磁盘空间后再试"),
)
"""What to do about what storage says no with: the first that fits."""
ACTOR = "operator"
"""Who acts when a command does: whoever may run it on this machine."""


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
        "outbound_folder": data / "outbound",
    }
    return replace(
        settings, **{name: value for name, value in moved.items() if getattr(settings, name) == getattr(fresh, name)}
    )


def run(work: Coroutine[Any, Any, T], *refusals: type[Exception]) -> T:
    """Runs a command's work. `refusals` are what it may say no with; what storage and secrets say is always told."""
    try:
        return asyncio.run(work)
    except Exception as error:
        if not isinstance(error, (StorageError, SecretUnusable, ActionRefused, *refusals)):
            raise
        fail(said(error))


def said(error: Exception) -> str:
    """What is wrong, and what to do about it."""
    hint = next((words for kind, words in _NEXT if isinstance(error, kind)), "")
    return f"{error}\n{hint}" if hint else str(error)


def staff_door(centre: Centre) -> StaffDoor:
    """The centre as signing in works with it."""
    now, randomness = centre.clock.wall_ms, centre.randomness
    return StaffDoor(centre.database, centre.secrets, centre.sealing, Passwords(), now, randomness)


def fail(message: str, code: int = 1) -> NoReturn:
    """Says what is wrong, without a trace, and ends."""
    print(message, file=sys.stderr)
    raise typer.Exit(code)
