"""A whole centre to do harm to: a prepared folder, the real app on it in this process, and phones that speak HTTP.

The app is the one that is served (server.main). Time stands still until it is moved, so that no job of the schedule
comes between two looks at the database. `tests/faults/process.py` runs the same centre as a process of its own.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, cast

import asyncpg
import httpx
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlcipher3 import dbapi2
from starlette.applications import Starlette

from agent_api.caller import Caller
from agent_api.exchange import Exchange
from agent_api.exchange_route import LINES
from agent_api.problems import MEDIA_TYPE
from server.actions.rotate_signing_key import ensure_signing_key, load_key_ring
from server.centre import open_centre
from server.domain.people.roles import Role, Scope
from server.main import open_server
from server.settings import Settings
from server.storage.master_secret import make_secret
from server.storage.people import AccountRow
from server.tokens import KeyRing
from sync.core.clock import Clock
from tests.centre import Phone, ident
from tests.people import VILLAGE, HandClock, put_accounts, put_directory, seeded

SESSION = 1
SESSION_LIFE_MS = 180 * 86_400_000


class Refused(Exception):
    """The centre answered with a problem document, which was looked at whole."""

    def __init__(self, status: int, code: str, headers: httpx.Headers) -> None:
        super().__init__(f"{status} {code}")
        self.status = status
        self.code = code
        self.headers = headers


def problem_of(response: httpx.Response) -> Refused:
    """A refusal, after checking that it is a problem document as documented."""
    assert response.headers["content-type"] == MEDIA_TYPE, (response.status_code, response.text[:300])
    told = response.json()
    assert told["status"] == response.status_code
    assert all(told[name] for name in ("type", "title", "code", "next", "title_zh", "next_zh")), told
    return Refused(response.status_code, told["code"], response.headers)


@dataclass
class Line:
    """What stands where a phone in this process would have the exchange: the same, over HTTP."""

    client: httpx.AsyncClient
    tokens: dict[str, str] = field(default_factory=dict)

    def bearer(self, device: str) -> dict[str, str]:
        return {"authorization": f"Bearer {self.tokens[device]}", "content-type": LINES}

    async def answer(self, message: bytes, caller: Caller) -> bytes:
        response = await self.client.post("/v1/exchange", content=message, headers=self.bearer(caller.device))
        if response.status_code != 200:
            raise problem_of(response)
        return response.content


@dataclass(frozen=True)
class Person:
    """Who a phone belongs to, and from where its bucket names follow."""

    name: str
    role: Role = Role.HELPER
    scope: Scope = field(default_factory=lambda: Scope(frozenset({VILLAGE})))

    @property
    def account(self) -> str:
        return ident("account", self.name)


@dataclass
class Site:
    """A prepared centre that nobody serves yet."""

    settings: Settings
    people: Sequence[Person]
    ring: KeyRing
    now_ms: int

    @property
    def is_sqlite(self) -> bool:
        return self.settings.database.startswith("sqlite:")

    @property
    def file(self) -> Path:
        return Path(self.settings.database.removeprefix("sqlite:///"))

    def phone(self, person: Person, line: Line) -> Phone:
        """This person's phone, which is at the beginning of its chain, with a fresh token."""
        device = ident("device", person.name)
        token, _ = self.ring.issue(person.account, device, SESSION, now_ms=self.now_ms, random_bytes=b"fuzz")
        line.tokens[device] = token
        return Phone(cast(Exchange, line), device, person.account, person.role, key_of(person.name))

    async def digest(self) -> dict[str, str]:
        """Table → a hash of all its rows, of every table there is."""
        rows = await self.rows()
        return {table: hashlib.sha256(repr(found).encode()).hexdigest() for table, found in rows.items()}

    async def rows(self) -> dict[str, list[Any]]:
        """Table → its rows, sorted."""
        return await _rows_of_postgres(self.settings.database) if not self.is_sqlite else _rows_of_sqlite(self.file)


def _rows_of_sqlite(file: Path) -> dict[str, list[Any]]:
    raw = dbapi2.connect(str(file))
    try:
        raw.execute("PRAGMA query_only = 1")
        raw.execute("BEGIN")
        names = raw.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").fetchall()
        return {name: sorted(raw.execute(f'SELECT * FROM "{name}"').fetchall(), key=repr) for (name,) in names}
    finally:
        raw.close()


async def _rows_of_postgres(url: str) -> dict[str, list[Any]]:
    connection = await asyncpg.connect(url)
    try:
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            names = await connection.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
            found = {name: await connection.fetch(f'SELECT * FROM "{name}"') for (name,) in names}
        return {name: sorted((tuple(row.values()) for row in rows), key=repr) for name, rows in found.items()}
    finally:
        await connection.close()


def key_of(name: str) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(hashlib.sha256(name.encode()).digest())


def settings_in(folder: Path, database: str = "", **changes: Any) -> Settings:
    """Everything in one folder; nobody is asked to wait."""
    settings = Settings(
        data_folder=folder,
        database=database or f"sqlite:///{folder}/centre.db",
        master_secret_file=folder / "keys" / "master",
        blobs=f"file://{folder}/blobs",
        backup_folder=folder / "backups",
        port=0,
        read_connections=2,
        log_level="error",
        rate_limit_factor=0,
        access_cache_ms=0,
    )
    return replace(settings, **changes)


async def prepare(settings: Settings, *people: Person, clock: Clock | None = None) -> Site:
    """A founded centre where these people have an account, their grants, a phone and a session."""
    clock = clock or HandClock()
    now = clock.wall_ms()
    if not settings.database.startswith("sqlite:"):
        make_secret(settings.master_secret_file, seeded().randbytes)  # the tests' PostgreSQL has its tables already
    async with open_centre(settings, new=True, clock=clock) as centre:
        await ensure_signing_key(centre.database, centre.secrets, now_ms=now, randomness=seeded().randbytes)
        await put_accounts(
            centre.database,
            *(AccountRow(one.account, one.name, one.name, one.role, one.scope, VILLAGE) for one in people),
        )
        devices = [
            (ident("device", one.name), ordinal, one.account, key_of(one.name).public_key().public_bytes_raw(), "", now)
            for ordinal, one in enumerate(people, start=1)
        ]
        async with centre.database.write() as tx:
            await put_directory(tx)
            columns = ("id", "ordinal", "account", "public_key", "name", "created_at", "unsent", "app_version")
            await tx.insert_many("devices", columns, [(*row, 0, "1") for row in devices])
            sessions = [(row[0], SESSION, 1, now, now, now + SESSION_LIFE_MS) for row in devices]
            await tx.insert_many(
                "sessions", ("device", "ordinal", "step", "started_at", "rotated_at", "expires_at"), sessions
            )
        async with centre.database.read() as snapshot:
            ring = await load_key_ring(snapshot, centre.secrets, now_ms=now)
    return Site(settings, people, ring, now)


@dataclass
class Served:
    """The app of a site in this process. `phones` in the order of the site's people."""

    site: Site
    clock: HandClock
    app: Starlette
    line: Line
    phones: list[Phone]

    async def post(self, message: bytes, phone: Phone, **headers: str) -> httpx.Response:
        headers = {**self.line.bearer(phone.device), **{name.replace("_", "-"): v for name, v in headers.items()}}
        return await self.line.client.post("/v1/exchange", content=message, headers=headers)


@asynccontextmanager
async def served(site: Site, clock: HandClock | None = None) -> AsyncIterator[Served]:
    clock = clock or HandClock(wall=site.now_ms)
    async with open_server(site.settings, clock=clock) as app:
        transport = httpx.ASGITransport(app, client=("127.0.0.1", 40_000), raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://centre.test", timeout=None) as client:
            line = Line(client)
            yield Served(site, clock, app, line, [site.phone(one, line) for one in site.people])


def lines_of(body: bytes) -> dict[str, Any]:
    """The envelope of a message, as JSON."""
    envelope: dict[str, Any] = json.loads(body.split(b"\n", 1)[0])
    return envelope
