"""What the walk of test_scope.py shows of villages, shown of units, of persons and of the live socket's wakes.

Claims lie with their unit; outcomes and notices with their person; a wake names a bucket. The model shares nothing
with the code: it knows which unit lies where, what each role reads, whose change is whose, and what was written where.
"""

from __future__ import annotations

import asyncio
import json
import random
import re
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
import pytest

from agent_api.live import PROTOCOL, LiveSockets
from server import main
from server.actions.move_account import close_account, move_account, reopen_account
from server.actions.revoke_device import revoke_device
from server.centre import Centre, open_centre, open_writer
from server.domain.people.roles import Role, Scope
from server.merge_policies.claim_policy import claim_id
from server.write import Job
from sync.central.known import Author
from sync.core.changes import Captured, Change
from sync.core.codec import encode_change, parse_answer, parse_change_line
from sync.core.messages import Status
from tests.centre import START, Phone, ident
from tests.faults.site import Person, Refused, Served, prepare, served, settings_in
from tests.faults.test_scope import Watched
from tests.people import DIRECTORY, TOWN, TOWN_UNIT, VILLAGE_UNIT, ZONE_UNIT, seeded

STEPS = 200
UNITS = (VILLAGE_UNIT, TOWN_UNIT, ZONE_UNIT)
OF_THE_TOWN = {VILLAGE_UNIT, TOWN_UNIT}
SHARED = "catalogue:all:341800"
CAMPAIGN = ident("campaign", 1)
BASE_ITEMS = tuple(f"99201100{number}000" for number in range(1, 4))
MARK = re.compile(rb"mark-\d+-([a-d]{32})")


def _worker(name: str, *units: str) -> Person:
    return Person(name, Role.CLAIM_WORKER, Scope(frozenset(), frozenset(units)))


PEOPLE = (
    _worker("east", VILLAGE_UNIT),
    _worker("colleague", VILLAGE_UNIT),
    _worker("town", TOWN_UNIT),
    _worker("zone", ZONE_UNIT),
    Person("lead", Role.TOWN_LEAD, Scope(frozenset({TOWN}))),
)


@dataclass
class Model:
    """Who reads the claims of which units, and who wrote which change."""

    roles: dict[str, Role] = field(default_factory=lambda: {one.name: one.role for one in PEOPLE})
    units: dict[str, set[str]] = field(default_factory=lambda: {one.name: set(one.scope.units) for one in PEOPLE})
    away: set[str] = field(default_factory=set)
    revoked: set[str] = field(default_factory=set)
    changes: dict[str, str] = field(default_factory=dict)
    fired: Counter[str] = field(default_factory=Counter)

    def reads(self, name: str) -> set[str]:
        if name in self.away or name in self.revoked or self.roles[name] is Role.COUNTY_SUPERVISOR:
            return set()
        return OF_THE_TOWN if self.roles[name] is Role.TOWN_LEAD else self.units[name]

    def may_be_woken_by(self, name: str) -> set[str]:
        own = {f"person:{ident('account', name)}"}
        if name in self.away or name in self.revoked:
            return set()
        # What is shared by sites and the villages of a lead's town is test_scope.py's.
        return own | {f"unit:{unit}" for unit in self.reads(name)}


class Socket:
    """A device's live socket on the app itself."""

    def __init__(self, at: Served, ticket: str) -> None:
        self._in: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.said: list[dict[str, Any]] = []
        self.opened = asyncio.Event()
        self._in.put_nowait({"type": "websocket.connect"})
        scope = {
            **{"type": "websocket", "path": "/v1/live", "raw_path": b"/v1/live", "query_string": b"", "root_path": ""},
            **{"scheme": "ws", "client": ("127.0.0.1", 40_000), "server": ("centre.test", 80)},
            "headers": [(b"host", b"centre.test")],
            "subprotocols": [PROTOCOL, f"ticket.{ticket}"],
        }
        self.serving = asyncio.create_task(at.app(scope, self._in.get, self._hear))

    async def _hear(self, message: Any) -> None:
        self.opened.set()
        if message["type"] == "websocket.send":
            self.said.append(json.loads(message["text"]))

    async def leave(self) -> None:
        self._in.put_nowait({"type": "websocket.disconnect", "code": 1001})
        await asyncio.wait_for(self.serving, 60)


async def test_nothing_of_another_unit_or_person_is_ever_sent_to_anybody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[LiveSockets] = []

    def sockets(**parts: Any) -> LiveSockets:
        made.append(LiveSockets(**parts, look_every_s=3_600))
        return made[-1]

    monkeypatch.setattr(main, "LiveSockets", sockets)
    chance, model = random.Random(5), Model()
    site = await prepare(settings_in(tmp_path), *PEOPLE)
    async with served(site) as at:
        watched = Watched(at.line.client._transport)
        at.line.client._transport = watched
        phones = dict(zip((one.name for one in PEOPLE), at.phones, strict=True))
        read: Counter[str] = Counter()
        woken: Counter[str] = Counter()
        live = {name: await _open(at, phone) for name, phone in phones.items()}
        async with open_centre(site.settings, clock=at.clock) as centre:
            await _open_campaign(centre)
            for step in range(STEPS):
                name = chance.choice(list(phones))
                if chance.random() < 0.3:
                    await _rearrange(centre.database, at, name, model, chance)
                    await made[0].look()
                    for one, socket in live.items():
                        socket.said.clear()
                        if socket.serving.done() and one not in model.away | model.revoked:
                            live[one] = await _open(at, phones[one])
                watched.seen = b""
                await _write_and_read(phones[name], name, model, chance, step)
                foreign = {unit.decode() for unit in MARK.findall(watched.seen)} - model.reads(name)
                assert not foreign, f"step {step}: {name} was sent claims of {foreign}"
                read.update(
                    unit for unit in UNITS if any(unit.encode() in row[2] for row in phones[name].rows.values())
                )
                _check_wakes(live, model, woken)
        for socket in live.values():
            if not socket.serving.done():
                await socket.leave()
    assert all(read[unit] for unit in UNITS), "a walk on which nobody reads anything shows nothing"
    assert {one.partition(":")[0] for one in woken} == {"unit", "person"}
    assert all(model.fired[kind] for kind in ("close", "reopen", "revoke", "move", "outcome", "notice")), model.fired


async def _open(at: Served, phone: Phone) -> Socket:
    answer = await at.line.client.post("/v1/live/ticket", headers=at.line.bearer(phone.device))
    assert answer.status_code == 200, answer.text
    socket = Socket(at, answer.json()["ticket"])
    await asyncio.wait_for(socket.opened.wait(), 60)
    return socket


def _check_wakes(live: dict[str, Socket], model: Model, woken: Counter[str]) -> None:
    for name, socket in live.items():
        named = {bucket for message in socket.said for bucket in message.get("wake", ())}
        units_and_persons = {one for one in named if one.startswith(("unit:", "person:"))}
        assert units_and_persons <= model.may_be_woken_by(name), f"{name} was told of {units_and_persons}"
        assert not any(message.keys() - {"wake", "files", "outcomes"} for message in socket.said)
        woken.update(units_and_persons)
        socket.said.clear()


async def _open_campaign(centre: Centre) -> None:
    account = ident("account", "reviewer")
    fields: dict[str, Any] = {
        "name": "第三轮",
        "start": "2025-01-01",
        "end": "2027-12-31",
        "catalogue": "all:341800",
        "state": "open",
    }
    change = Change(
        id=ident("change", "campaign"),
        kind="campaign",
        record=CAMPAIGN,
        name="campaign.open",
        set=fields,
        captured=Captured(START),
    )
    device = ident("device", "reviewer")
    role = Role.CATALOGUE_REVIEWER.value
    author = Author(account=account, device=device, role=role, grants={SHARED: 0}, computes=True)
    async with open_writer(centre, lambda raised: None) as writer:
        written = await writer.write(Job.of_the_centre(author, [parse_change_line(encode_change(change))]))
    assert [one.code.value for one in written.outcomes] == ["applied"], written.outcomes


async def _write_and_read(phone: Phone, name: str, model: Model, chance: random.Random, step: int) -> None:
    """Work on some unit's claim, own or not, with what the phone shows of it; then all that there is to read."""
    unit, base_item = chance.choice(UNITS), chance.choice(BASE_ITEMS)
    record = claim_id(CAMPAIGN, unit, base_item)
    fields: dict[str, Any] = {"f.hours": f"mark-{step}-{unit}", "state": "filling"}
    if record in phone.rows:
        line = phone.change("claim", record, "claim.fill", phone.base_of(record), **fields)
    else:
        told = {"campaign": CAMPAIGN, "unit": unit, "base_item": base_item, "place": TOWN, "state": "claimed"}
        line = phone.change("claim", record, "claim.take", None, **{**told, "f.hours": f"mark-{step}-{unit}"})
    model.changes[json.loads(line)["id"]] = name
    try:
        answer = await phone.tell([line])
    except Refused as refused:
        if refused.status != 401:
            raise
        return
    if answer.status is Status.REVOKED:
        assert name in model.revoked | model.away
        return
    assert answer.status is Status.OK, answer.status
    # Stale and foreign claims of where it stands open nothing either.
    foreign = [(f"unit:{one}", 1, 0, "") for one in UNITS]
    foreign += [(f"person:{ident('account', one.name)}", 1, 0, "") for one in PEOPLE]
    message = phone.request(cursors=foreign, target=[(one[0], 2**40) for one in foreign])
    parsed = parse_answer(await phone.exchange.answer(message, phone.caller))
    bodies = list(parsed.bodies)
    if chance.random() < 0.5:  # else what it shows grows old, and what it writes next is contested
        await phone.read_all()
        bodies += [row[2] for row in phone.rows.values()]
    for body in bodies:
        _check_person(msgspec.json.decode(body), name, model)


def _check_person(row: dict[str, Any], name: str, model: Model) -> None:
    """An outcome is its author's, a notice whoever's it is addressed to."""
    if row["kind"] == "outcome":
        model.fired["outcome"] += 1
        assert model.changes[row["fields"]["change"]] == name
    elif row["kind"] == "notice":
        model.fired["notice"] += 1
        assert row["fields"]["to"] == ident("account", name)


async def _rearrange(database: Any, at: Served, name: str, model: Model, chance: random.Random) -> None:
    """Another unit, another role, a closing, a reopening or a lost phone."""
    account = ident("account", name)
    told: dict[str, Any] = {"actor": "admin", "now_ms": at.clock.wall}
    told["randomness"] = seeded(chance.randrange(2**32)).randbytes
    kind = chance.random()
    if name in model.away:
        await reopen_account(database, account, directory=DIRECTORY, **told)
        model.away.discard(name)
        model.fired["reopen"] += 1
        async with database.write() as tx:
            await tx.execute("UPDATE sessions SET ended_at = NULL WHERE device = ?", [ident("device", name)])
    elif kind < 0.15:
        await close_account(database, account, **told)
        model.away.add(name)
        model.fired["close"] += 1
    elif kind < 0.2 and not model.revoked:
        await revoke_device(database, ident("device", name), reason="lost", **told)
        model.revoked.add(name)
        model.fired["revoke"] += 1
    else:
        role = chance.choice([Role.CLAIM_WORKER, Role.CLAIM_WORKER, Role.TOWN_LEAD, Role.COUNTY_SUPERVISOR])
        units = set(chance.sample(UNITS, chance.randrange(1, 3))) if role is Role.CLAIM_WORKER else set()
        scope = Scope(frozenset() if units else frozenset({TOWN}), frozenset(units))
        await move_account(database, account, role=role, scope=scope, site=TOWN, directory=DIRECTORY, **told)
        model.roles[name], model.units[name] = role, units
        model.fired["move"] += 1
