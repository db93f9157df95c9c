"""The server's disk: the power is cut after any sync, it fills up, it fails. What was acknowledged is there."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import httpx
import pytest
from sqlcipher3 import dbapi2

from server.centre import EXIT_DISK_FAILURE
from server.clock import MachineClock
from sync.core.changes import OutcomeCode
from tests.centre import resident
from tests.faults.process import ServerProcess, running
from tests.faults.shim import Cuts, built
from tests.faults.site import Line, Person, Refused, Site, prepare, settings_in
from tests.people import VILLAGE

WANG = Person("wang")


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built(tmp_path_factory.mktemp("shim"))


async def site_in(folder: Path) -> Site:
    return await prepare(settings_in(folder), WANG, clock=MachineClock())


def line_to(server: ServerProcess) -> Line:
    return Line(httpx.AsyncClient(base_url=server.address, timeout=30))


def ids(lines: list[bytes]) -> set[str]:
    return {json.loads(line)["id"] for line in lines}


def changes_in(database: Path) -> set[str]:
    """What a database says after it came back, once it is sound."""
    raw = dbapi2.connect(str(database))
    try:
        assert raw.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        return {row[0] for row in raw.execute("SELECT id FROM changes")}
    finally:
        raw.close()


async def test_after_a_power_cut_at_any_sync_all_that_was_acknowledged_is_there(tmp_path: Path, library: Path) -> None:
    site = await site_in(tmp_path)
    cuts = Cuts(tmp_path / "cuts", site.file)
    promised: dict[str, int] = {}
    """Change → the last cut that was recorded when its phone was told; every later one holds it."""
    looked_at = 0
    environment = {"LD_PRELOAD": str(library), "DISK_FAULTS_SNAPSHOTS": str(cuts.folder)}
    async with running(site.settings, environment=environment) as server:
        line = line_to(server)
        phone = site.phone(WANG, line)
        for number in range(60):
            # Long enough that the log is carried over into the file now and then.
            lines = [resident(phone, number * 10 + at, VILLAGE, address="x" * 400) for at in range(10)]
            answer = await phone.tell(lines)
            assert [one.code for one in answer.outcomes] == [OutcomeCode.APPLIED] * 10
            promised.update(dict.fromkeys(ids(lines), cuts.newest()))
            looked_at += look_at(cuts, promised)
        await line.client.aclose()
    assert looked_at > 60, "a sync for each request, and those that carry the log into the file"
    assert set(promised) == changes_in(site.file)


def look_at(cuts: Cuts, promised: Mapping[str, int]) -> int:
    """Every cut that is new; how many there were."""
    count = 0
    for number, database in cuts.take():
        lost = {change for change, at in promised.items() if at <= number} - changes_in(database)
        assert not lost, f"cut {number} lost what had been acknowledged"
        count += 1
    return count


async def test_a_full_disk_is_told_and_reads_go_on_and_it_works_again(tmp_path: Path, library: Path) -> None:
    site = await site_in(tmp_path)
    full = tmp_path / "full"
    async with running(
        site.settings, environment={"LD_PRELOAD": str(library), "DISK_FAULTS_FULL": str(full)}
    ) as server:
        line = line_to(server)
        phone = site.phone(WANG, line)
        await phone.tell([resident(phone, 1, VILLAGE)])
        before = await site.digest()
        full.touch()
        lines = [resident(phone, 2, VILLAGE)]
        with pytest.raises(Refused) as refused:
            await phone.tell(lines)
        assert (refused.value.status, refused.value.code) == (507, "storage_full")
        assert int(refused.value.headers["retry-after"]) > 0
        assert await phone.read_all() >= 1, "reads go on"
        assert len(phone.rows) == 1
        assert (await line.client.get("/v1/health")).status_code == 200
        assert await site.digest() == before
        full.unlink()
        assert [one.code for one in (await phone.tell(lines)).outcomes] == [OutcomeCode.APPLIED]
        await line.client.aclose()


async def test_a_disk_that_fails_to_sync_ends_the_process_and_nothing_is_acknowledged(
    tmp_path: Path, library: Path
) -> None:
    site = await site_in(tmp_path)
    fails = tmp_path / "fails"
    lines: list[bytes] = []
    async with running(
        site.settings, environment={"LD_PRELOAD": str(library), "DISK_FAULTS_EIO": str(fails)}
    ) as server:
        line = line_to(server)
        phone = site.phone(WANG, line)
        kept = [resident(phone, 1, VILLAGE)]
        await phone.tell(kept)
        fails.touch()
        lines = [resident(phone, 2, VILLAGE)]
        with pytest.raises((Refused, httpx.TransportError)):
            await phone.tell(lines)
        assert await server.wait() == EXIT_DISK_FAILURE
        await line.client.aclose()
    async with running(site.settings) as server:
        phone.exchange.client = (line := line_to(server)).client  # type: ignore[attr-defined]
        assert [one.code for one in (await phone.tell(lines)).outcomes] == [OutcomeCode.APPLIED]
        await line.client.aclose()
    assert changes_in(site.file) == ids(kept) | ids(lines)
