"""What the centre does by itself: when, in which process, and what a failure stops, which is nothing."""

import asyncio
import contextlib
from dataclasses import replace
from pathlib import Path

from server.actions.high_water import kept_high_water
from server.actions.log_heads import FILE as HEADS
from server.actions.release_waiting import WaitingWork
from server.actions.tell_process import Standing, ThisProcess
from server.adapters.outside import Outside
from server.adapters.province import FileProvince
from server.backups import keeper_of
from server.centre import platform_of
from server.schedule import Job, Parts, Schedule, jobs_of
from server.storage.blobs import open_blobs
from server.storage.contacts import Contact, ContactBook
from server.storage.spool import Spool
from server.write import Written
from tests.small_centre import HELPER, SmallCentre, small_centre


class Nobody:
    """Who would write, if there were anything to write."""

    async def write(self, job: object) -> Written:
        raise AssertionError("nothing waits in this centre")

    async def close(self) -> None:
        pass


class Hand:
    """A clock that the schedule's own sleeping moves, a minute at a time; it ends after so many."""

    def __init__(self, sleeps: int) -> None:
        self.now = 0
        self._left = sleeps

    def wall_ms(self) -> int:
        return self.now

    def monotonic_ms(self) -> int:
        return self.now

    async def sleep(self, _seconds: float) -> None:
        for _ in range(3):  # what was begun comes to its end, or to where it waits
            await asyncio.sleep(0)
        if not self._left:
            raise asyncio.CancelledError
        self._left -= 1
        self.now += 60_000


async def run(jobs: list[Job], lock: Path, sleeps: int, *, end: bool = True) -> tuple[list[str], Schedule]:
    failed: list[str] = []
    hand = Hand(sleeps)
    schedule = Schedule(jobs, lock=lock, clock=hand, failed=lambda name, _: failed.append(name), sleep=hand.sleep)
    with contextlib.suppress(asyncio.CancelledError):
        await schedule.run()
    if end:
        await schedule.end()
    return failed, schedule


def counting(name: str, done: list[str], every_s: float, **more: bool) -> Job:
    async def work() -> None:
        done.append(name)

    return Job(name, every_s, work, **more)


async def test_each_job_runs_at_its_own_pace(tmp_path: Path) -> None:
    done: list[str] = []
    await run([counting("often", done, 60), counting("seldom", done, 180)], tmp_path / "lock", 6)
    assert (done.count("often"), done.count("seldom")) == (6, 2)


async def test_every_run_is_told_with_what_it_raised(tmp_path: Path) -> None:
    told: list[tuple[str, float, bool]] = []

    async def fails() -> None:
        raise TimeoutError

    hand = Hand(2)
    schedule = Schedule(
        [counting("well", [], 60), Job("badly", 120, fails)],
        lock=tmp_path / "lock",
        clock=hand,
        failed=lambda name, _: None,
        ran=lambda name, every_s, _at, _took, error: told.append((name, every_s, error is None)),
        sleep=hand.sleep,
    )
    with contextlib.suppress(asyncio.CancelledError):
        await schedule.run()
    await schedule.end()
    assert sorted(told) == [("badly", 120, False), ("well", 60, True), ("well", 60, True)]


async def test_a_job_that_fails_is_told_and_tried_again_and_stops_no_other(tmp_path: Path) -> None:
    done: list[str] = []

    async def fail() -> None:
        raise OSError("no")

    failed, _ = await run([Job("bad", 60, fail), counting("good", done, 60)], tmp_path / "lock", 3)
    assert failed == ["bad"] * 3
    assert done == ["good"] * 3


async def test_a_job_that_takes_long_keeps_no_other_waiting_and_is_not_begun_twice(tmp_path: Path) -> None:
    done: list[str] = []
    begun: list[str] = []

    async def last() -> None:
        begun.append("long")
        try:
            await asyncio.Event().wait()
        finally:
            begun.append("ended")

    await run([Job("long", 60, last), counting("short", done, 60)], tmp_path / "lock", 4)
    assert done == ["short"] * 4
    assert begun == ["long", "ended"]


async def test_of_those_that_look_far_one_runs_at_a_time(tmp_path: Path) -> None:
    at_once: list[int] = []
    going = 0

    async def look() -> None:
        nonlocal going
        going += 1
        at_once.append(going)
        await asyncio.sleep(0)
        going -= 1

    jobs = [Job(name, 60, look, looks_far=True) for name in ("lights", "reviews", "bulletins")]
    await run(jobs, tmp_path / "lock", 6)
    assert max(at_once) == 1
    assert len(at_once) > len(jobs)


async def test_what_one_process_must_do_is_done_by_one_until_it_ends(tmp_path: Path) -> None:
    first: list[str] = []
    second: list[str] = []

    def jobs(done: list[str]) -> list[Job]:
        return [counting("alone", done, 60), counting("each", done, 60, alone=False)]

    _, holder = await run(jobs(first), tmp_path / "lock", 2, end=False)
    await run(jobs(second), tmp_path / "lock", 2)
    assert (first.count("alone"), second.count("alone"), second.count("each")) == (2, 0, 2)
    await holder.end()
    await run(jobs(second), tmp_path / "lock", 1)
    assert second.count("alone") == 1


async def test_at_the_end_what_must_not_be_lost_is_done_once_more(tmp_path: Path) -> None:
    done: list[str] = []
    await run([counting("flush", done, 900, at_end=True), counting("sweep", done, 900)], tmp_path / "lock", 1)
    assert done == ["flush"]


async def test_the_table_s_jobs_do_what_they_are_for(tmp_path: Path) -> None:
    async with small_centre(tmp_path) as small:
        device = await small.enrol(HELPER)
        contacts = ContactBook(small.centre.store)
        heard = small.centre.clock.wall_ms()
        contacts.note(device, Contact(heard, 3, 5))
        for job in jobs_of(parts(small, contacts)):
            await job.run()
        assert await small.fetch("SELECT last_contact, unsent FROM devices WHERE id = ?", [device]) == [(heard, 3)]
        assert kept_high_water(tmp_path) is not None
        assert (tmp_path / "second" / HEADS).exists()


async def test_every_job_can_be_done_twice(tmp_path: Path) -> None:
    async with small_centre(tmp_path) as small:
        jobs = jobs_of(parts(small, ContactBook(small.centre.store)))
        stood = []
        for _ in range(3):  # the first finds what there is to do, the second signs it
            for job in jobs:
                await job.run()
            [(changes,)] = await small.fetch("SELECT count(*) FROM changes")
            stood.append((changes, len((tmp_path / "second" / HEADS).read_bytes().splitlines())))
        assert stood[1] == stood[2]
        assert len({job.name for job in jobs}) == len(jobs)


def parts(small: SmallCentre, contacts: ContactBook) -> Parts:
    centre = small.centre
    return Parts(
        database=centre.database,
        blobs=open_blobs(centre.settings.blobs, centre.sealing),
        spool=Spool(centre.settings.data_folder / "spool", centre.sealing),
        secrets=centre.secrets,
        backups=keeper_of(replace(centre.settings, backup_hours=0), centre.secrets, centre.clock.wall_ms),
        contacts=contacts,
        waiting_work=WaitingWork(centre.store, Nobody()),
        clock=centre.clock,
        data_folder=centre.settings.data_folder,
        second_place=centre.settings.data_folder / "second",
        outside=Outside(FileProvince(centre.settings.outbound_folder)),
        platform=platform_of(centre, small.writer),
        process=ThisProcess("p" * 32, Standing, centre.clock.wall_ms),
    )
