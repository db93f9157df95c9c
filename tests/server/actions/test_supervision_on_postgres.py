"""Supervision's queries on PostgreSQL: what SQLite's tests tell in detail is run through once here."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from server.actions.erase_resident import erase_resident
from server.actions.find_signals import find_signals, month_of
from server.actions.keep_no_longer import keep_no_longer, retention_due
from server.actions.list_watching import count_lights, list_lights, list_reviews
from server.actions.log_heads import SignedHeads
from server.actions.log_read import log_read
from server.actions.observe_filings import observe_filings
from server.actions.open_reviews import open_reviews
from server.actions.raise_lights import LightReport, raise_lights
from server.actions.report_activity import report_activity
from server.actions.verify import verify
from server.centre import platform_of
from server.merge_policies.judging import china_day
from tests.people import HandClock
from tests.server.actions.test_erase_resident import withdrawn
from tests.server.actions.test_observe_filings import RESIDENT, file_one
from tests.small_centre import HELPER, small_centre

HOUR = 3_600_000


async def test_a_filing_is_noted_watched_and_in_the_end_emptied(tmp_path: Path, postgres_url: str) -> None:
    async with small_centre(tmp_path, database=postgres_url) as small:
        phone = await file_one(small)
        clock = HandClock(wall=small.centre.clock.wall_ms() + HOUR)
        platform = replace(platform_of(small.centre, small.writer), clock=clock)
        assert await observe_filings(platform) == 1
        directory = await platform.directory()
        async with small.centre.database.read() as snapshot:
            await find_signals(snapshot, month_of(china_day(clock.wall)), directory, {})
        await small.tamper("UPDATE observations SET flags = 'late'")
        report = await open_reviews(platform)
        assert (report.opened, report.samples) == (1, 1)
        await small.tamper("UPDATE devices SET last_contact = 5, unsent = 2 WHERE id = ?", [phone])
        assert (await raise_lights(platform)).raised > 0
        assert await raise_lights(platform) == LightReport()
        city = next(one.login for one in small.world.accounts if one.role == "city_supervisor")
        supervisor = await small.account(city)
        assert len(await list_lights(platform, supervisor, limit=3)) > 0
        assert await count_lights(platform, supervisor)
        await count_lights(platform, supervisor, by_unit=True)
        [review] = await list_reviews(platform, supervisor)
        assert (review.code, review.account) == ("AR06", (await small.account(HELPER)).id)
        await log_read(platform, supervisor, "resident", RESIDENT, "回访核实", unmasked=True)
        assert await report_activity(small.centre.database)
        await withdrawn(small, phone)
        assert (await erase_resident(platform, RESIDENT, why="本人申请", actor="operator")).records == 3
        assert {one.due for one in await retention_due(platform, SignedHeads())} == {0}
        await keep_no_longer(platform, SignedHeads())
        centre = small.centre
        found = await verify(centre.database, centre.sealing, centre.policies, blobs=None)
        assert found.is_whole, found.findings.found
