"""A round opens with its list frozen, counted from the catalogue by the scope's rule."""

from __future__ import annotations

from pathlib import Path

import pytest

from server.actions.open_campaign import open_campaign, read_asked, standard_lists
from server.actions.refusals import NotFound
from server.actions.report_progress import read_baseline
from server.actions.take_step import centre_itself, read_record
from server.domain.catalogue.baseline import asked_of, baseline_hash, version_asked
from tests.server.actions.rounds import CAMPAIGN, PLAN, round_of
from tests.small_centre import HELPER, TOWN, VILLAGE, small_centre


async def test_the_list_is_frozen_and_its_hash_found_again_from_what_is_kept(tmp_path: Path) -> None:
    async with small_centre(tmp_path) as small:
        work = round_of(small)
        opened = await work.open()
        assert all(one.code.has_effect for one in opened.written.outcomes)
        campaign = await read_record(work.platform, "campaign", CAMPAIGN)
        assert campaign is not None
        async with work.platform.database.read() as snapshot:
            lines = await read_baseline(snapshot, work.platform, CAMPAIGN)
        assert campaign.fields["state"] == "open"
        assert campaign.fields["baseline_hash"] == baseline_hash(lines)
        assert (campaign.fields["units"], campaign.fields["base_codes"]) == (opened.units, opened.base_codes)
        active = {item.base_code for item in small.world.standard_items if item.body["status"] != "cancelled"}
        assert set(work.codes) & active
        assert asked_of(lines)[work.unit] == len(set(work.codes) & active)
        assert opened.asked == sum(asked_of(lines).values())
        code = next(iter(set(work.codes) & active))
        assert version_asked(lines, code) == 1


async def test_a_scope_is_a_rule_and_what_it_asks_follows_from_it(tmp_path: Path) -> None:
    async with small_centre(tmp_path) as small:
        work = round_of(small)
        directory = await work.platform.directory()
        async with work.platform.database.read() as snapshot:
            whole = await read_asked(snapshot, PLAN, directory)
            town = await read_asked(snapshot, {**PLAN, "scope": {"places": [TOWN], "levels": ["6"]}}, directory)
            one = await read_asked(
                snapshot, {**PLAN, "scope": {"codes": [work.codes[0]], "units": [work.unit]}}, directory
            )
        assert set(town.units) < set(whole.units)
        assert all(directory.units[unit].place != TOWN for unit in town.units)
        assert (one.units, list(one.items)) == ({work.unit: 1}, [work.codes[0]])
        assert standard_lists(VILLAGE, directory) == ("village:341800", "village:341881")
        assert standard_lists("341881000000", directory) == ()
        assert standard_lists("999999999999", directory) == ()


async def test_who_may_not_open_rounds_finds_none_and_the_centre_may(tmp_path: Path) -> None:
    async with small_centre(tmp_path) as small:
        work = round_of(small)
        with pytest.raises(NotFound):
            await open_campaign(work.platform, await small.account(HELPER), CAMPAIGN, PLAN)
        centre = await centre_itself(work.platform)
        opened = await open_campaign(work.platform, centre, CAMPAIGN, PLAN, is_centre=True)
        assert opened.written.outcomes[0].code.has_effect
        again = await work.open()
        assert again.written.outcomes[0].reason == "state_step", "a frozen list is not frozen again"
