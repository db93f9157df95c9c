"""How far a round is, kept once a day."""

from __future__ import annotations

from pathlib import Path

from server.actions.take_snapshots import read_days, take_snapshots
from tests.server.actions.rounds import CAMPAIGN, round_of
from tests.small_centre import HELPER, small_centre


async def test_a_day_is_kept_once_however_often_the_schedule_runs(tmp_path: Path) -> None:
    async with small_centre(tmp_path) as small:
        work = round_of(small)
        opened = await work.open()
        await work.claim(await small.enrol(HELPER))
        assert await take_snapshots(work.platform) > 0
        assert await take_snapshots(work.platform) == 0
        directory = await work.platform.directory()
        days = await read_days(work.platform, CAMPAIGN, list(directory.places))
        (row,) = days.values()
        assert (row.asked, row.claimed, row.in_review) == (opened.asked, 1, 1)
        assert await read_days(work.platform, CAMPAIGN, ["999999999999"]) == {}
