"""Rounds of claiming and bulletins on PostgreSQL: the same queries give the same answers there."""

from __future__ import annotations

from pathlib import Path

from server.actions.build_bulletin import build_bulletin, verify_bulletin
from server.actions.draw_look_back import draw_look_back
from server.actions.freeze_bulletin import freeze_bulletin
from server.actions.keep_campaigns import end_leases, rebase_claims
from server.actions.list_claims import list_campaigns, list_claims
from server.actions.report_progress import report_progress
from server.actions.take_snapshots import take_snapshots
from server.domain.catalogue.progress import By
from tests.server.actions.rounds import CAMPAIGN, round_of
from tests.small_centre import HELPER, small_centre


async def test_a_round_is_opened_worked_measured_and_told(tmp_path: Path, postgres_url: str) -> None:
    async with small_centre(tmp_path, database=postgres_url) as small:
        work = round_of(small)
        opened = await work.open()
        assert all(one.code.has_effect for one in opened.written.outcomes)
        claim = await work.claim(await small.enrol(HELPER))
        reviewer = (await work.reviewers())[0]
        assert [row.id for row in await list_claims(work.platform, reviewer, CAMPAIGN, "submitted")] == [claim]
        await work.publish(claim)
        row = (await report_progress(work.platform, CAMPAIGN, by=By.UNIT)).rows[work.unit]
        assert (row.published, row.returns) == (1, 0)
        assert (await draw_look_back(work.platform, reviewer, CAMPAIGN, "2026"))[1] == 1
        assert await take_snapshots(work.platform) > 0
        assert await take_snapshots(work.platform) == 0
        assert (await end_leases(work.platform), await rebase_claims(work.platform)) == (0, 0)
        assert len(await list_campaigns(work.platform)) == 2
        await build_bulletin(work.platform, "2026-10")
        await freeze_bulletin(work.platform, "2026-10")
        found = await verify_bulletin(work.platform, "2026-10")
        assert (found.unfounded, found.recounted) == ([], [])
