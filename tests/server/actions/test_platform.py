"""What desks' actions work with."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from server.actions.platform import DIRECTORY_LIFE_MS
from server.centre import platform_of
from tests.people import HandClock
from tests.small_centre import VILLAGE, small_centre


async def test_the_directory_is_read_once_a_minute(tmp_path: Path) -> None:
    async with small_centre(tmp_path) as small:
        clock = HandClock()
        platform = replace(platform_of(small.centre, small.writer), clock=clock)
        before = await platform.directory()
        assert before.place(VILLAGE).code == VILLAGE
        clock.advance(DIRECTORY_LIFE_MS - 1)
        assert await platform.directory() is before
        clock.advance(1)
        assert await platform.directory() is not before
