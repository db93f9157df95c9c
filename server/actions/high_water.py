"""Notices at start that the database is an old copy: a file outside it tells the last change that was seen in it.

Laws: the file names one row of the log by its position and link. A database that lacks that row, or holds another
there, is not the one that was served last: its history was cut, and it begins a new epoch before it answers anybody.
The file may lag behind the database, never run ahead of it: it is written from what was committed.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import msgspec

from server.actions.change_epoch import HIGH_WATER, change_epoch
from server.storage.store import Store
from server.storage.unit_of_work import Database

FILE = "high-water.json"


class HighWater(msgspec.Struct, frozen=True):
    """The newest change in the log when the file was written. `link` is hex."""

    epoch: str
    position: int
    link: str


_NEWEST = "SELECT position, link FROM changes ORDER BY position DESC LIMIT 1"


async def read_high_water(database: Database) -> HighWater | None:
    """As the database has it now; None while its log is empty."""
    async with database.read() as snapshot:
        [[epoch], newest] = await snapshot.fetch_each([("SELECT epoch FROM centre WHERE id = 1", ()), (_NEWEST, ())])
    return HighWater(epoch[0], newest[0][0], bytes(newest[0][1]).hex()) if newest else None


def keep_high_water(folder: Path, mark: HighWater) -> None:
    """Replaces the file; the old one stays until the new one is whole."""
    folder.mkdir(parents=True, exist_ok=True)
    part = folder / f"{FILE}.part"
    with part.open("wb") as file:
        file.write(msgspec.json.encode(mark))
        file.flush()
        os.fsync(file.fileno())
    part.replace(folder / FILE)


def kept_high_water(folder: Path) -> HighWater | None:
    """What the file says; None when there is none or it cannot be read."""
    try:
        return msgspec.json.decode((folder / FILE).read_bytes(), type=HighWater)
    except (OSError, msgspec.MsgspecError):
        return None


async def check_high_water(
    database: Database, store: Store, folder: Path, *, now_ms: int, randomness: Callable[[int], bytes]
) -> bool:
    """At start, before anybody is answered. Whether the history was found cut, and a new one begun."""
    mark = kept_high_water(folder)
    if mark is None:
        return False
    async with database.read() as snapshot:
        row = await snapshot.fetch_one("SELECT link FROM changes WHERE position = ?", [mark.position])
        centre = await snapshot.fetch_one("SELECT epoch FROM centre WHERE id = 1")
    assert centre is not None, "the centre was founded before"
    if row is not None and bytes(row[0]).hex() == mark.link:
        return False
    await change_epoch(store, centre[0], HIGH_WATER, now_ms=now_ms, randomness=randomness, known=mark.epoch)
    return True
