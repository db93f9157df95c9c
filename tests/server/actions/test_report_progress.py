"""How far a round is: counted by one query, shown as far as the scope reaches."""

from __future__ import annotations

from pathlib import Path

import pytest

from server.actions.refusals import NotFound
from server.actions.report_progress import report_progress
from server.domain.catalogue.progress import By
from server.domain.people.roles import Scope
from tests.server.actions.rounds import CAMPAIGN, round_of
from tests.small_centre import HELPER, TOWN, VILLAGE, small_centre


async def test_claims_are_counted_by_unit_and_added_up_by_town_and_county(tmp_path: Path) -> None:
    async with small_centre(tmp_path) as small:
        work = round_of(small)
        await work.open()
        device = await small.enrol(HELPER)
        first = await work.claim(device, 0)
        await work.claim(device, 1)
        one, _ = await work.reviewers()
        await work.step(one, "claim", first, "return", {"return_reasons": ["contact_wrong"], "due": "2020-01-02"})
        told = await report_progress(work.platform, CAMPAIGN, by=By.UNIT)
        row = told.rows[work.unit]
        assert (row.claimed, row.in_review, row.returned, row.overdue, row.returns) == (2, 1, 1, 1, 1)
        assert row.asked > 2
        by_town = await report_progress(work.platform, CAMPAIGN, by=By.TOWN, scope=Scope(places=frozenset({TOWN})))
        assert list(by_town.rows) == [TOWN]
        assert by_town.all.claimed == 2
        assert by_town.names[TOWN]
        by_village = await report_progress(work.platform, CAMPAIGN, by=By.VILLAGE)
        assert by_village.rows[VILLAGE] == row
        assert (await report_progress(work.platform, CAMPAIGN)).all.claimed == 2


async def test_a_round_without_a_frozen_list_is_measured_by_the_catalogue_as_it_stands(tmp_path: Path) -> None:
    async with small_centre(tmp_path) as small:
        work = round_of(small)
        told = await report_progress(work.platform, small.world.campaign.id, by=By.UNIT)
        assert told.rows[work.unit].asked >= len(work.codes) - 1
        assert len(told.rows) == len(small.world.units)


async def test_once_the_last_day_is_over_what_is_not_published_is_overdue(tmp_path: Path) -> None:
    async with small_centre(tmp_path) as small:
        work = round_of(small)
        await work.open(end="2020-01-31")
        row = (await report_progress(work.platform, CAMPAIGN)).all
        assert row.overdue == row.asked > 0


async def test_an_unknown_round_is_not_found(tmp_path: Path) -> None:
    async with small_centre(tmp_path) as small:
        with pytest.raises(NotFound):
            await report_progress(round_of(small).platform, "0" * 32)
