"""Opens a centre: what every command, the server and the tests stand on. Plain calls, from settings to a write path.

open_centre     secrets → database → sealing → store → policies
open_writer     the write path of the centre's engine
platform_of     both together, as desks, supervisors and the schedule work with them
"""

from __future__ import annotations

import os
import random
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from agent_api.logs import logger
from server.actions.backup import BackupSource
from server.actions.platform import Platform
from server.actions.restore import RestoreTarget
from server.clock import MachineClock
from server.credentials import Secrets
from server.merge_policies import policies_of
from server.settings import Settings
from server.storage.address import sqlite_path
from server.storage.blobs import open_blobs
from server.storage.errors import StorageError
from server.storage.master_secret import make_secret, read_secret, sealing_of
from server.storage.migrate import migrate
from server.storage.open import open_database
from server.storage.prepare import is_empty, is_founded
from server.storage.sealing import Sealing
from server.storage.sql_store import SqlStore, found_centre
from server.storage.unit_of_work import Database, Engine
from server.write import WriteContext, Writer
from server.write_parallel import ParallelWriter
from server.write_queue import WriteQueue
from server.write_steps import Steps
from sync.central.policies import Policies
from sync.core.clock import Clock
from sync.core.ids import timed_id

EXIT_DISK_FAILURE = 74


@dataclass(frozen=True)
class Centre:
    """What a centre stands on, opened and checked."""

    settings: Settings
    sqlite_key: bytes | None = field(repr=False)
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
    key = sqlite_key_of(settings)
    if new and await is_empty(settings.database, sqlite_key=key):
        await make_database(settings, key, now_ms=clock.wall_ms())
    database = await open_database(settings.database, sqlite_key=key, read_connections=settings.read_connections)
    try:
        if new and not await is_founded(database):
            # Before the centre is: one whose secret was never written could not be used at all.
            make_secret(settings.master_secret_file, randomness)
        secrets = Secrets(read_secret(settings.master_secret_file))
        sealing = sealing_of(secrets, settings.cipher, randomness)
        await found_centre(database, timed_id(clock.wall_ms(), randomness(10)), clock.wall_ms())
        yield Centre(
            settings=settings,
            sqlite_key=key,
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


def backup_source(centre: Centre) -> BackupSource:
    """The centre as a backup wants it."""
    path = sqlite_path(centre.settings.database)
    return BackupSource(
        database=centre.database,
        path=Path(path) if path is not None else None,
        key=centre.sqlite_key,
        blobs=open_blobs(centre.settings.blobs, centre.sealing),
        secrets=centre.secrets,
        sealing=centre.sealing,
        policies=centre.policies,
        data_folder=centre.settings.data_folder,
    )


def restore_target(settings: Settings, randomness: Callable[[int], bytes] = os.urandom) -> RestoreTarget:
    """Where a centre comes to be again. Raises SecretUnusable: a backup opens only with the secret it was made with."""
    secrets = Secrets(read_secret(settings.master_secret_file))
    sealing = sealing_of(secrets, settings.cipher, randomness)
    return RestoreTarget(
        url=settings.database,
        key=sqlite_key_of(settings),
        blobs=open_blobs(settings.blobs, sealing),
        secrets=secrets,
        sealing=sealing,
        policies=policies_of(sealing.keyed_index),
    )


def sqlite_key_of(settings: Settings) -> bytes | None:
    """The key of an encrypted database file, when one is set."""
    return read_secret(settings.database_key_file) if settings.database_key_file is not None else None


async def make_database(settings: Settings, sqlite_key: bytes | None, *, now_ms: int) -> None:
    """The tables of an empty database. An older schema is left to `bangban migrate`."""
    path = sqlite_path(settings.database)
    if path is not None:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
    await migrate(settings.database, now_ms=now_ms, sqlite_key=sqlite_key)


@asynccontextmanager
async def open_writer(centre: Centre, raised: Callable[[frozenset[str]], None]) -> AsyncIterator[Writer]:
    """The write path of the centre's engine. `raised` hears which buckets have news."""
    steps = Steps(centre.clock, centre.randomness)
    context = WriteContext(store=centre.store, policies=centre.policies, steps=steps)
    if centre.database.engine is Engine.SQLITE:
        writer: WriteQueue | ParallelWriter = WriteQueue(context, raised=raised, end_process=_end_process)
    else:
        writer = ParallelWriter(
            context,
            raised=raised,
            end_process=_end_process,
            jitter=random.random,
            writers=centre.settings.read_connections,
        )
    try:
        yield writer
    finally:
        await writer.close()


def platform_of(centre: Centre, writer: Writer) -> Platform:
    """The centre as desks, supervisors and the schedule work with it."""
    return Platform(
        database=centre.database,
        store=centre.store,
        writer=writer,
        policies=centre.policies,
        sealing=centre.sealing,
        clock=centre.clock,
        randomness=centre.randomness,
    )


def _end_process(error: StorageError) -> None:
    """After a disk failure nothing may be synced again: whoever started the process starts it anew."""
    logger().error("disk_failure", exc_info=error)
    sys.stdout.flush()
    os._exit(EXIT_DISK_FAILURE)
