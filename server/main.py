"""The composition root: the only module that knows all others. Plain calls, from settings to a server.

open_centre     secrets → database → sealing → store → policies: what every command works on
create_server   a centre with its write path, exchange, files and API, as an app that starts and stops them
serve           that app in one process or several
"""

from __future__ import annotations

import asyncio
import fcntl
import logging
import os
import random
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import uvicorn
import uvloop
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from starlette.applications import Starlette
from starlette.requests import Request

from agent_api.app import create_app
from agent_api.caller import Access
from agent_api.exchange import Exchange
from agent_api.exchange_route import exchange_handler, relay_handler
from agent_api.gate import caller_of, refuse
from agent_api.health import Health, measure_health
from agent_api.limits import Limits
from agent_api.live import LiveSockets
from agent_api.logs import configure_logs, logger
from agent_api.uploads import UploadEndpoints
from agent_api.wiring import Services
from server.actions.backup import BackupSource
from server.actions.desk_change import Writer
from server.actions.find_receipt import find_receipt
from server.actions.high_water import check_high_water
from server.actions.local_register import LocalRegister
from server.actions.measure_machine import Machine
from server.actions.platform import Platform
from server.actions.receive_file import FileReception
from server.actions.release_waiting import WaitingWork
from server.actions.restore import RestoreTarget
from server.actions.rotate_signing_key import ensure_signing_key
from server.actions.sign_in import StaffDoor
from server.adapters.licences import LicenceRegister
from server.adapters.outside import open_outside
from server.backups import backup_age_s, keeper_of, second_place
from server.clock import MachineClock
from server.console.app import console_pages
from server.console.streams import Streams
from server.console.wiring import Console
from server.credentials import Secrets, to_base64url
from server.merge_policies import policies_of
from server.passwords import Passwords
from server.processes import (
    SERVER,
    ReadyServer,
    ServeRefused,
    Socket,
    address_of,
    collect_seldom,
    listening,
    run_workers,
)
from server.renditions import Renderer, RenditionQueue
from server.schedule import LOCK_FILE, Parts, Schedule, jobs_of
from server.settings import Settings
from server.storage.blobs import open_blobs
from server.storage.contacts import ContactBook
from server.storage.errors import StorageError
from server.storage.file_rows import Owner
from server.storage.master_secret import make_secret, read_secret, sealing_of
from server.storage.migrate import migrate
from server.storage.open import open_database, sqlite_path
from server.storage.prepare import is_empty, is_founded
from server.storage.sealing import Sealing
from server.storage.spool import Spool
from server.storage.sql_store import SqlStore, found_centre
from server.storage.unit_of_work import Database, Engine
from server.wakeups import Wakes
from server.wakeups_postgres import PostgresWakes
from server.write import WriteContext
from server.write_parallel import ParallelWriter
from server.write_queue import WriteQueue
from server.write_steps import Steps
from sync.central.policies import Policies
from sync.core.clock import Clock
from sync.core.ids import timed_id
from sync.core.messages import FileState

EXIT_DISK_FAILURE = 74
SERVER_LOCK = "server.lock"


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


@asynccontextmanager
async def open_server(settings: Settings, *, clock: Clock | None = None) -> AsyncIterator[Starlette]:
    """The app with everything it stands on. Leave it once requests have ended: what was begun is brought to its end."""
    async with open_centre(settings, new=True, clock=clock) as centre, AsyncExitStack() as stack:
        now, randomness = centre.clock.wall_ms, centre.randomness
        await check_high_water(centre.database, centre.store, settings.data_folder, now_ms=now(), randomness=randomness)
        await ensure_signing_key(centre.database, centre.secrets, now_ms=now(), randomness=randomness)
        hub = Wakes()
        between = PostgresWakes(hub, centre.database, settings.database) if not _is_sqlite(settings) else None
        raised = between.raised if between else hub.publish
        writer = await stack.enter_async_context(open_writer(centre, raised))
        sockets = LiveSockets(
            database=centre.database,
            store=centre.store,
            secrets=centre.secrets,
            clock=centre.clock,
            wakes=hub,
            allowed_origins=settings.allowed_origins,
        )
        blobs, spool = open_blobs(settings.blobs, centre.sealing), Spool(settings.data_folder / "spool")
        renderer = Renderer()
        queue = RenditionQueue(centre.database, blobs, renderer, now=now, random_bytes=randomness)

        def tell(owner: Owner, file: str, state: FileState) -> None:
            sockets.tell_files(owner.device, {file: state.value})
            queue.wake()

        reception = FileReception(centre.database, blobs, spool, now=now, random_bytes=randomness, tell=tell)
        contacts = ContactBook(centre.store)
        access = Access(centre.database, centre.secrets, centre.clock, standing_life_ms=settings.access_cache_ms)
        platform = replace(platform_of(centre, writer), forget_standings=access.forget)
        outside = await stack.enter_async_context(open_outside(**settings.outside))
        backups = keeper_of(settings, centre.secrets, now)
        stack.push_async_callback(backups.close)
        parts = Parts(
            database=centre.database,
            blobs=blobs,
            spool=spool,
            secrets=centre.secrets,
            contacts=contacts,
            waiting_work=WaitingWork(centre.store, writer),
            clock=centre.clock,
            data_folder=settings.data_folder,
            second_place=second_place(settings),
            platform=platform,
            outside=outside,
            backups=backups,
        )
        lock = settings.data_folder / LOCK_FILE
        schedule = Schedule(jobs_of(parts), lock=lock, clock=centre.clock, failed=_tell_failed, ran=parts.runs.note)
        licences = outside.licences or LocalRegister(centre.database, centre.sealing)
        services = _services(centre, platform, access, contacts, reception, sockets, licences)
        tasks = [schedule.run, queue.run, sockets.watch, *([between.run] if between else [])]
        for end in (schedule.end, platform.looks.close, renderer.close, reception.close):
            stack.push_async_callback(end)
        stack.push_async_callback(_end_tasks, [asyncio.create_task(_keep(run)) for run in tasks])
        stack.push_async_callback(sockets.close)
        door = StaffDoor(centre.database, centre.secrets, centre.sealing, Passwords(), now, randomness)
        console = Console(
            platform=platform,
            door=door,
            blobs=blobs,
            built=settings.console_folder,
            is_https=settings.is_https,
            streams=Streams(hub),
            tell=raised,
            machine=Machine(settings.data_folder, second_place(settings), settings.backup_hours, settings.workers),
        )
        app = create_app(services, phone_folder=settings.phone_folder, pages=console_pages(console))
        app.state.ending = console.streams.close
        yield app


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


def _services(
    centre: Centre,
    platform: Platform,
    access: Access,
    contacts: ContactBook,
    reception: FileReception,
    sockets: LiveSockets,
    licences: LicenceRegister,
) -> Services:
    """What the API is given."""
    settings, secrets = centre.settings, centre.secrets
    exchange = Exchange(
        store=centre.store,
        writer=platform.writer,
        steps=Steps(centre.clock, centre.randomness),
        clock=centre.clock,
        randomness=centre.randomness,
        ack_key=secrets.key("acknowledgements"),
        contacts=contacts,
        min_app=settings.min_app,
        evidence_ms=settings.evidence_days * 86_400_000,
    )
    relay_key = X25519PrivateKey.from_private_bytes(secrets.key("relay"))

    async def identify(request: Request) -> Owner:
        caller = caller_of(request)
        return Owner(caller.account, caller.device)

    async def epoch() -> str:
        async with centre.store.read() as unit:
            return (await unit.centre()).epoch

    async def check_health() -> Health:
        age = await backup_age_s(settings, secrets, centre.clock.wall_ms())
        return await measure_health(
            centre.database, epoch=await epoch(), backup_age_s=age, backup_hours=settings.backup_hours
        )

    return Services(
        database=centre.database,
        secrets=secrets,
        access=access,
        clock=centre.clock,
        randomness=centre.randomness,
        platform=platform,
        exchange=exchange_handler(exchange),
        relay=relay_handler(exchange, relay_key),
        uploads=UploadEndpoints(reception, identify, lambda request, code: refuse(request.scope, code)),
        live=sockets.serve,
        find_receipt=lambda number, last4: find_receipt(centre.database, centre.sealing, number, last4),
        check_health=check_health,
        epoch=epoch,
        relay_public_key=to_base64url(relay_key.public_key().public_bytes_raw()),
        licences=licences,
        limits=Limits(settings.rate_limit_factor),
        metrics_token=settings.metrics_token,
        session_life_ms=settings.session_days * 86_400_000,
        is_https=settings.is_https,
    )


def _is_sqlite(settings: Settings) -> bool:
    return sqlite_path(settings.database) is not None


async def _keep(run: Callable[[], Awaitable[None]]) -> None:
    """A task of the server that must never end by itself: what it raises is told, and it begins again."""
    while True:
        try:
            await run()
        except Exception as error:
            _tell_failed(run.__qualname__, error)
        await asyncio.sleep(1)


async def _end_tasks(tasks: Sequence[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def _tell_failed(job: str, error: Exception) -> None:
    logger().error("job_failed", job=job, exc_info=error)


def _end_process(error: StorageError) -> None:
    """After a disk failure nothing may be synced again: whoever started the process starts it anew."""
    logger().error("disk_failure", exc_info=error)
    sys.stdout.flush()
    os._exit(EXIT_DISK_FAILURE)


def serve(
    settings: Settings, ready: Callable[[str], None] = lambda address: None, *, clock: Clock | None = None
) -> None:
    """Serves until SIGTERM or SIGINT, then lets what was begun come to its end. `ready` hears the address. `clock`:
    another than the machine's, for a rehearsal in one process.

    Raises ServeRefused for several workers on SQLite, or when another server has this database.
    """
    if _is_sqlite(settings) and settings.workers > 1:
        raise ServeRefused("SQLite has one writer and so one process: take --workers 1, or PostgreSQL")
    with listening(settings.host, settings.port) as socket:
        address = address_of(settings.host, socket)
        if settings.workers == 1:
            with _alone(settings):
                run_worker(settings, socket, lambda: ready(address), clock)
        else:
            asyncio.run(_prepare(settings))
            run_workers(settings.workers, settings, socket, run_worker, lambda: ready(address))


async def _prepare(settings: Settings) -> None:
    """Once, before several workers would all make a new database and its secret."""
    async with open_centre(settings, new=True):
        pass


@contextmanager
def _alone(settings: Settings) -> Iterator[None]:
    """On SQLite one server has the database: a second would give its own versions to the same buckets."""
    path = sqlite_path(settings.database)
    if path is None:
        yield
        return
    lock = Path(f"{path}.{SERVER_LOCK}")
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ServeRefused(f"another server is running on {path}") from None
        yield


def run_worker(settings: Settings, socket: Socket, ready: Callable[[], None], clock: Clock | None = None) -> None:
    """One process: the app on a socket that is bound already."""
    configure_logs(sys.stdout, level=logging.getLevelNamesMapping()[settings.log_level.upper()])
    config: dict[str, Any] = dict(SERVER)
    if settings.trusted_proxies:
        config |= {"proxy_headers": True, "forwarded_allow_ips": list(settings.trusted_proxies)}

    async def work() -> None:
        async with open_server(settings, clock=clock) as app:
            collect_seldom()
            await ReadyServer(uvicorn.Config(app, **config), ready, app.state.ending).serve(sockets=[socket])

    uvloop.run(work())
