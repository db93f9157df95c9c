"""The composition root: the only module that knows all others. Plain calls, from settings to a server.

open_centre     secrets → database → sealing → store → policies: what every command works on
create_server   a centre with its write path, exchange, files and API, as an app that starts and stops them
serve           that app in one process or several
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from server.clock import MachineClock
from server.credentials import Secrets
from server.merge_policies import policies_of
from server.settings import Settings
from server.storage.master_secret import make_secret, read_secret, sealing_of
from server.storage.migrate import migrate
from server.storage.open import open_database, sqlite_path
from server.storage.prepare import is_empty
from server.storage.sealing import Sealing
from server.storage.sql_store import SqlStore, found_centre
from server.storage.unit_of_work import Database
from sync.central.policies import Policies
from sync.core.clock import Clock
from sync.core.ids import timed_id


@dataclass(frozen=True)
class Centre:
    """What a centre stands on, opened and checked."""

    settings: Settings
    database: Database
    secrets: Secrets
    sealing: Sealing
    store: SqlStore
    policies: Policies
    clock: Clock
    randomness: Callable[[int], bytes]


@asynccontextmanager
async def open_centre(
    settings: Settings,
    *,
    new: bool = False,
    clock: Clock | None = None,
    randomness: Callable[[int], bytes] = os.urandom,
) -> AsyncIterator[Centre]:
    """An open centre. `new`: a database without tables is made into one, with its secret. Raises StorageError or
    SecretUnusable.
    """
    clock = clock or MachineClock()
    key = read_secret(settings.database_key_file) if settings.database_key_file is not None else None
    if new and await is_empty(settings.database, sqlite_key=key):
        # The secret first: a database whose secret was never written could not be used at all.
        make_secret(settings.master_secret_file, randomness)
        await make_database(settings, key, now_ms=clock.wall_ms())
    secrets = Secrets(read_secret(settings.master_secret_file))
    sealing = sealing_of(secrets, settings.cipher, randomness)
    database = await open_database(settings.database, sqlite_key=key, read_connections=settings.read_connections)
    try:
        await found_centre(database, timed_id(clock.wall_ms(), randomness(10)), clock.wall_ms())
        yield Centre(
            settings=settings,
            database=database,
            secrets=secrets,
            sealing=sealing,
            store=SqlStore(database, sealing),
            policies=policies_of(sealing.keyed_index),
            clock=clock,
            randomness=randomness,
        )
    finally:
        await database.close()


async def make_database(settings: Settings, sqlite_key: bytes | None, *, now_ms: int) -> None:
    """The tables of an empty database. An older schema is left to `bangban migrate`."""
    path = sqlite_path(settings.database)
    if path is not None:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
    await migrate(settings.database, now_ms=now_ms, sqlite_key=sqlite_key)
