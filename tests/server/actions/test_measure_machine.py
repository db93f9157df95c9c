"""How the machine stands: numbers that are true on both databases, and lights that follow from them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from server.actions.measure_machine import Machine, measure_machine
from server.actions.note_unmasking import note_unmasking
from server.actions.platform import Platform
from server.actions.tell_process import SILENT_AFTER_MS, Standing, ThisProcess
from server.centre import platform_of
from server.domain.supervision.machine import Light
from server.storage.job_runs import RunBook
from server.storage.migrations import MIGRATIONS
from tests.people import HandClock
from tests.server.actions.test_list_followup import clerk_of
from tests.small_centre import SmallCentre


def this_process(platform: Platform, ident: str = "p" * 32) -> ThisProcess:
    return ThisProcess(ident, lambda: Standing(pages=3), platform.clock.wall_ms)


async def test_a_new_centre_lacks_a_backup_and_nothing_else(either: SmallCentre, tmp_path: Path) -> None:
    platform = platform_of(either.centre, either.writer)
    machine = Machine(tmp_path / "not" / "yet", tmp_path / "second", 24, 2, this_process(platform))
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
    state = await measure_machine(
        platform, either.centre.secrets, Machine(tmp_path, tmp_path, 24, 1, this_process(platform))
    )
    assert [(one.run.name, one.light) for one in state.jobs] == [("lights", Light.GREEN), ("parcels", Light.RED)]
    assert state.schedule is Light.RED
    assert state.unmasked == (1, 1)


async def test_every_process_is_told_and_one_that_was_killed_is_silent(either: SmallCentre, tmp_path: Path) -> None:
    clock = HandClock()
    platform = replace(platform_of(either.centre, either.writer), clock=clock)
    killed, other, here = (this_process(platform, one * 32) for one in "abc")
    await killed.tell(platform.database)
    clock.advance(SILENT_AFTER_MS + 1)
    await other.tell(platform.database)
    await here.tell(platform.database)
    clock.advance(1_000)
    state = await measure_machine(platform, either.centre.secrets, Machine(tmp_path, tmp_path, 24, 3, here))
    told = [(one.row.id, one.here, one.silent, one.row.pages) for one in state.processes]
    assert told == [(killed.id, False, True, 3), (other.id, False, False, 3), (here.id, True, False, 3)]
    assert state.processes[-1].row.seen_at == clock.wall_ms()
