"""A person changes post: the work in hand goes to a colleague of the same unit."""

from __future__ import annotations

from pathlib import Path

import pytest

from server.actions.hand_over_work import hand_over_work
from server.actions.refusals import NotFound
from server.actions.take_step import read_record
from sync.core.clock import iso
from tests.server.actions.rounds import CAMPAIGN, round_of
from tests.small_centre import HELPER, SmallCentre, small_centre

DAY = 86_400_000


def lead_login(small: SmallCentre, unit: str) -> str:
    place = next(one.place for one in small.world.units if one.id == unit)
    town = place[:9] + "000"
    return next(one.login for one in small.world.accounts if one.role == "town_lead" and town in one.scope_places)


async def test_claims_and_leases_go_over_and_nothing_else_changes(tmp_path: Path) -> None:
    async with small_centre(tmp_path) as small:
        work = round_of(small)
        await work.open()
        device = await small.enrol(HELPER)
        claim = await work.claim(device)
        helper, lead = await small.account(HELPER), await small.account(lead_login(small, work.unit))
        until = iso(small.centre.clock.wall_ms() + DAY)
        lease = {"unit": work.unit, "campaign": CAMPAIGN, "account": helper.id, "claims": [claim], "until": until}
        await small.send(device, small.change("lease", "lease.take", "e" * 32, lease))
        assert await hand_over_work(work.platform, lead, helper.id, lead.id) == {"claim": 1, "lease": 1}
        held = await read_record(work.platform, "claim", claim)
        assert held is not None
        assert (held.fields["claimed_by"], held.fields["state"]) == (lead.id, "submitted")
        assert await hand_over_work(work.platform, None, helper.id, lead.id) == {"claim": 0, "lease": 0}


async def test_work_goes_to_nobody_who_does_not_reach_the_unit(tmp_path: Path) -> None:
    async with small_centre(tmp_path) as small:
        work = round_of(small)
        await work.open()
        await work.claim(await small.enrol(HELPER))
        helper = await small.account(HELPER)
        worker = next(one.login for one in small.world.accounts if one.role == "claim_worker")
        stranger = await small.account(worker)
        assert await hand_over_work(work.platform, None, helper.id, stranger.id) == {"claim": 0, "lease": 0}
        with pytest.raises(NotFound):
            await hand_over_work(work.platform, helper, helper.id, stranger.id)
        with pytest.raises(NotFound):
            await hand_over_work(work.platform, None, helper.id, "0" * 32)
