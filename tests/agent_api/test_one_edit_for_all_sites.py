"""One edit of the standard reaches the full world's 864 villages as one small change on the wire, not as 864 copies.

A real server with every place, unit and account of Xuancheng and a resident a village; devices of villages in all seven
counties exchange with it over HTTP.
"""

from __future__ import annotations

import os
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from fixtures.bench.device import Phone
from fixtures.bench.filings import Helper
from fixtures.bench.site import (
    DEVICE_COLUMNS,
    SESSION,
    SESSION_COLUMNS,
    SESSION_LIFE_MS,
    Site,
    prepare,
    running,
    settings_in,
)
from fixtures.world import Level, Role, Size, StandardItem, World, build_world
from server.centre import open_centre
from server.cli.bench import without_unit_items
from server.cli.world import content_of
from server.domain.catalogue.local_items import departures, local_item_id, shown_item
from server.storage.unit_of_work import Snapshot
from sync.central.known import Known, Wants
from sync.core.chain import encode_hash
from sync.core.changes import Captured
from sync.core.codec import parse_answer
from sync.core.ids import derived_id, timed_id
from sync.device.replica import Draft, Replica
from tests.command import finish

SITES = 864
ENVELOPE_MAX = 1_500
"""What an answer says besides its rows, in bytes."""
HEADERS_MAX = 700
OWN_DAYS = 1


@dataclass
class Village:
    """A helper's phone in it, and the answers it got since `answers` was last emptied."""

    helper: Helper
    unit: str
    phone: Phone
    answers: list[httpx.Response] = field(default_factory=list)

    async def exchange(self) -> None:
        self.answers.clear()
        await self.phone.sync()

    def shows(self, item: str) -> dict[str, object]:
        """What its own replica makes of the standard and of what the site says itself."""
        replica = Replica(self.phone.store)
        standard = replica.see(item)
        assert standard is not None, "every village reads the standard list"
        own = [replica.see(local_item_id(self.unit, about)) for about in (item, "")]
        local, site = (one.fields if one is not None else None for one in own)
        return shown_item(standard.fields, local, site)


@dataclass(frozen=True)
class Reach:
    """What lies in the centre: bucket → (head, rows, log length); how long the log is; how many local records."""

    heads: dict[str, tuple[int, int, int]]
    changes: int
    locals: int
    items: int


@pytest.fixture(scope="module")
def world() -> World:
    return build_world(7, Size.FULL)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def site(request: pytest.FixtureRequest, world: World, tmp_path: Path) -> Site:
    database = str(request.getfixturevalue("postgres_url")) if request.param == "postgres" else ""
    content = without_unit_items(content_of(world, 1))
    return finish(prepare(settings_in(tmp_path, database), content, devices=len(world.villages)))


async def reviewer_of(site: Site, world: World) -> str:
    """A bearer token of a city reviewer's device."""
    account = next(one for one in world.accounts if one.role is Role.CATALOGUE_REVIEWER)
    device, now = derived_id("device", account.id), time.time_ns() // 1_000_000
    key = Ed25519PrivateKey.generate().public_key().public_bytes_raw()
    async with open_centre(site.settings) as centre, centre.database.write() as tx:
        [[last]] = await tx.fetch("SELECT max(ordinal) FROM devices")
        await tx.insert_many("devices", DEVICE_COLUMNS, [(device, last + 1, account.id, key, "desk", now, 0, "1")])
        await tx.insert_many("sessions", SESSION_COLUMNS, [(device, SESSION, 1, now, now, now + SESSION_LIFE_MS)])
    return str(site.ring.issue(account.id, device, SESSION, now_ms=now, random_bytes=os.urandom(4))[0])


async def reach(snapshot: Snapshot) -> Reach:
    rows = await snapshot.fetch("SELECT id, head, row_count, log_length FROM buckets")
    counts = [
        (await snapshot.fetch(f"SELECT count(*) FROM {table}"))[0][0] for table in ("changes", "local_items", "items")
    ]
    return Reach({bucket: (head, count, length) for bucket, head, count, length in rows}, *counts)


async def looked_at(site: Site) -> Reach:
    async with open_centre(site.settings) as centre, centre.database.read() as snapshot:
        return await reach(snapshot)


@asynccontextmanager
async def villages_of(site: Site, world: World, port: int) -> AsyncIterator[list[Village]]:
    """Two of each county, level with the centre."""
    units = {unit.place: unit.id for unit in world.units}
    by_county: dict[str, list[Helper]] = {}
    for helper in site.helpers:
        by_county.setdefault(helper.village[:6], []).append(helper)
    chosen = [helper for helpers in by_county.values() for helper in (helpers[0], helpers[-1])]
    async with AsyncExitStack() as stack:
        found = []
        for helper in site.with_fresh_tokens(chosen):
            village = Village(helper, units[helper.village], Phone(helper, port))
            village.phone.client.event_hooks["response"].append(heard_by(village))
            stack.push_async_callback(village.phone.close)
            await village.exchange()
            found.append(village)
        yield found


def heard_by(village: Village) -> Callable[[httpx.Response], Awaitable[None]]:
    async def heard(response: httpx.Response) -> None:
        await response.aread()
        village.answers.append(response)

    return heard


def chosen_item(world: World) -> StandardItem:
    return next(
        one
        for one in world.standard_items_for(Level.VILLAGE)
        if one.body["status"] == "active" and one.body["promise_days"] > OWN_DAYS + 2
    )


async def depart(village: Village, item: str) -> None:
    """The site does it faster than the standard asks, and says why."""
    fields = {"unit": village.unit, "item": item, "f.promise_days": OWN_DAYS, "why.promise_days": "当日办结"}
    draft = Draft("local_item", local_item_id(village.unit, item), "local_item.set", fields)
    now = time.time_ns() // 1_000_000
    Replica(village.phone.store).capture(draft, change_id=timed_id(now, os.urandom(10)), captured=Captured(now))
    await village.exchange()


async def publish(address: str, token: str, site: Site, item: StandardItem, days: int) -> None:
    """As a reviewer's computer does."""
    known = Known()
    async with open_centre(site.settings) as centre, centre.store.read() as unit:
        epoch = (await unit.centre()).epoch
        await unit.load(Wants(records={("item", item.id)}), known)
    standing = known.record("item", item.id)
    assert standing is not None, "the world's items are loaded"
    seen = {"epoch": epoch, "rev": standing.rev, "hash": encode_hash(standing.hash)}
    body = {"fields": {"promise_days": days, "version": item.version + 1}, "seen": seen}
    async with httpx.AsyncClient(base_url=address, trust_env=False) as desk:
        bearer = {"authorization": f"Bearer {token}"}
        answer = await desk.post(f"/v1/desk/item/{item.id}/publish", json=body, headers=bearer)
    assert answer.status_code == 200, answer.text


async def test_one_edit_is_one_small_change_for_every_site(site: Site, world: World) -> None:
    item = chosen_item(world)
    assert {helper.village for helper in site.helpers} == {one.code12 for one in world.villages}
    assert len(world.villages) == SITES
    token = await reviewer_of(site, world)
    standard, days = item.body["promise_days"], item.body["promise_days"] - 1
    async with running(site.settings) as server, villages_of(site, world, server.port) as villages:
        departed, *others = villages
        await depart(departed, item.id)
        before = await looked_at(site)
        await publish(f"http://127.0.0.1:{server.port}", token, site, item, days)
        after = await looked_at(site)
        assert after.changes == before.changes + 1, "one change is appended to the log"
        assert (after.locals, after.items) == (before.locals, before.items) == (1, len(world.standard_items))
        changed = {bucket: head for bucket, head in after.heads.items() if before.heads.get(bucket) != head}
        [(bucket, (head, count, length))] = changed.items()
        assert (head, count, length) == tuple(
            was + more for was, more in zip(before.heads[bucket], (1, 0, 1), strict=True)
        )
        assert all(bucket in {one for one, *_ in helper.buckets} for helper in site.helpers), "every site reads it"
        for village in villages:
            assert village.shows(item.id)["promise_days"] == (OWN_DAYS if village is departed else standard)
            await village.exchange()
            check_answers(village.answers, item.id, bucket, head)
        assert {village.shows(item.id)["promise_days"] for village in others} == {days}
        assert departed.shows(item.id)["promise_days"] == OWN_DAYS
        own = Replica(departed.phone.store).see(local_item_id(departed.unit, item.id))
        held = Replica(departed.phone.store).see(item.id)
        assert own is not None
        assert held is not None
        [told] = departures(held.fields, own.fields)
        assert (told.field, told.standard, told.local, told.reason) == ("promise_days", days, OWN_DAYS, "当日办结")


def check_answers(answers: Sequence[httpx.Response], item: str, bucket: str, head: int) -> None:
    """All that came down is one record and what an exchange says anyway."""
    told = [parse_answer(answer.content) for answer in answers]
    rows = [(page.bucket, row.record, row.version) for one in told for page in one.envelope.pages for row in page.rows]
    bodies = [body for one in told for body in one.bodies]
    assert rows == [(bucket, item, head)]
    [record] = bodies
    plain = sum(len(answer.content) for answer in answers)
    assert plain - len(record) <= ENVELOPE_MAX * len(answers)
    wire = sum(answer.num_bytes_downloaded for answer in answers)
    headers = sum(len(name) + len(value) + 4 for answer in answers for name, value in answer.headers.raw)
    assert wire <= plain
    assert headers <= HEADERS_MAX * len(answers)
    assert wire + headers < 3 * len(record) < SITES * len(record)
