"""What a reviewer works on: claims by state, page by page, as far as the scope reaches."""

from __future__ import annotations

from pathlib import Path

import pytest

from server.actions.list_claims import list_campaigns, list_claims, units_of
from server.actions.refusals import NotFound
from server.domain.people.roles import Scope
from tests.server.actions.rounds import CAMPAIGN, round_of
from tests.small_centre import HELPER, TOWN, SmallCentre, small_centre


def login(small: SmallCentre, role: str) -> str:
    return next(one.login for one in small.world.accounts if one.role == role)


async def test_claims_of_a_state_come_page_by_page_and_no_further_than_the_scope(tmp_path: Path) -> None:
    async with small_centre(tmp_path) as small:
        work = round_of(small)
        await work.open()
        device = await small.enrol(HELPER)
        claims = sorted([await work.claim(device, number) for number in range(3)])
        reviewer = (await work.reviewers())[0]
        first = await list_claims(work.platform, reviewer, CAMPAIGN, "submitted", limit=2)
        second = await list_claims(work.platform, reviewer, CAMPAIGN, "submitted", after=first[-1].id, limit=2)
        assert [row.id for row in (*first, *second)] == claims
        assert {(row.unit, row.state, row.returns) for row in first} == {(work.unit, "submitted", 0)}
        stranger = await small.account(login(small, "claim_worker"))
        assert await list_claims(work.platform, stranger, CAMPAIGN, "submitted") == []
        with pytest.raises(NotFound):
            await list_claims(work.platform, await small.account(login(small, "desk_clerk")), CAMPAIGN, "submitted")


async def test_every_round_is_listed_the_latest_first(tmp_path: Path) -> None:
    async with small_centre(tmp_path) as small:
        work = round_of(small)
        await work.open()
        rows = await list_campaigns(work.platform)
        assert [row.id for row in rows] == [small.world.campaign.id, CAMPAIGN]
        assert {row.state for row in rows} == {"open"}
        assert all(row.baseline_hash for row in rows)


async def test_a_scopes_units_are_those_of_its_places_and_those_it_names(tmp_path: Path) -> None:
    async with small_centre(tmp_path) as small:
        work = round_of(small)
        directory = await work.platform.directory()
        assert work.unit in units_of(Scope(places=frozenset({TOWN})), directory)
        assert units_of(Scope(units=frozenset({work.unit})), directory) == [work.unit]
