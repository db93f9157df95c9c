"""The composition root: the only module that knows all others. Plain calls, from settings to a server.

open_server     an open centre with its exchange, files, schedule, API and pages, as an app that starts and stops them
serve           that app in one process or several
"""

from __future__ import annotations

import asyncio
import fcntl
import logging
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import replace
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
from server.actions.find_receipt import find_receipt
from server.actions.high_water import check_high_water
from server.actions.local_register import LocalRegister
from server.actions.measure_machine import Machine
from server.actions.platform import Platform
from server.actions.receive_file import FileReception
from server.actions.release_waiting import WaitingWork
from server.actions.rotate_signing_key import ensure_signing_key
from server.actions.sign_in import StaffDoor
from server.actions.tell_process import Standing, ThisProcess
from server.adapters.licences import LicenceRegister
from server.adapters.outside import open_outside
from server.backups import backup_age_s, keeper_of, second_place
from server.centre import Centre, open_centre, open_writer, platform_of
from server.console.app import console_pages
from server.console.streams import Streams
from server.console.throttle import Throttle
from server.console.wiring import Console
from server.credentials import to_base64url
from server.guesses import Guesses
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
from server.storage.address import sqlite_path
from server.storage.blobs import open_blobs
from server.storage.contacts import ContactBook
from server.storage.file_rows import Owner
from server.storage.spool import Spool
from server.trail_check import trail_check
from server.wakeups import Wakes
from server.wakeups_postgres import PostgresWakes
from server.write_steps import Steps
from sync.core.clock import Clock
from sync.core.ids import timed_id
from sync.core.messages import FileState

SERVER_LOCK = "server.lock"


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
        blobs, spool = open_blobs(settings.blobs, centre.sealing), Spool(settings.data_folder / "spool", centre.sealing)
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
        licences = outside.licences or LocalRegister(centre.database, centre.sealing)
        guesses = Guesses(settings.workers)
        limits = Limits(settings.rate_limit_factor, guesses)
        services = _services(centre, platform, access, contacts, reception, sockets, licences, limits)
        door = StaffDoor(centre.database, centre.secrets, centre.sealing, Passwords(), now, randomness)
        throttle, streams = Throttle(guesses), Streams(hub)

        def stand() -> Standing:
            counts = (throttle.turned_away, services.limits.refused, services.admission.put_off)
            return Standing(streams.count, sockets.count, *counts)

        process = ThisProcess(timed_id(now(), randomness(10)), stand, now)
        services.metrics.live_sockets.set_function(lambda: sockets.count)
        console = Console(
            platform=platform,
            door=door,
            blobs=blobs,
            built=settings.console_folder,
            is_https=settings.is_https,
            origin=settings.origin,
            throttle=throttle,
            streams=streams,
            tell=raised,
            licences=licences,
            check_trail=trail_check(settings),
            activation_ms=settings.activation_days * 86_400_000,
            machine=Machine(
                settings.data_folder, second_place(settings), settings.backup_hours, settings.workers, process
            ),
        )
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
            process=process,
        )
        lock = settings.data_folder / LOCK_FILE
        schedule = Schedule(jobs_of(parts), lock=lock, clock=centre.clock, failed=_tell_failed, ran=parts.runs.note)
        tasks = [schedule.run, queue.run, sockets.watch, *([between.run] if between else [])]
        stack.push_async_callback(process.leave, centre.database)
        for end in (schedule.end, platform.looks.close, renderer.close, reception.close):
            stack.push_async_callback(end)
        stack.push_async_callback(_end_tasks, [asyncio.create_task(_keep(run)) for run in tasks])
        stack.push_async_callback(sockets.close)
        app = create_app(services, phone_folder=settings.phone_folder, pages=console_pages(console))
        app.state.ending = streams.close
        yield app


def _services(
    centre: Centre,
    platform: Platform,
    access: Access,
    contacts: ContactBook,
    reception: FileReception,
    sockets: LiveSockets,
    licences: LicenceRegister,
    limits: Limits,
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
        limits=limits,
        metrics_token=settings.metrics_token,
        session_life_ms=settings.session_days * 86_400_000,
        activation_ms=settings.activation_days * 86_400_000,
        check_trail=trail_check(settings),
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
