"""How the machine stands: numbers that are true on both databases, and lights that follow from them."""

from __future__ import annotations

from pathlib import Path

from server.actions.measure_machine import Machine, measure_machine
from server.actions.note_unmasking import note_unmasking
from server.domain.supervision.machine import Light
from server.main import platform_of
from server.storage.job_runs import RunBook
from server.storage.migrations import MIGRATIONS
from tests.server.actions.test_list_followup import clerk_of
from tests.small_centre import SmallCentre


async def test_a_new_centre_lacks_a_backup_and_nothing_else(either: SmallCentre, tmp_path: Path) -> None:
    platform = platform_of(either.centre, either.writer)
    machine = Machine(tmp_path / "not" / "yet", tmp_path / "second", 24, 2)
    state = await measure_machine(platform, either.centre.secrets, machine)
    assert (state.light, state.database, state.backups.light) == (Light.RED, Light.GREEN, Light.RED)
    assert (state.schema, state.workers, state.backups.newest, state.jobs) == (len(MIGRATIONS), 2, None, ())
    assert state.database_bytes > 100_000
    assert 0 < state.disk_free < state.disk_total
    assert state.engine == either.centre.database.engine.value


async def test_failed_jobs_and_unmaskings_are_told(either: SmallCentre, tmp_path: Path) -> None:
    platform, book = platform_of(either.centre, either.writer), RunBook()
    now = platform.clock.wall_ms()
    for _ in range(2):
        book.note("parcels", 300, now, 9, TimeoutError())
    book.note("lights", 600, now, 9, None)
    await book.flush(either.centre.database)
    await note_unmasking(platform, await clerk_of(either), "case", "9" * 32)
    state = await measure_machine(platform, either.centre.secrets, Machine(tmp_path, tmp_path, 24, 1))
    assert [(one.run.name, one.light) for one in state.jobs] == [("lights", Light.GREEN), ("parcels", Light.RED)]
    assert state.schedule is Light.RED
    assert state.unmasked == (1, 1)
