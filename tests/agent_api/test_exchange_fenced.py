"""Two centres of one secret: the restored one goes on, the old one that somebody left running writes nothing more."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from server.actions.change_epoch import RESTORED, TAKEN_OVER, change_epoch
from server.storage.errors import Superseded
from server.write import Job
from sync.central.known import Author
from sync.core.codec import parse_answer
from sync.core.messages import Status
from tests.centre import VILLAGE, CentreUnderTest, Counted, Phone, StoreKind, ident, open_centre, resident

BUCKET = f"place:{VILLAGE}"
HOUR = 3_600_000


@asynccontextmanager
async def two_centres(
    kind: StoreKind, folder: Path, url: str
) -> AsyncIterator[tuple[CentreUnderTest, CentreUnderTest]]:
    """The old one, and one that was restored from its backup and began a later epoch."""
    (folder / "new").mkdir()
    async with open_centre(kind, folder, url) as old, open_centre(StoreKind.SQLITE, folder / "new") as new:
        for centre in (old, new):
            now = centre.clock.wall_ms()
            await change_epoch(centre.store, "epoch1", RESTORED, now_ms=now, randomness=Counted("first"))
        async with new.store.read() as unit:
            first = (await unit.centre()).epoch
        new.clock.now += HOUR
        await change_epoch(new.store, first, RESTORED, now_ms=new.clock.wall_ms(), randomness=Counted("second"))
        yield old, new


async def phone_of_both(old: CentreUnderTest, new: CentreUnderTest) -> Phone:
    await new.enrol("wang", BUCKET)
    return await old.enrol("wang", BUCKET)


@pytest.mark.parametrize("kind", list(StoreKind), ids=lambda kind: kind.value)
async def test_the_older_of_two_centres_is_fenced_by_the_first_device_that_comes_from_the_newer(
    kind: StoreKind, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    url = str(request.getfixturevalue("postgres_url")) if kind is StoreKind.POSTGRES else ""
    async with two_centres(kind, tmp_path, url) as (old, new):
        wang = await phone_of_both(old, new)
        lines = [resident(wang, 1)]
        wang.exchange = new.exchange
        assert (await wang.tell(lines)).status is Status.OK
        wang.exchange = old.exchange
        with pytest.raises(Superseded):
            await wang.tell([resident(wang, 2)])
        # From now on it answers nobody, also not who never heard of the other centre.
        li = await old.enrol("li", BUCKET)
        with pytest.raises(Superseded):
            await li.tell([resident(li, 1)])
        with pytest.raises(Superseded):
            await old.exchange.answer(li.request(), li.caller)
        desk = Author(account="desk", device=li.device, role="administrator", grants={})
        with pytest.raises(Superseded):
            await old.writer.write(Job.of_the_centre(desk, [], retries=frozenset({ident("r", 1)})))
        # The device kept everything and goes on where its history is.
        wang.exchange = new.exchange
        assert (await wang.tell([resident(wang, 2)])).last_seq == 2


async def test_a_fenced_centre_that_takes_over_begins_an_epoch_later_than_the_others(tmp_path: Path) -> None:
    async with two_centres(StoreKind.SQLITE, tmp_path, "") as (old, new):
        wang = await phone_of_both(old, new)
        wang.exchange = new.exchange
        later = (await wang.tell([resident(wang, 1)])).epoch
        wang.exchange = old.exchange
        with pytest.raises(Superseded):
            await wang.tell([])
        async with old.store.read() as unit:
            state = await unit.centre()
        assert state.superseded_by == later
        # Its clock is an hour behind the other's; the order of epochs is not the clock's.
        now = old.clock.wall_ms()
        epoch = await change_epoch(old.store, state.epoch, TAKEN_OVER, now_ms=now, randomness=Counted("third"))
        assert epoch > later
        message = wang.request()
        assert parse_answer(await old.exchange.answer(message, wang.caller)).envelope.status is Status.EPOCH_CHANGED


@pytest.mark.parametrize("forged", ["", "x" * 22])
async def test_only_the_centres_own_word_fences_it(forged: str, tmp_path: Path) -> None:
    async with two_centres(StoreKind.SQLITE, tmp_path, "") as (old, new):
        wang = await phone_of_both(old, new)
        wang.exchange = new.exchange
        await wang.tell([resident(wang, 1)])
        wang.exchange, wang.ack = old.exchange, forged
        assert (await wang.tell([])).status is Status.EPOCH_CHANGED
        async with old.store.read() as unit:
            assert not (await unit.centre()).superseded_by


async def test_an_epoch_of_its_own_past_is_nobody_elses(tmp_path: Path) -> None:
    """A centre whose clock was an hour ahead when it began an epoch: the next one may be called something earlier."""
    async with open_centre(StoreKind.SQLITE, tmp_path) as centre:
        wang = await centre.enrol("wang", BUCKET)
        first = (await wang.tell([resident(wang, 1)])).epoch
        await change_epoch(centre.store, first, RESTORED, now_ms=1, randomness=Counted("next"))
        assert (await wang.tell([])).status is Status.EPOCH_CHANGED
        assert (await wang.tell([])).status is Status.OK
