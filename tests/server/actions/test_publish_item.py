"""A step in an item's life is a change of the reviewer's desk."""

from datetime import date
from pathlib import Path

import pytest

from server.actions.platform import Platform
from server.actions.publish_item import publish_item
from server.actions.refusals import NotFound
from server.actions.take_step import Taken
from server.centre import platform_of
from sync.core.changes import OutcomeCode
from tests.small_centre import HELPER, SmallCentre, small_centre

REVIEWER = "catalogue_reviewer"


def platform_in(small: SmallCentre) -> Platform:
    return platform_of(small.centre, small.writer)


def reviewer(small: SmallCentre) -> str:
    return next(one.login for one in small.world.accounts if one.role == REVIEWER)


async def publish(small: SmallCentre, login: str, item: str, **fields: object) -> Taken:
    return await publish_item(platform_in(small), await small.account(login), item, fields)


async def test_version_and_rev_rise_together_and_the_old_body_is_kept(tmp_path: Path) -> None:
    async with small_centre(tmp_path) as small:
        item = small.world.standard_items[0]
        taken = await publish(small, reviewer(small), item.id, condition="年满60周岁")
        assert taken.outcome.code is OutcomeCode.APPLIED
        assert taken.record is not None
        assert (taken.record.rev, taken.record.fields["version"]) == (item.version + 1, item.version + 1)
        assert "catalogue:village:341800" in small.raised
        history = await small.fetch("SELECT at FROM history WHERE at = ?", [f"item/{item.id}/{item.version}"])
        assert len(history) == 1


async def test_what_contradicts_itself_is_not_published_and_says_why(tmp_path: Path) -> None:
    async with small_centre(tmp_path) as small:
        instant = small.world.standard_items[0]
        taken = await publish(small, reviewer(small), instant.id, promise_days=3)
        assert (taken.outcome.code, taken.outcome.reason) == (OutcomeCode.REFUSED, "instant_conflict")
        assert taken.record is not None
        assert taken.record.rev == instant.version


async def test_a_publication_tells_what_the_reviewer_should_look_at(tmp_path: Path) -> None:
    async with small_centre(tmp_path) as small:
        item = small.world.standard_items[0].id
        taken = await publish(small, reviewer(small), item, consult_phone="3022345", complain_phone="12345")
        assert "phone_area_code" in [one["code"] for one in taken.outcome.detail["advice"]]


async def test_until_its_day_a_version_waits_beside_what_holds(tmp_path: Path) -> None:
    async with small_centre(tmp_path) as small:
        item = small.world.standard_items[0]
        platform, account = platform_in(small), await small.account(reviewer(small))
        taken = await publish_item(
            platform, account, item.id, {"condition": "改了"}, effective_from=date(2099, 1, 1), verb="publish"
        )
        assert taken.record is not None
        fields = taken.record.fields
        assert (fields["condition"], fields["next.condition"]) == (item.body["condition"], "改了")
        assert await small.fetch("SELECT next_on FROM items WHERE id = ?", [item.id]) == [("2099-01-01",)]


async def test_a_citys_reviewer_reaches_the_items_of_its_counties(tmp_path: Path) -> None:
    async with small_centre(tmp_path) as small:
        county = next(
            item for item in small.world.unit_items() if small.world.unit_by_id[item.unit_id].level == "county"
        )
        taken = await publish(small, reviewer(small), county.id, condition="凭证件")
        assert taken.outcome.code is OutcomeCode.APPLIED


async def test_who_is_no_reviewer_finds_no_item(tmp_path: Path) -> None:
    async with small_centre(tmp_path) as small:
        with pytest.raises(NotFound):
            await publish(small, HELPER, small.world.standard_items[0].id, condition="x")


async def test_an_unknown_item_is_the_same(tmp_path: Path) -> None:
    async with small_centre(tmp_path) as small:
        with pytest.raises(NotFound):
            await publish(small, reviewer(small), "0" * 32, condition="x")
