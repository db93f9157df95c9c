"""Makes a backup and proves it: a database file of its own, every file's object, and a manifest written last.

    back_up
    ├── copy the database    SQLite: its online backup; PostgreSQL: one snapshot into a new SQLite file
    ├── copy the objects     those the folder does not have yet, each hashed on the way
    ├── open the copy        verify it as a centre is verified, count its rows
    ├── manifest, rename     only now it is a backup
    └── mark durable, prune  only after that; the newest verified ones are kept

Laws: the folder is named `.unfinished` until all of it was synced and verified. An old backup goes only after a newer
one was proved. What lies inside the centre's own data folder is a backup, but no second place: nothing is called
durable for its sake.
"""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import msgspec

from server.actions.backup_set import (
    BLOB_LIST,
    BLOBS,
    DATABASE,
    PREFIX,
    UNFINISHED,
    ChainPosition,
    Manifest,
    backups_in,
    folder_name,
    hash_file,
    read_manifest,
    sync_folder,
    write_durably,
    write_manifest,
)
from server.actions.mark_durable import mark_by
from server.actions.verify import VerifyReport, verify
from server.credentials import Secrets
from server.storage.blobs import BlobDamaged, BlobMissing, Blobs, LocalBlobs
from server.storage.database_file import copy_sqlite
from server.storage.migrate import migrate
from server.storage.open import open_database
from server.storage.sealing import SEAL_BYTES, Sealing
from server.storage.table_copy import copy_tables, count_rows
from server.storage.unit_of_work import Database, Engine, Snapshot
from sync.central.policies import Policies

KEEP = 7


class BackupFailed(Exception):
    """The copy is not whole: what is wrong with it. Older backups are untouched."""


@dataclass(frozen=True)
class BackupSource:
    """The centre to be backed up. `path` and `key` of the SQLite file; None for a server."""

    database: Database
    path: Path | None
    key: bytes | None
    blobs: Blobs
    secrets: Secrets
    sealing: Sealing
    policies: Policies
    data_folder: Path


@dataclass(frozen=True)
class BackupReport:
    folder: Path
    manifest: Manifest
    verified: VerifyReport
    marked: int
    pruned: tuple[Path, ...]


def _say_nothing(stage: str) -> None:
    pass


async def back_up(
    source: BackupSource,
    to: Path,
    *,
    now_ms: Callable[[], int],
    keep: int = KEEP,
    on_stage: Callable[[str], None] = _say_nothing,
) -> BackupReport:
    """A new backup in the folder `to`. Raises BackupFailed, or StorageError and OSError where the disk fails."""
    assert keep >= 1, "the backup that was just made is kept"
    made_at = now_ms()
    folder = to / folder_name(made_at)
    part = folder.with_name(folder.name + UNFINISHED)
    await asyncio.to_thread(_start, to, part)
    try:
        on_stage("database")
        await _copy_database(source, part / DATABASE, made_at)
        manifest, verified = await _prove(source, to, part, made_at, on_stage)
        manifest = msgspec.structs.replace(manifest, verified_at=now_ms())
        await asyncio.to_thread(_finish, part, folder, manifest, source.secrets)
    except BaseException:
        await asyncio.to_thread(shutil.rmtree, part, True)
        raise
    marked = await mark_by(source.database, manifest) if manifest.second_place else 0
    pruned = await asyncio.to_thread(_prune, to, keep, source.secrets)
    return BackupReport(folder, manifest, verified, marked, pruned)


def is_second_place(folder: Path, data_folder: Path) -> bool:
    """Whether a backup there survives the loss of the data folder."""
    return not folder.resolve().is_relative_to(data_folder.resolve())


def _start(to: Path, part: Path) -> None:
    """What earlier tries left unfinished is no backup and goes."""
    to.mkdir(parents=True, exist_ok=True)
    for left in to.glob(f"{PREFIX}*{UNFINISHED}"):
        shutil.rmtree(left, ignore_errors=True)
    part.mkdir(mode=0o700)


async def _copy_database(source: BackupSource, path: Path, now_ms: int) -> None:
    if source.path is not None:
        await asyncio.to_thread(copy_sqlite, source.path, path, source.key)
        return
    url = f"sqlite:///{path}"
    await migrate(url, now_ms=now_ms)
    copy = await open_database(url, read_connections=1)
    try:
        async with source.database.read() as snapshot, copy.write() as tx:
            await copy_tables(snapshot, tx, Engine.SQLITE)
    finally:
        await copy.close()


async def _prove(
    source: BackupSource, to: Path, part: Path, made_at: int, on_stage: Callable[[str], None]
) -> tuple[Manifest, VerifyReport]:
    """Opens the copy and looks at everything in it."""
    copy = await open_database(f"sqlite:///{part / DATABASE}", sqlite_key=source.key, read_connections=1)
    try:
        async with copy.read() as snapshot:
            damage = await snapshot.fetch("PRAGMA integrity_check")
            if damage != [("ok",)]:
                raise BackupFailed(f"the copied database is damaged: {damage[0][0]}")
            if await snapshot.fetch("PRAGMA foreign_key_check"):
                raise BackupFailed("rows of the copied database point to rows that are not there")
            rows = await count_rows(snapshot)
            objects = await _objects(snapshot)
            facts = await _facts(snapshot)
        on_stage("files")
        missing = await _copy_objects(source, to / BLOBS, objects)
        on_stage("verify")
        verified = await verify(copy, source.sealing, source.policies, blobs=None)
    finally:
        await copy.close()
    if not verified.is_whole:
        first = verified.findings.found[0]
        raise BackupFailed(f"{verified.findings.count} findings, the first: {first.code} {first.where} {first.detail}")
    listed = "".join(f"{key}\t{sha256}\t{size}\n" for key, sha256, size in objects if key not in missing)
    await asyncio.to_thread(write_durably, part / BLOB_LIST, listed.encode())
    epoch, block, schema, position, chains = facts
    return Manifest(
        made_at=made_at,
        verified_at=0,
        second_place=is_second_place(to, source.data_folder),
        engine=source.database.engine.value,
        schema_version=schema,
        epoch=epoch,
        epoch_block=block,
        database=await asyncio.to_thread(hash_file, part / DATABASE),
        blob_list=await asyncio.to_thread(hash_file, part / BLOB_LIST),
        blobs=len(objects) - len(missing),
        blobs_missing=sorted(missing),
        rows=rows,
        chains=chains,
        log_position=position,
    ), verified


async def _facts(snapshot: Snapshot) -> tuple[str, int, int, int, list[ChainPosition]]:
    centre, schema, newest, chains = await snapshot.fetch_each(
        [
            ("SELECT epoch, epoch_block FROM centre WHERE id = 1", ()),
            ("SELECT max(version) FROM schema_version", ()),
            ("SELECT coalesce(max(position), 0) FROM changes", ()),
            ("SELECT device, chain_epoch, last_seq FROM chains ORDER BY device, chain_epoch", ()),
        ]
    )
    return *centre[0], schema[0][0], newest[0][0], [ChainPosition(*row) for row in chains]


async def _objects(snapshot: Snapshot) -> list[tuple[str, str, int]]:
    """Key, sha256 and size of the originals. Renditions are made again from them."""
    rows = await snapshot.fetch("SELECT object, sha256, size FROM blobs WHERE damaged_at = 0 ORDER BY object")
    return [(key, sha256, size) for key, sha256, size in rows]


async def _copy_objects(source: BackupSource, folder: Path, objects: list[tuple[str, str, int]]) -> set[str]:
    """Copies what the folder lacks, hashed as it is read and durable when it is there; the keys that are gone."""
    target = await asyncio.to_thread(LocalBlobs, folder, source.sealing)
    missing: set[str] = set()
    for key, sha256, size in objects:
        there = folder / "objects" / key
        with suppress(FileNotFoundError):
            if (await asyncio.to_thread(os.stat, there)).st_size == size + SEAL_BYTES:
                continue
        try:
            await target.put(key, await source.blobs.get(key, sha256))
        except (BlobMissing, BlobDamaged):
            missing.add(key)
    return missing


def _finish(part: Path, folder: Path, manifest: Manifest, secrets: Secrets) -> None:
    for left in ("-wal", "-shm"):
        (part / (DATABASE + left)).unlink(missing_ok=True)
    write_manifest(part, manifest, secrets)
    sync_folder(part)
    part.rename(folder)
    sync_folder(folder.parent)


def _prune(to: Path, keep: int, secrets: Secrets) -> tuple[Path, ...]:
    """Removes the oldest beyond `keep`, and the objects that only they had."""
    kept, gone = backups_in(to)[-keep:], backups_in(to)[:-keep]
    if not gone:
        return ()
    needed = {line.split("\t")[0] for one in kept for line in (one / BLOB_LIST).read_text().splitlines()}
    for one in kept:
        read_manifest(one, secrets)  # one that cannot be read might be all there is: then nothing goes
    for one in gone:
        shutil.rmtree(one)
    objects = to / BLOBS / "objects"
    for path in objects.glob("*/*"):
        if f"{path.parent.name}/{path.name}" not in needed:
            path.unlink()
    return tuple(gone)
