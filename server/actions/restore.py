"""Makes a centre of a backup again, in a new epoch; and moves a centre to another database, in the same epoch.

Laws: a backup is checked to its last byte before anything is touched. The database it goes into must be empty. What
devices did after the backup is on the devices: the new epoch is what makes them send it again. Everything restored
lies in a verified backup, so it counts as durable if that one is at a second place.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from server.actions.backup_as_now import database_as_now
from server.actions.backup_set import (
    BLOB_LIST,
    BLOBS,
    DATABASE,
    BackupUnusable,
    Manifest,
    hash_file,
    read_manifest,
    sync_folder,
)
from server.actions.change_epoch import RESTORED, change_epoch
from server.actions.recount import recount
from server.actions.verify import VerifyReport, verify
from server.credentials import Secrets
from server.storage.address import sqlite_path
from server.storage.blobs import BlobDamaged, BlobMissing, Blobs, LocalBlobs
from server.storage.database_file import copy_sqlite
from server.storage.errors import StorageError
from server.storage.migrate import migrate
from server.storage.open import open_database
from server.storage.prepare import is_empty
from server.storage.sealing import Sealing
from server.storage.sql_store import SqlStore
from server.storage.table_copy import copy_tables, count_rows
from server.storage.unit_of_work import Database, Snapshot
from sync.central.policies import Policies


class TargetNotEmpty(Exception):
    """The database that should be written holds something already."""


@dataclass(frozen=True)
class RestoreTarget:
    """Where the centre comes to be again. The key is for an encrypted SQLite file, of the backup and of the target."""

    url: str
    key: bytes | None
    blobs: Blobs
    secrets: Secrets
    sealing: Sealing
    policies: Policies


@dataclass(frozen=True)
class RestoreReport:
    manifest: Manifest
    epoch: str
    objects: int
    objects_missing: tuple[str, ...]


def _say_nothing(stage: str) -> None:
    pass


async def check_backup(
    folder: Path,
    *,
    secrets: Secrets,
    sealing: Sealing,
    policies: Policies,
    key: bytes | None,
    on_stage: Callable[[str], None] = _say_nothing,
) -> Manifest:
    """Reads every byte of a backup. Raises BackupUnusable with the reason."""
    manifest = await asyncio.to_thread(read_manifest, folder, secrets)
    on_stage("hashes")
    for name, told in ((DATABASE, manifest.database), (BLOB_LIST, manifest.blob_list)):
        found = await asyncio.to_thread(hash_file, folder / name)
        if found.size != told.size:
            raise BackupUnusable(f"{name} has {found.size} bytes of {told.size}: it was cut or is not whole")
        if found != told:
            raise BackupUnusable(f"{name} was altered: its hash is another")
    on_stage("files")
    await _check_objects(folder, sealing)
    on_stage("verify")
    try:
        async with database_as_now(folder / DATABASE, manifest.schema_version, key) as file:
            rows, report = await _read_whole(file, key, sealing, policies)
    except StorageError as error:
        raise BackupUnusable(f"{DATABASE} cannot be opened: {error}") from None
    # A table that came after the backup is made of the others.
    if {name: rows.get(name) for name in manifest.rows} != manifest.rows:
        raise BackupUnusable(f"{DATABASE} does not hold the rows that were counted")
    if not report.is_whole:
        raise BackupUnusable(f"{DATABASE}: {report.findings.count} findings, first {report.findings.found[0].code}")
    return manifest


async def _read_whole(
    file: Path, key: bytes | None, sealing: Sealing, policies: Policies
) -> tuple[dict[str, int], VerifyReport]:
    copy = await open_database(f"sqlite:///{file}", sqlite_key=key, read_connections=1)
    try:
        async with copy.read() as snapshot:
            rows = await count_rows(snapshot)
        return rows, await verify(copy, sealing, policies, blobs=None)
    finally:
        await copy.close()


async def _check_objects(folder: Path, sealing: Sealing) -> None:
    objects = await asyncio.to_thread(LocalBlobs, folder.parent / BLOBS, sealing)
    for key, sha256 in await asyncio.to_thread(_listed, folder):
        try:
            await objects.get(key, sha256)
        except (BlobMissing, BlobDamaged) as error:
            raise BackupUnusable(f"the file {key} is {type(error).__name__.removeprefix('Blob').lower()}") from None


def _listed(folder: Path) -> list[tuple[str, str]]:
    lines = (folder / BLOB_LIST).read_text(encoding="ascii").splitlines()
    return [(key, sha256) for key, sha256, _ in (line.split("\t") for line in lines)]


async def restore(
    folder: Path,
    target: RestoreTarget,
    *,
    now_ms: int,
    randomness: Callable[[int], bytes],
    on_stage: Callable[[str], None] = _say_nothing,
) -> RestoreReport:
    """Raises BackupUnusable or TargetNotEmpty before anything is written."""
    manifest = await check_backup(
        folder,
        secrets=target.secrets,
        sealing=target.sealing,
        policies=target.policies,
        key=target.key,
        on_stage=on_stage,
    )
    if not await is_empty(target.url, sqlite_key=target.key):
        raise TargetNotEmpty("the database is not empty: take a new one, and keep the old until devices are level")
    on_stage("objects")
    objects = await asyncio.to_thread(LocalBlobs, folder.parent / BLOBS, target.sealing)
    listed = await asyncio.to_thread(_listed, folder)
    for key, sha256 in listed:
        if not await target.blobs.exists(key):
            await target.blobs.put(key, await objects.get(key, sha256))
    on_stage("database")
    async with database_as_now(folder / DATABASE, manifest.schema_version, target.key) as file:
        await _put_database(file, target.url, target.key, now_ms)
    database = await open_database(target.url, sqlite_key=target.key, read_connections=1)
    try:
        await recount(database)
        store = SqlStore(database, target.sealing)
        epoch = await change_epoch(store, manifest.epoch, RESTORED, now_ms=now_ms, randomness=randomness)
        if manifest.second_place:
            await _mark_all_durable(database)
    finally:
        await database.close()
    return RestoreReport(manifest, epoch, len(listed), tuple(manifest.blobs_missing))


async def _mark_all_durable(database: Database) -> None:
    async with database.write() as tx:
        await tx.execute("UPDATE chains SET durable_upto = last_seq")


async def _put_database(source: Path, url: str, key: bytes | None, now_ms: int) -> None:
    path = sqlite_path(url)
    if path is None:
        await copy_database(f"sqlite:///{source}", url, source_key=key, target_key=None, now_ms=now_ms)
        return
    await asyncio.to_thread(_put_file, source, Path(path), key)


def _put_file(source: Path, path: Path, key: bytes | None) -> None:
    """Under its name only when it is whole; a log that lies beside an emptied name is not this database's."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".restoring")
    part.unlink(missing_ok=True)
    copy_sqlite(source, part, key)
    for left in ("-wal", "-shm"):
        path.with_name(path.name + left).unlink(missing_ok=True)
    os.replace(part, path)
    sync_folder(path.parent)


async def copy_database(
    source_url: str, target_url: str, *, source_key: bytes | None, target_key: bytes | None, now_ms: int
) -> dict[str, int]:
    """Every table into an empty database, of either engine; table → rows. The epoch stays. Raises TargetNotEmpty."""
    if not await is_empty(target_url, sqlite_key=target_key):
        raise TargetNotEmpty("the database to move to is not empty")
    await migrate(target_url, now_ms=now_ms, sqlite_key=target_key)
    source = await open_database(source_url, sqlite_key=source_key, read_connections=1)
    try:
        async with source.read() as snapshot:
            counts = await _copy_into(snapshot, target_url, target_key)
    finally:
        await source.close()
    return counts


async def _copy_into(snapshot: Snapshot, url: str, key: bytes | None) -> dict[str, int]:
    target = await open_database(url, sqlite_key=key, read_connections=1)
    try:
        async with target.write() as tx:
            counts = await copy_tables(snapshot, tx, target.engine)
        async with target.read() as after:
            assert await count_rows(after) == counts, "what was copied is there"
    finally:
        await target.close()
    return counts
