"""What is due is drafted by itself, once, and a month frozen when its days to object are over."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

from server.actions.build_bulletin import read_bulletin
from server.actions.draft_bulletins import draft_bulletins, freezes_after
from server.centre import platform_of
from tests.people import HandClock
from tests.small_centre import small_centre

EARLY, LATER = 1_793_505_600_000, 1_794_369_600_000  # 2026-11-01 and 2026-11-11, at noon in China


async def test_yesterday_and_last_month_are_drafted_once_and_the_month_is_frozen_in_time(tmp_path: Path) -> None:
    async with small_centre(tmp_path) as small:
        clock = HandClock(wall=EARLY)
        platform = replace(platform_of(small.centre, small.writer), clock=clock)
        assert await draft_bulletins(platform) == ["2026-10-31", "2026-10"]
        assert await draft_bulletins(platform) == []
        clock.wall = LATER
        assert await draft_bulletins(platform) == ["2026-11-10", "2026-10"]
        month = await read_bulletin(platform, "2026-10")
        assert month is not None
        assert (month.fields["state"], month.fields["frozen_by"]) == ("frozen", "centre")
        assert await draft_bulletins(platform) == []


async def test_an_empty_centre_has_none(tmp_path: Path) -> None:
    async with small_centre(tmp_path, load=False) as small:
        assert await draft_bulletins(platform_of(small.centre, small.writer)) == []


def test_a_month_may_be_objected_to_for_five_working_days() -> None:
    assert freezes_after(date(2026, 11, 20)) == date(2026, 11, 6)
