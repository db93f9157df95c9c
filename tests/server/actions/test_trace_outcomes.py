"""How a period's cases ended, day by day and by working days."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from server.actions.trace_outcomes import LONGEST_TOLD, trace_areas, trace_outcomes
from server.centre import platform_of
from tests.server.actions.test_build_bulletin import finished
from tests.small_centre import TOWN, VILLAGE, small_centre


async def test_days_and_waits_are_counted_and_days_of_rest_told(tmp_path: Path) -> None:
    async with small_centre(tmp_path) as small:
        platform = platform_of(small.centre, small.writer)
        await finished(small, "on_time", 3, day="2025-11-10")
        await finished(small, "on_time", 2, start=100, day="2025-11-12")
        await small.tamper("UPDATE cases SET received_at = '2025-11-07T09:00:00+08:00' WHERE tally = 'on_time'")
        await finished(small, "late", 1, start=200, day="2025-11-30")
        await small.tamper("UPDATE cases SET received_at = '2025-06-01T09:00:00+08:00' WHERE tally = 'late'")
        told = await trace_outcomes(platform, "2025-11-01", "2025-12-01")
        assert len(told.finished) == 30
        assert (told.total, told.finished[date(2025, 11, 10)], told.finished[date(2025, 11, 11)]) == (6, 3, 0)
        assert {days: count for days, count in told.waits.items() if count} == {1: 3, 3: 2, LONGEST_TOLD: 1}
        assert date(2025, 11, 8) in told.rest
        assert date(2025, 11, 10) not in told.rest
        here = await trace_outcomes(platform, "2025-11-01", "2025-12-01", [VILLAGE])
        assert here.total == 6
        assert (await trace_outcomes(platform, "2025-11-01", "2025-12-01", [TOWN])).total == 0


async def test_a_case_that_says_no_receipt_counts_for_its_day_and_no_wait(tmp_path: Path) -> None:
    async with small_centre(tmp_path) as small:
        await finished(small, "on_time", 2)
        told = await trace_outcomes(platform_of(small.centre, small.writer), "2026-10-01", "2026-11-01")
        assert (told.total, sum(told.waits.values())) == (2, 0)


async def test_areas_are_counted_beside_each_other_day_by_day(tmp_path: Path) -> None:
    async with small_centre(tmp_path) as small:
        platform = platform_of(small.centre, small.writer)
        await finished(small, "on_time", 3, day="2025-11-10")
        areas = {"here": {VILLAGE}, "elsewhere": {TOWN}}
        told = await trace_areas(platform, "2025-11-01", "2025-12-01", areas)
        assert (told["here"][date(2025, 11, 10)], sum(told["here"].values())) == (3, 3)
        assert sum(told["elsewhere"].values()) == 0
        assert len(told["elsewhere"]) == 30
