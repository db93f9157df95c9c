"""A new version of an item is a change of the reviewer's desk."""

from pathlib import Path

import pytest

from server.actions.publish_item import publish_item
from server.actions.refusals import NotFound
from server.storage.places import read_directory
from server.write import Written
from sync.core.changes import OutcomeCode
from tests.small_centre import HELPER, SmallCentre, small_centre

REVIEWER = "catalogue_reviewer"


async def publish(small: SmallCentre, login: str, item: str, **fields: object) -> Written:
    centre = small.centre
    async with centre.database.read() as snapshot:
        directory = await read_directory(snapshot)
    return await publish_item(
        centre.database,
        centre.store,
        small.writer,
        await small.account(login),
        item,
        fields,
        directory=directory,
        now_ms=centre.clock.wall_ms(),
        randomness=centre.randomness,
    )


def reviewer(small: SmallCentre) -> str:
    return next(one.login for one in small.world.accounts if one.role == REVIEWER)


async def test_version_and_rev_rise_together_and_the_old_body_is_kept(tmp_path: Path) -> None:
    async with small_centre(tmp_path) as small:
        item = small.world.standard_items[0]
        written = await publish(small, reviewer(small), item.id, promise_days=3)
        assert [one.code for one in written.outcomes] == [OutcomeCode.APPLIED]
        assert written.outcomes[0].rev == item.version + 1
        assert "catalogue:village:341800" in small.raised
        history = await small.fetch("SELECT at FROM history WHERE at = ?", [f"item/{item.id}/{item.version}"])
        assert len(history) == 1


async def test_a_citys_reviewer_reaches_the_items_of_its_counties(tmp_path: Path) -> None:
    async with small_centre(tmp_path) as small:
        county = next(
            item for item in small.world.unit_items() if small.world.unit_by_id[item.unit_id].level == "county"
        )
        written = await publish(small, reviewer(small), county.id, promise_days=3)
        assert [one.code for one in written.outcomes] == [OutcomeCode.APPLIED]


async def test_who_is_no_reviewer_finds_no_item(tmp_path: Path) -> None:
    async with small_centre(tmp_path) as small:
        with pytest.raises(NotFound):
            await publish(small, HELPER, small.world.standard_items[0].id, promise_days=3)


async def test_an_unknown_item_is_the_same(tmp_path: Path) -> None:
    async with small_centre(tmp_path) as small:
        with pytest.raises(NotFound):
            await publish(small, reviewer(small), "0" * 32, promise_days=3)
