"""The trail is checked by a process of its own, on both databases: whole or not, followed, and ended with who waits."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from server.actions.log_heads import sign_heads, signing_key
from server.backups import second_place
from server.storage.errors import StorageError
from server.trail_check import trail_check
from tests.small_centre import HELPER, SmallCentre, load_small, settings_in, small_centre


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
async def either(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[SmallCentre]:
    url = str(request.getfixturevalue("postgres_url")) if request.param == "postgres" else ""
    async with small_centre(tmp_path, database=url) as made:
        yield made


async def work(small: SmallCentre) -> None:
    device = await small.enrol(HELPER)
    for name in ("王秀英", "李大爷", "张奶奶"):
        await small.register(device, name)


async def test_another_process_finds_a_trail_whole_and_an_altered_one_altered(either: SmallCentre) -> None:
    await work(either)
    centre = either.centre
    place = second_place(centre.settings)
    place.mkdir(parents=True, exist_ok=True)
    await sign_heads(centre.database, place, signing_key(centre.secrets), now_ms=centre.clock.wall_ms())
    heard: list[int] = []

    async def told(count: int) -> None:
        heard.append(count)

    report = await trail_check(centre.settings)(told)
    [[changes]] = await either.fetch("SELECT count(*) FROM changes")
    assert (report.changes, report.findings.found) == (changes, [])
    assert report.signed > 0
    assert heard[-1] == changes
    await either.tamper("UPDATE changes SET account = 'ffff' WHERE position = (SELECT max(position) FROM changes)")
    report = await trail_check(centre.settings)(told)
    assert [one.code for one in report.findings.found] == ["log_link"]


def children() -> Iterator[str]:
    """What processes of ours run, as they were started."""
    for task in Path("/proc/self/task").iterdir():
        for pid in (task / "children").read_text().split():
            yield Path(f"/proc/{pid}/cmdline").read_text()


async def test_who_stops_waiting_ends_the_process(tmp_path: Path) -> None:
    await load_small(tmp_path)
    begun = asyncio.Event()

    async def told(_: int) -> None:
        begun.set()
        await asyncio.Event().wait()

    running = asyncio.ensure_future(trail_check(settings_in(tmp_path))(told))
    await begun.wait()
    assert any("trail_child" in line for line in children())
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert not any("trail_child" in line for line in children())


async def test_a_process_that_ends_without_a_report_is_a_failure(tmp_path: Path) -> None:
    nowhere = replace(settings_in(tmp_path), master_secret_file=tmp_path / "none")

    async def told(_: int) -> None:
        raise AssertionError("nothing was checked")

    with pytest.raises(StorageError):
        await trail_check(nowhere)(told)
