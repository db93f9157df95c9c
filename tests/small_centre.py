"""A centre with the small world in a folder of the test's own: opened as every command opens one."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from fixtures.world import Size, World, build_world
from server.actions.load_world import load_world
from server.centre import Centre, open_centre, open_writer
from server.cli.centre import in_folder
from server.cli.world import content_of
from server.clock import EarlierClock, MachineClock
from server.merge_policies.judging import china_day
from server.settings import Settings
from server.storage.counts import count_again
from server.storage.people import AccountRow, accounts_by_login
from server.write import Job, Writer, Written
from sync.central.known import Known, Wants
from sync.core.chain import encode_hash, genesis
from sync.core.changes import Base, Captured, Change
from sync.core.codec import encode_change, parse_change_line
from sync.core.ids import derived_id

HELPER = "h341881106200"
VILLAGE = "341881106200"
TOWN = "341881106000"
MORNING_MS = 1_795_484_400_000
"""Tuesday 2026-11-24, 09:40 in China: where every small centre's clock begins, whatever day the tests run on."""


@cache
def small_world() -> World:
    return build_world(7, Size.SMALL)


def settings_in(folder: Path) -> Settings:
    return in_folder(Settings(), folder)


def morning_clock() -> EarlierClock:
    """Runs as the machine's does, from that morning on: days that a test writes out stay as near as they were."""
    return EarlierClock(MachineClock().wall_ms() - MORNING_MS)


class SmallCentre:
    """An open centre, its write path, and a phone for each login that is asked for."""

    def __init__(self, centre: Centre, writer: Writer) -> None:
        self.centre = centre
        self.writer = writer
        self.world = small_world()
        self.raised: set[str] = set()
        self._made = 0
        self._chains: dict[str, tuple[int, bytes]] = {}

    async def account(self, login: str) -> AccountRow:
        async with self.centre.database.read() as snapshot:
            return (await accounts_by_login(snapshot, [login]))[login]

    async def enrol(self, login: str, name: str = "phone") -> str:
        """A device of that account; nobody signs for it here, since nothing goes over the wire."""
        account = await self.account(login)
        device = derived_id("device", login, name)
        async with self.centre.database.write() as tx:
            [[count]] = await tx.fetch("SELECT count(*) FROM devices")
            columns = ("id", "ordinal", "account", "public_key", "name", "created_at", "unsent", "app_version")
            row = (device, count + 1, account.id, derived_id(device).encode(), name, 0, 0, "1")
            await tx.insert_many("devices", columns, [row])
        return device

    def change(
        self, kind: str, name: str, record: str, fields: dict[str, Any], *, base: Base | None = None, ident: str = ""
    ) -> bytes:
        self._made += 1
        made = ident or derived_id("change", str(self._made))
        wall = self.centre.clock.wall_ms()
        return encode_change(
            Change(id=made, kind=kind, record=record, name=name, set=fields, base=base, captured=Captured(wall))
        )

    async def send(self, device: str, *lines: bytes) -> Written:
        """The device's next changes, straight into the write path."""
        seq, reached = self._chains.get(device, (0, genesis(device, 1)))
        written = await self.writer.write(
            Job(
                device=device,
                carrier=device,
                chain_epoch=1,
                first_seq=seq + 1,
                prev_hash=reached,
                lines=[parse_change_line(line) for line in lines],
            )
        )
        self._chains[device] = (written.chain.last_seq, written.chain.hash)
        return written

    async def register(self, device: str, name: str = "王秀英", record: str = "", **more: Any) -> Written:
        """A change that applies: a new resident of the village, with what more is known of them."""
        ident = record or derived_id("resident", name, str(self._made))
        return await self.send(
            device, self.change("resident", "resident.register", ident, {"name": name, "village": VILLAGE, **more})
        )

    async def seen(self, kind: str, record: str) -> Base:
        """The record's state as a person at a screen has it before their eyes."""
        known = Known()
        async with self.centre.store.read() as unit:
            epoch = (await unit.centre()).epoch
            await unit.load(Wants(records={(kind, record)}), known)
        standing = known.record(kind, record)
        assert standing is not None, f"there is no {kind} {record}"
        return Base(epoch=epoch, rev=standing.rev, hash=encode_hash(standing.hash))

    async def fetch(self, sql: str, params: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        async with self.centre.database.read() as snapshot:
            return await snapshot.fetch(sql, params)

    async def tamper(self, sql: str, params: Sequence[Any] = ()) -> int:
        """What somebody does who has the database and not the program."""
        async with self.centre.database.write() as tx:
            return await tx.execute(sql, params)

    async def recount(self) -> None:
        """Rows that were put beside the program count from now on."""
        async with self.centre.database.write() as tx:
            await count_again(tx, self.centre.database.engine)


_template: Path | None = None


async def _loaded_template() -> Path:
    """The small world loaded once in this process; every test starts from a copy of its files."""
    global _template  # noqa: PLW0603 - one folder for all tests of a process
    if _template is None:
        folder = Path(tempfile.mkdtemp(prefix="bangban-small-"))
        atexit.register(shutil.rmtree, folder, True)
        async with open_centre(settings_in(folder), new=True, clock=morning_clock()) as centre:
            await _load(centre)
        _template = folder
    return _template


async def _load(centre: Centre) -> None:
    await load_world(
        centre.database,
        content_of(small_world(), residents=3, on=china_day(centre.clock.wall_ms())),
        policies=centre.policies,
        sealing=centre.sealing,
        now_ms=centre.clock.wall_ms(),
        randomness=centre.randomness,
    )


async def load_small(folder: Path) -> Settings:
    """The small world with three residents a village, in an SQLite file of this folder; nothing is open."""
    shutil.copytree(await _loaded_template(), folder, dirs_exist_ok=True)
    return settings_in(folder)


@asynccontextmanager
async def small_centre(folder: Path, *, load: bool = True, database: str = "") -> AsyncIterator[SmallCentre]:
    """An open one. `database` names another than the folder's own SQLite file."""
    settings = settings_in(folder)
    if load and not database and not (folder / "bangban.db").exists():
        await load_small(folder)
    if database:
        settings = replace(settings, database=database)
    async with open_centre(settings, new=True, clock=morning_clock()) as centre:
        if load and database:
            await _load(centre)
        raised: set[str] = set()
        async with open_writer(centre, raised.update) as writer:
            small = SmallCentre(centre, writer)
            small.raised = raised
            yield small
