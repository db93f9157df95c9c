"""Everything the centre does by itself, on one screen: what, how often, and in which process.

Laws: a job that fails is told and tried again at its next time; it stops nothing else. What one process must do is
done by whichever holds the lock file; the kernel passes it on when that process ends. Every job can be done twice, so
two machines on one database do no harm.
"""

from __future__ import annotations

import asyncio
import fcntl
import os
from collections.abc import Awaitable, Callable, Sequence
from contextlib import nullcontext, suppress
from dataclasses import dataclass, field
from pathlib import Path

from server.actions.draft_bulletins import draft_bulletins
from server.actions.end_what_lapsed import clear_expired, lapse_uncorrected
from server.actions.expire_licences import expire_licences
from server.actions.high_water import keep_high_water, read_high_water
from server.actions.keep_campaigns import end_leases, rebase_claims
from server.actions.keep_no_longer import keep_no_longer
from server.actions.let_items_take_effect import let_items_take_effect
from server.actions.log_heads import read_signed_heads, sign_heads, signing_key
from server.actions.mark_durable import mark_durable
from server.actions.move_parcels import move_parcels
from server.actions.observe_filings import observe_filings
from server.actions.open_overdue import open_overdue
from server.actions.open_reviews import open_reviews
from server.actions.platform import Platform
from server.actions.raise_lights import raise_lights
from server.actions.release_waiting import WaitingWork
from server.actions.sweep_credentials import sweep_credentials
from server.actions.sweep_orphans import sweep_orphans
from server.actions.take_snapshots import take_snapshots
from server.actions.tell_process import TELL_EVERY_S, ThisProcess
from server.actions.tell_province import tell_province
from server.adapters.outside import Outside
from server.adapters.province import outbound_key
from server.backups import BackupKeeper
from server.credentials import Secrets
from server.storage.blobs import Blobs
from server.storage.contacts import FLUSH_EVERY_S, ContactBook
from server.storage.job_runs import FLUSH_EVERY_S as RUNS_EVERY_S
from server.storage.job_runs import RunBook
from server.storage.spool import Spool
from server.storage.unit_of_work import Database
from sync.core.clock import Clock

LOCK_FILE = "schedule.lock"
TICK_S = 1.0


@dataclass(frozen=True)
class Job:
    """`alone`: in one process of the machine only. It runs first after `every_s`, and at the end if `at_end`.
    `looks_far`: it reads much of what there is; of these one runs at a time, or requests would find no connection.
    """

    name: str
    every_s: float
    run: Callable[[], Awaitable[object]]
    alone: bool = True
    at_end: bool = False
    looks_far: bool = False


@dataclass(frozen=True)
class Parts:
    """What the jobs work on. `second_place` is where signed heads and backups are told to go."""

    database: Database
    blobs: Blobs
    spool: Spool
    secrets: Secrets
    contacts: ContactBook
    waiting_work: WaitingWork
    clock: Clock
    data_folder: Path
    second_place: Path
    platform: Platform
    outside: Outside
    backups: BackupKeeper
    process: ThisProcess
    runs: RunBook = field(default_factory=RunBook)


def jobs_of(parts: Parts) -> tuple[Job, ...]:
    """The table of all background jobs. Renditions and wakes run as tasks of their own (server/main.py)."""
    database, now = parts.database, parts.clock.wall_ms
    heads_key = signing_key(parts.secrets)

    async def high_water() -> None:
        mark = await read_high_water(database)
        if mark is not None:
            await asyncio.to_thread(keep_high_water, parts.data_folder, mark)

    async def delete_what_is_old() -> None:
        signed = await asyncio.to_thread(read_signed_heads, parts.second_place, heads_key.public_key())
        await keep_no_longer(parts.platform, signed)

    return (
        Job("last contacts", FLUSH_EVERY_S, parts.contacts.flush, alone=False, at_end=True),
        Job("how jobs went", RUNS_EVERY_S, lambda: parts.runs.flush(database), alone=False, at_end=True),
        Job("how processes stand", TELL_EVERY_S, lambda: parts.process.tell(database), alone=False),
        Job("high water mark", 15, high_water, at_end=True),
        Job(
            "signed log heads",
            60,
            lambda: sign_heads(database, parts.second_place, heads_key, now_ms=now()),
            at_end=True,
        ),
        Job("work that waited for a grant", 10, parts.waiting_work.release),
        Job("items whose day has come", 60, lambda: let_items_take_effect(parts.platform)),
        Job("leases that are over", 60, lambda: end_leases(parts.platform)),
        Job("claims of a changed base item", 300, lambda: rebase_claims(parts.platform), looks_far=True),
        Job("the day's progress of rounds", 600, lambda: take_snapshots(parts.platform), looks_far=True),
        Job("facts of new filings", 60, lambda: observe_filings(parts.platform), looks_far=True),
        Job("lights", 600, lambda: raise_lights(parts.platform), looks_far=True),
        Job("what did not come in time", 600, lambda: open_overdue(parts.platform), looks_far=True),
        Job("licences past their last day", 3_600, lambda: expire_licences(parts.platform)),
        Job("corrections that never came", 3_600, lambda: lapse_uncorrected(parts.platform), looks_far=True),
        Job("broken promises that stood their year", 12 * 3_600, lambda: clear_expired(parts.platform)),
        Job("reviews and samples", 12 * 3_600, lambda: open_reviews(parts.platform), looks_far=True),
        Job("parcels", 300, lambda: move_parcels(parts.platform, parts.outside.carrier)),
        Job(
            "what the province is told",
            60,
            lambda: tell_province(parts.platform, parts.outside.province, outbound_key(parts.secrets)),
        ),
        Job("what was kept long enough", 12 * 3_600, delete_what_is_old, looks_far=True),
        Job("bulletins that are due", 1_800, lambda: draft_bulletins(parts.platform), looks_far=True),
        Job("a backup when it is due", 60, parts.backups.look),
        Job("durable marks", 60, lambda: mark_durable(database, parts.secrets, parts.second_place)),
        Job("spent tickets and codes", 3_600, lambda: sweep_credentials(database, now_ms=now())),
        Job("orphaned files", 6 * 3_600, lambda: sweep_orphans(database, parts.blobs, parts.spool, now=now())),
    )


class Schedule:
    """Runs jobs until `run` is cancelled. `failed` hears the name of a job and what it raised; `ran` hears of every
    run: the name, how often it is due, when it began, how long it took, what it raised.
    """

    def __init__(
        self,
        jobs: Sequence[Job],
        *,
        lock: Path,
        clock: Clock,
        failed: Callable[[str, Exception], None],
        ran: Callable[[str, float, int, int, Exception | None], None] = lambda *_: None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._jobs = jobs
        self._lock = lock
        self._clock = clock
        self._failed = failed
        self._ran = ran
        self._sleep = sleep
        self._descriptor: int | None = None
        self._far = asyncio.Lock()
        self._running: dict[str, asyncio.Task[None]] = {}

    async def run(self) -> None:
        """Each job in a task of its own: one that takes long keeps no other waiting, and is not begun twice."""
        due = {job.name: self._clock.monotonic_ms() + job.every_s * 1000 for job in self._jobs}
        try:
            while True:
                await self._sleep(TICK_S)
                for job in self._jobs:
                    now = self._clock.monotonic_ms()
                    if now >= due[job.name] and job.name not in self._running:
                        due[job.name] = now + job.every_s * 1000
                        self._begin(job)
        finally:
            running = list(self._running.values())
            for task in running:
                task.cancel()
            await asyncio.gather(*running, return_exceptions=True)

    def _begin(self, job: Job) -> None:
        task = asyncio.get_running_loop().create_task(self._run(job), name=job.name)
        self._running[job.name] = task
        task.add_done_callback(lambda _: self._running.pop(job.name))

    async def end(self) -> None:
        """The last round, after `run` was cancelled and the requests have ended; then the lock is let go."""
        for job in self._jobs:
            if job.at_end:
                await self._run(job)
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    async def _run(self, job: Job) -> None:
        if job.alone and not self._leads():
            return
        async with self._far if job.looks_far else nullcontext():
            began, at, raised = self._clock.monotonic_ms(), self._clock.wall_ms(), None
            try:
                await job.run()
            except Exception as error:
                self._failed(job.name, error)
                raised = error
            self._ran(job.name, job.every_s, at, self._clock.monotonic_ms() - began, raised)

    def _leads(self) -> bool:
        """Whether this process holds the lock, or gets it now."""
        if self._descriptor is not None:
            return True
        self._lock.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(self._lock, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
        with suppress(BlockingIOError):
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self._descriptor = descriptor
            return True
        os.close(descriptor)
        return False
