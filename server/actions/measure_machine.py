"""Measures how the machine stands, for whoever runs it: database, backups, schedule, storage, processes, brakes.

Law: it tells numbers, names of jobs and folders, and nothing of what is in the records.
"""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from server.actions.backup_set import Manifest, backups_in, newest_verified
from server.actions.note_unmasking import HOUR_MS, VERB
from server.actions.platform import Platform
from server.actions.tell_process import SILENT_AFTER_MS, ThisProcess
from server.credentials import Secrets
from server.domain.supervision.machine import Light, backup_light, disk_light, job_light, overall
from server.storage.errors import StorageError
from server.storage.job_runs import JobRun, job_runs
from server.storage.processes import ProcessRow, processes
from server.storage.unit_of_work import Engine, Snapshot

_SIZE = {
    Engine.SQLITE: "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()",
    Engine.POSTGRES: "SELECT pg_database_size(current_database())",
}
_FILES = "SELECT count(*), CAST(coalesce(sum(size), 0) AS BIGINT) FROM blobs"
_UNMASKED = "SELECT count(*), count(DISTINCT account) FROM account_events WHERE verb = ? AND at > ?"


@dataclass(frozen=True)
class Machine:
    """Where the centre stands. `second_place`: where backups go; `backup_hours`: how often, 0 by hand; `process`: the
    one that measures.
    """

    data_folder: Path
    second_place: Path
    backup_hours: int
    workers: int
    process: ThisProcess


@dataclass(frozen=True, kw_only=True)
class JobState:
    run: JobRun
    light: Light


@dataclass(frozen=True, kw_only=True)
class ProcessState:
    """`here`: it is the one that measured. `silent`: it did not tell for a while, and may have been killed."""

    row: ProcessRow
    here: bool
    silent: bool


@dataclass(frozen=True, kw_only=True)
class Backups:
    """`age_s`: since the newest that was verified at a second place, as the health page counts; None: there is none."""

    light: Light
    newest: Manifest | None
    age_s: int | None
    kept: int
    folder: str


@dataclass(frozen=True, kw_only=True)
class MachineState:
    """Bytes are whole numbers. `processes`: all that there are, the longest running first. `unmasked`: views and
    accounts in an hour.
    """

    light: Light
    database: Light
    engine: str
    schema: int
    database_bytes: int
    backups: Backups
    jobs: tuple[JobState, ...]
    schedule: Light
    disk: Light
    disk_free: int
    disk_total: int
    files: int
    files_bytes: int
    workers: int
    processes: tuple[ProcessState, ...]
    unmasked: tuple[int, int]


async def measure_machine(platform: Platform, secrets: Secrets, machine: Machine) -> MachineState:
    now, database = platform.clock.wall_ms(), platform.database
    state = Light.GREEN if database.disk_failure is None else Light.RED
    schema, size, files, files_bytes, unmasked, runs = 0, 0, 0, 0, (0, 0), list[JobRun]()
    told = list[ProcessRow]()
    try:
        async with database.read() as snapshot:
            schema, size = (
                await _number(snapshot, "SELECT max(version) FROM schema_version"),
                await _number(snapshot, _SIZE[database.engine]),
            )
            [(files, files_bytes)] = await snapshot.fetch(_FILES)
            [unmasked] = await snapshot.fetch(_UNMASKED, [VERB, now - HOUR_MS])
            runs, told = await job_runs(snapshot), await processes(snapshot)
    except StorageError:
        state = Light.RED
    backups = await asyncio.to_thread(_backups, machine, secrets, now)
    free = await asyncio.to_thread(_disk, machine.data_folder)
    jobs = tuple(
        JobState(
            run=one,
            light=job_light(failures=one.failures, next_at=one.next_at, every_ms=one.every_ms, now_ms=now),
        )
        for one in runs
    )
    schedule, disk = overall(*(one.light for one in jobs)), disk_light(*free)
    return MachineState(
        light=overall(state, backups.light, schedule, disk),
        database=state,
        engine=database.engine.value,
        schema=schema,
        database_bytes=size,
        backups=backups,
        jobs=jobs,
        schedule=schedule,
        disk=disk,
        disk_free=free[0],
        disk_total=free[1],
        files=files,
        files_bytes=files_bytes,
        workers=machine.workers,
        processes=_processes(machine.process.row(), told, now),
        unmasked=(unmasked[0], unmasked[1]),
    )


def _processes(own: ProcessRow, told: Sequence[ProcessRow], now: int) -> tuple[ProcessState, ...]:
    """Of the one that measures its numbers now, of the others what they told last."""
    rows = sorted([own, *(one for one in told if one.id != own.id)], key=lambda one: (one.started_at, one.id))
    return tuple(
        ProcessState(row=one, here=one.id == own.id, silent=now - one.seen_at > SILENT_AFTER_MS) for one in rows
    )


async def _number(snapshot: Snapshot, sql: str) -> int:
    row = await snapshot.fetch_one(sql)
    return int(row[0] or 0) if row else 0


def _backups(machine: Machine, secrets: Secrets, now: int) -> Backups:
    newest = newest_verified(machine.second_place, secrets)
    age = (now - newest.verified_at) // 1000 if newest is not None and newest.second_place else None
    return Backups(
        light=backup_light(age, machine.backup_hours),
        newest=newest,
        age_s=age,
        kept=len(backups_in(machine.second_place)),
        folder=str(machine.second_place),
    )


def _disk(folder: Path) -> tuple[int, int]:
    """Of the nearest folder above that is there: the data folder is made with the first file in it."""
    there = next(one for one in (folder, *folder.absolute().parents) if one.exists())
    usage = shutil.disk_usage(there)
    return usage.free, usage.total
