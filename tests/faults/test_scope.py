"""No row outside what somebody may read leaves the centre, through hundreds of moves, against a model of scope.

The model shares nothing with the code: it knows which places lie in which, what each role reads, and which marks were
written where. Every answer's bytes are searched for marks that are not its reader's.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from server.actions.move_account import close_account, move_account, reopen_account
from server.actions.revoke_device import revoke_device
from server.centre import open_centre
from server.domain.people.roles import Role, Scope
from sync.core.changes import OutcomeCode
from sync.core.messages import Status
from tests.centre import Phone, ident, resident
from tests.faults.site import Person, Refused, Served, prepare, served, settings_in
from tests.people import DIRECTORY, SIBLING, TOWN, VILLAGE, ZONE_VILLAGE, seeded

STEPS = 250
VILLAGES = (VILLAGE, SIBLING, ZONE_VILLAGE)
UNDER_TOWN = {VILLAGE, SIBLING}
MARK = re.compile(rb"mark-\d+-(\d{12})")
HELPERS = [Person(f"helper-{number}", Role.HELPER, Scope(frozenset({place}))) for number, place in enumerate(VILLAGES)]
LEAD = Person("lead", Role.TOWN_LEAD, Scope(frozenset({TOWN})))
SUPERVISOR = Person("supervisor", Role.COUNTY_SUPERVISOR, Scope(frozenset({TOWN})))
PEOPLE = (*HELPERS, LEAD, SUPERVISOR)


@dataclass
class Model:
    """Who reads the residents of which villages."""

    places: dict[str, set[str]] = field(default_factory=dict)
    roles: dict[str, Role] = field(default_factory=dict)
    closed: set[str] = field(default_factory=set)
    revoked: set[str] = field(default_factory=set)
    fired: Counter[str] = field(default_factory=Counter)

    def reads(self, name: str) -> set[str]:
        if name in self.closed or name in self.revoked or self.roles[name] is Role.COUNTY_SUPERVISOR:
            return set()
        places = self.places[name]
        if self.roles[name] is Role.TOWN_LEAD and TOWN in places:
            places = places | UNDER_TOWN
        return places & set(VILLAGES)


class Watched(httpx.AsyncBaseTransport):
    """Notes the bytes of the last answer, as they left the centre."""

    def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
        self._inner = inner
        self.seen = b""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        request.headers["accept-encoding"] = "identity"
        response = await self._inner.handle_async_request(request)
        self.seen += await response.aread()
        return response


async def test_nothing_outside_its_scope_is_ever_sent_to_anybody(tmp_path: Path) -> None:
    chance = random.Random(11)
    site = await prepare(settings_in(tmp_path), *PEOPLE)
    model = Model({one.name: set(one.scope.places) for one in PEOPLE}, {one.name: one.role for one in PEOPLE})
    async with served(site) as at:
        watched = Watched(at.line.client._transport)
        at.line.client._transport = watched
        phones = dict(zip((one.name for one in PEOPLE), at.phones, strict=True))
        read = dict.fromkeys(VILLAGES, 0)
        async with open_centre(site.settings, clock=at.clock) as centre:
            for step in range(STEPS):
                name = chance.choice(list(phones))
                if chance.random() < 0.35:
                    await _rearrange(centre.database, at, name, model, chance)
                watched.seen = b""
                await _write_and_read(phones[name], name, model, chance, step)
                foreign = {place.decode() for place in MARK.findall(watched.seen)} - model.reads(name)
                assert not foreign, f"step {step}: {name} was sent rows of {foreign}"
                for place in model.reads(name):
                    marks = [row for row in phones[name].rows.values() if place.encode() in row[2]]
                    read[place] += bool(marks)
    assert all(read.values()), "a walk on which nobody reads anything shows nothing"
    assert all(model.fired[kind] for kind in ("close", "reopen", "revoke", "move")), model.fired


async def _write_and_read(phone: Phone, name: str, model: Model, chance: random.Random, step: int) -> None:
    """One visit: a resident of some village, own or not, then everything that there is to read."""
    place = chance.choice(VILLAGES)
    stand = phone.last_seq, phone.chain_hash
    try:
        answer = await phone.tell([resident(phone, step, place, address=f"mark-{step}-{place}")])
    except Refused as refused:
        if refused.status != 401:
            raise
        return
    if answer.status is Status.REVOKED:
        assert name in model.revoked | model.closed
        assert not answer.outcomes
        assert not answer.entitled
        return
    assert answer.status is Status.OK, (answer.status, stand)
    [outcome] = answer.outcomes
    assert outcome.code in (OutcomeCode.APPLIED, OutcomeCode.REFUSED)
    if outcome.code is OutcomeCode.APPLIED:
        assert model.roles[name] is not Role.COUNTY_SUPERVISOR
    # Stale and foreign claims of where it stands open nothing either.
    foreign = [(f"place:{place}", 1, 0, "") for place in VILLAGES]
    message = phone.request(cursors=foreign, target=[(one[0], 2**40) for one in foreign])
    await phone.exchange.answer(message, phone.caller)
    await phone.read_all()


async def _rearrange(database: object, at: Served, name: str, model: Model, chance: random.Random) -> None:
    """A move, a promotion, a closing, a reopening or a lost phone."""
    account = ident("account", name)
    told = {"actor": "admin", "now_ms": at.clock.wall, "randomness": seeded(chance.randrange(2**32)).randbytes}
    kind = chance.random()
    if name in model.closed:
        await reopen_account(database, account, directory=DIRECTORY, **told)  # type: ignore[arg-type]
        model.closed.discard(name)
        model.fired["reopen"] += 1
        async with database.write() as tx:  # type: ignore[attr-defined]
            await tx.execute("UPDATE sessions SET ended_at = NULL WHERE device = ?", [ident("device", name)])
    elif kind < 0.15:
        await close_account(database, account, **told)  # type: ignore[arg-type]
        model.closed.add(name)
        model.fired["close"] += 1
    elif kind < 0.2 and not model.revoked:
        await revoke_device(database, ident("device", name), reason="lost", **told)  # type: ignore[arg-type]
        model.revoked.add(name)
        model.fired["revoke"] += 1
    else:
        role = chance.choice([Role.HELPER, Role.HELPER, Role.TOWN_LEAD, Role.COUNTY_SUPERVISOR])
        places = {TOWN} if role is Role.TOWN_LEAD else set(chance.sample(VILLAGES, chance.randrange(1, 3)))
        scope = Scope(frozenset(places))
        await move_account(
            database,  # type: ignore[arg-type]
            account,
            role=role,
            scope=scope,
            site=min(places),
            directory=DIRECTORY,
            **told,  # type: ignore[arg-type]
        )
        model.places[name], model.roles[name] = places, role
        model.fired["move"] += 1
