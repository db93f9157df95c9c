"""An old centre is started again beside the one that was restored from its backup (O3): it refuses all work."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from server.actions.change_epoch import RESTORED, TAKEN_OVER, change_epoch
from server.centre import open_centre
from sync.core.chain import genesis
from sync.core.messages import Status
from tests.centre import Phone, resident
from tests.faults.site import Person, Refused, Served, Site, prepare, served, settings_in
from tests.faults.test_cancelled_requests import Sending
from tests.people import VILLAGE, HandClock, seeded

HELPER, COLLEAGUE = Person("helper"), Person("colleague")
LATER = 60_000


async def restored_from(site: Site, folder: Path) -> Site:
    """Another centre on a copy of the database, with the same secret, in a later epoch."""
    settings = settings_in(folder)
    shutil.copytree(site.settings.master_secret_file.parent, settings.master_secret_file.parent)
    shutil.copy(site.file, folder / "centre.db")
    async with open_centre(settings, clock=HandClock(wall=site.now_ms + LATER)) as centre:
        async with centre.store.read() as unit:
            epoch = (await unit.centre()).epoch
        now = site.now_ms + LATER
        await change_epoch(centre.store, epoch, RESTORED, now_ms=now, randomness=seeded().randbytes)
    return replace(site, settings=settings)


def moved(phone: Phone, at: Served) -> None:
    """From now on this phone reaches that centre: its name leads there."""
    phone.exchange = at.line  # type: ignore[assignment]


async def health_of(at: Served) -> tuple[int, bool]:
    answer = await at.line.client.get("/v1/health")
    return answer.status_code, bool(answer.json()["superseded"])


async def test_the_old_one_of_two_refuses_all_work_and_the_new_one_gets_it(tmp_path: Path) -> None:
    (tmp_path / "new").mkdir()
    site = await prepare(settings_in(tmp_path / "old"), HELPER, COLLEAGUE)
    async with served(site) as old:
        helper, colleague = old.phones
        first = [resident(helper, 1, VILLAGE)]
        assert (await helper.tell(first)).status is Status.OK
    new_site = await restored_from(site, tmp_path / "new")
    async with served(site) as old, served(new_site, HandClock(wall=site.now_ms + LATER)) as new:
        new.line.tokens.update(old.line.tokens)
        moved(helper, new)
        assert (await helper.tell([])).status is Status.EPOCH_CHANGED
        assert (await helper.tell([resident(helper, 2, VILLAGE)])).last_seq == 2
        assert await health_of(old) == (200, False), "nobody has told it yet"
        moved(helper, old)
        with pytest.raises(Refused, match="503 centre_superseded"):
            await helper.tell([resident(helper, 3, VILLAGE)])
        before = await site.digest()
        for phone in (helper, colleague):
            moved(phone, old)
            with pytest.raises(Refused, match="503 centre_superseded"):
                await phone.tell([resident(phone, 4, VILLAGE)])
            with pytest.raises(Refused, match="503 centre_superseded"):
                await phone.tell([])
        refused = await Sending(old, 1).announce()
        assert (refused.status_code, refused.json()["code"]) == (503, "centre_superseded")
        assert await health_of(old) == (503, True)
        after = await site.digest()
        assert {table for table in before if before[table] != after[table]} == set(), "it wrote nothing at all"
        for phone in (helper, colleague):
            moved(phone, new)
        assert (await helper.tell([resident(helper, 3, VILLAGE)])).last_seq == 3
        assert await health_of(new) == (200, False)


async def test_the_fence_outlives_a_start_and_falls_when_its_operator_says_go_on(tmp_path: Path) -> None:
    (tmp_path / "new").mkdir()
    site = await prepare(settings_in(tmp_path / "old"), HELPER)
    new_site = await restored_from(site, tmp_path / "new")
    async with served(new_site, HandClock(wall=site.now_ms + LATER)) as new:
        [helper] = new.phones
        await helper.tell([resident(helper, 1, VILLAGE)])
    async with served(site) as old:
        moved(helper, old)
        with pytest.raises(Refused, match="centre_superseded"):
            await helper.tell([])
    async with served(site) as old:
        moved(helper, old)
        with pytest.raises(Refused, match="centre_superseded"):
            await helper.tell([])
    async with open_centre(site.settings, clock=HandClock(wall=site.now_ms)) as centre:
        async with centre.store.read() as unit:
            epoch = (await unit.centre()).epoch
        await change_epoch(centre.store, epoch, TAKEN_OVER, now_ms=site.now_ms, randomness=seeded(2).randbytes)
    async with served(site) as old:
        moved(helper, old)
        assert (await helper.tell([])).status is Status.EPOCH_CHANGED
        helper.last_seq, helper.chain_hash = 0, genesis(helper.device, helper.chain_epoch)
        assert (await helper.tell([resident(helper, 1, VILLAGE)])).last_seq == 1
