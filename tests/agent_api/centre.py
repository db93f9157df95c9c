"""A centre's API on either database, with all behind it that the API itself owns; exchange, relay and uploads echo."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.websockets import WebSocket

from agent_api.app import create_app
from agent_api.caller import Access, Caller
from agent_api.gate import caller_of
from agent_api.health import Health, measure_health
from agent_api.limits import Limits
from agent_api.wiring import Services
from server.actions.activate_account import activate_account
from server.actions.local_register import LocalRegister
from server.actions.platform import Platform
from server.actions.rotate_signing_key import ensure_signing_key
from server.credentials import Secrets, enrolment_proof
from server.domain.people.roles import Role
from server.merge_policies import policies_of
from server.settings import Settings
from server.storage.errors import StorageError
from server.storage.master_secret import sealing_of
from server.storage.migrate import migrate
from server.storage.open import open_database
from server.storage.sql_store import SqlStore, found_centre
from server.storage.unit_of_work import Database, Engine
from server.write import WriteContext
from server.write_parallel import ParallelWriter
from server.write_queue import WriteQueue
from server.write_steps import Steps
from tests.people import HandClock, Phone, account_of, put_accounts, put_directory, seeded


async def echo(request: Request, caller: Caller) -> Response:
    body = await request.body()
    return JSONResponse({"bytes": len(body), "device": caller.device, "revoked": caller.revoked})


class EchoUploads:
    """Says whose request reached it; another's file is as absent as none."""

    async def collection(self, request: Request) -> Response:
        if request.method == "OPTIONS":
            return Response(status_code=204)
        return Response(status_code=201, headers={"x-owner": caller_of(request).device})

    async def upload(self, request: Request) -> Response:
        if request.method == "OPTIONS":
            return Response(status_code=204)
        return Response(status_code=200, headers={"x-owner": caller_of(request).device})


async def close_socket(socket: WebSocket) -> None:
    await socket.close(1008)


@dataclass
class Enrolled:
    """A phone that has enrolled over the API."""

    phone: Phone
    answer: dict[str, Any]

    @property
    def device(self) -> str:
        return str(self.answer["device"])

    @property
    def bearer(self) -> dict[str, str]:
        return {"authorization": f"Bearer {self.answer['access_token']}"}

    def refresh_body(self) -> dict[str, str]:
        token = str(self.answer["refresh_token"])
        return {"refresh_token": token, "proof": self.phone.refresh_proof(self.device, token)}


@dataclass
class Centre:
    database: Database
    secrets: Secrets
    clock: HandClock
    services: Services
    app: Starlette
    client: httpx.AsyncClient
    receipts: dict[tuple[str, str], str] = field(default_factory=dict)

    async def code(self, login: str) -> str:
        made = await activate_account(
            self.database,
            self.secrets,
            login,
            actor="admin",
            now_ms=self.clock.wall_ms(),
            randomness=self.services.randomness,
        )
        return made.code

    async def enrol_body(self, code: str, phone: Phone) -> dict[str, str]:
        challenge = (await self.client.post("/v1/enrol/challenge")).json()["challenge"]
        return {
            "code": code,
            "challenge": challenge,
            "public_key": phone.public_key,
            "proof": phone.sign(enrolment_proof(challenge, phone.public_key)),
            "device_name": "Mate 20",
            "app_version": "1.0.0",
        }

    async def enrol(self, role: Role = Role.HELPER, *, login: str = "") -> Enrolled:
        account = account_of(role, login=login)
        async with self.database.read() as snapshot:
            known = await snapshot.fetch("SELECT 1 FROM accounts WHERE id = ?", [account.id])
        if not known:
            await put_accounts(self.database, account)
        phone = Phone()
        body = await self.enrol_body(await self.code(account.login), phone)
        answer = await self.client.post("/v1/enrol", json=body)
        assert answer.status_code == 200, answer.text
        return Enrolled(phone, answer.json())

    def client_of(self, **changes: Any) -> httpx.AsyncClient:
        """A client of an app whose services differ."""
        return client_of(create_app(replace(self.services, **changes)))


def client_of(app: Starlette, address: str = "127.0.0.1") -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app, client=(address, 40_000), raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="http://centre.test")


@asynccontextmanager
async def running_centre(folder: Path, postgres: str = "") -> AsyncIterator[Centre]:
    """On SQLite in the folder, or on the PostgreSQL of this address, which has the schema."""
    url = postgres or f"sqlite:///{folder}/centre.db"
    if not postgres:
        await migrate(url, now_ms=0)
    database = await open_database(url, read_connections=1)
    secrets, clock, randomness = Secrets(bytes(range(32))), HandClock(), seeded().randbytes
    await ensure_signing_key(database, secrets, now_ms=clock.wall_ms(), randomness=randomness)
    receipts: dict[tuple[str, str], str] = {}
    platform = await _platform(database, secrets, clock, randomness)

    async def find_receipt(number: str, last4: str) -> str | None:
        return receipts.get((number, last4))

    async def check_health() -> Health:
        return await measure_health(database, epoch="e1", backup_age_s=60)

    async def epoch() -> str:
        return "e1"

    services = Services(
        database=database,
        secrets=secrets,
        access=Access(database, secrets, clock),
        clock=clock,
        randomness=randomness,
        platform=platform,
        exchange=echo,
        relay=echo,
        uploads=EchoUploads(),
        live=close_socket,
        find_receipt=find_receipt,
        check_health=check_health,
        epoch=epoch,
        relay_public_key="A" * 43,
        licences=LocalRegister(database, platform.sealing),
        limits=Limits(0),
    )
    app = create_app(services)
    async with client_of(app) as client:
        yield Centre(database, secrets, clock, services, app, client, receipts)
    await platform.writer.close()
    await database.close()


async def _platform(
    database: Database, secrets: Secrets, clock: HandClock, randomness: Callable[[int], bytes]
) -> Platform:
    """Desks' steps go through the real write path, among the places and units of tests/people.py."""
    sealing = sealing_of(secrets, Settings().cipher, randomness)
    store, policies = SqlStore(database, sealing), policies_of(sealing.keyed_index)
    await found_centre(database, "e" * 32, clock.wall_ms())
    async with database.write() as tx:
        await put_directory(tx)
    context = WriteContext(store=store, policies=policies, steps=Steps(clock, randomness))
    writer = (
        WriteQueue(context, raised=lambda buckets: None, end_process=_fail)
        if database.engine is Engine.SQLITE
        else ParallelWriter(context, raised=lambda buckets: None, end_process=_fail, jitter=lambda: 0.5, writers=2)
    )
    return Platform(
        database=database,
        store=store,
        writer=writer,
        policies=policies,
        sealing=sealing,
        clock=clock,
        randomness=randomness,
    )


def _fail(error: StorageError) -> None:
    raise error
