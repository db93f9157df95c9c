"""An office objects to a bulletin: a task for the city, as long as there is time."""

from __future__ import annotations

from pathlib import Path

import pytest

from server.actions.build_bulletin import build_bulletin, city_of
from server.actions.freeze_bulletin import freeze_bulletin
from server.actions.object_to_bulletin import object_to_bulletin
from server.actions.refusals import NotFound
from server.centre import platform_of
from server.domain.record_fields import text
from tests.server.actions.test_build_bulletin import finished
from tests.server.merge_policies.test_followup_policies import login_of
from tests.small_centre import VILLAGE, small_centre

PERIOD, COUNTY, SAID = "2026-10", VILLAGE[:6] + "000000", "有5件退件不应计入"


async def test_a_draft_and_what_was_frozen_just_now_become_tasks_of_the_city(tmp_path: Path) -> None:
    async with small_centre(tmp_path) as small:
        platform = platform_of(small.centre, small.writer)
        supervisor = await small.account(login_of(small, "county_supervisor"))
        await finished(small, "on_time", 40)
        with pytest.raises(NotFound):
            await object_to_bulletin(platform, supervisor, PERIOD, COUNTY, SAID)
        built = await build_bulletin(platform, PERIOD)
        city = f"place:{city_of(await platform.directory())}"
        for _ in ("draft", "frozen"):
            taken = await object_to_bulletin(platform, supervisor, PERIOD, COUNTY, SAID)
            assert taken.record is not None, taken.outcome
            assert (taken.record.fields["about"], taken.record.fields["holder"]) == (built.id, city)
            assert taken.record.bucket == f"desk:{COUNTY}"
            if text(built.fields, "state") == "draft":
                built = await freeze_bulletin(platform, PERIOD)


async def test_what_does_not_exist_or_lies_elsewhere_is_not_objected_to(tmp_path: Path) -> None:
    async with small_centre(tmp_path) as small:
        platform = platform_of(small.centre, small.writer)
        await finished(small, "on_time", 40)
        await build_bulletin(platform, PERIOD)
        supervisor = await small.account(login_of(small, "county_supervisor"))
        with pytest.raises(NotFound):
            await object_to_bulletin(platform, supervisor, PERIOD, "341802000000", SAID)
