"""What was published for a day takes effect on that day, once, on both databases."""

from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path

import pytest

from server.actions.let_items_take_effect import let_items_take_effect
from server.actions.publish_item import publish_item
from server.actions.take_step import read_record
from tests.catalogue_centre import DATABASES, STANDARD, CatalogueCentre, catalogue_centre

DAY_MS = 86_400_000


@pytest.fixture(params=DATABASES, ids=lambda kind: kind.value)
async def at(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[CatalogueCentre]:
    async with catalogue_centre(request, tmp_path) as made:
        yield made


async def shown(at: CatalogueCentre) -> tuple[int, str, str]:
    held = await read_record(at.platform, "item", STANDARD)
    assert held is not None
    return held.fields["version"], held.fields["status"], held.fields["condition"]


async def test_on_its_day_a_version_takes_effect_once(at: CatalogueCentre) -> None:
    await publish_item(at.platform, at.reviewer, STANDARD, {"condition": "改了"}, effective_from=date(2025, 12, 20))
    assert await let_items_take_effect(at.platform) == 0
    assert await shown(at) == (2, "active", "年满60周岁")
    at.centre.clock.now += 40 * DAY_MS
    assert await let_items_take_effect(at.platform) == 1
    assert await shown(at) == (3, "active", "改了")
    assert await let_items_take_effect(at.platform) == 0
    held = await read_record(at.platform, "item", STANDARD)
    assert held is not None
    assert held.rev == held.fields["version"]


async def test_a_cancellation_can_be_told_ahead(at: CatalogueCentre) -> None:
    said = {"status_reason": "木材运输证已取消"}
    await publish_item(at.platform, at.reviewer, STANDARD, said, effective_from=date(2025, 12, 20), verb="cancel")
    assert (await shown(at))[1] == "active"
    at.centre.clock.now += 40 * DAY_MS
    assert await let_items_take_effect(at.platform) == 1
    held = await read_record(at.platform, "item", STANDARD)
    assert held is not None
    assert (held.fields["status"], held.fields["cancelled_on"]) == ("cancelled", "2025-12-20")


async def test_an_item_that_was_suspended_meanwhile_stays_so_and_a_cancelled_one_has_nothing_to_wait_for(
    at: CatalogueCentre,
) -> None:
    await publish_item(at.platform, at.reviewer, STANDARD, {"condition": "改了"}, effective_from=date(2025, 12, 20))
    await publish_item(at.platform, at.reviewer, STANDARD, {"status_reason": "系统升级"}, verb="suspend")
    at.centre.clock.now += 40 * DAY_MS
    assert await let_items_take_effect(at.platform) == 1
    assert (await shown(at))[1:] == ("suspended", "改了")
    await publish_item(at.platform, at.reviewer, STANDARD, {"condition": "又改"}, effective_from=date(2026, 2, 2))
    await publish_item(at.platform, at.reviewer, STANDARD, {"status_reason": "已取消"}, verb="cancel")
    at.centre.clock.now += 60 * DAY_MS
    assert await let_items_take_effect(at.platform) == 0
    assert (await shown(at))[1:] == ("cancelled", "改了")


async def test_what_holds_at_once_is_judged_although_something_better_waits(at: CatalogueCentre) -> None:
    await publish_item(at.platform, at.reviewer, STANDARD, {"promise_days": 2}, effective_from=date(2025, 12, 20))
    taken = await publish_item(at.platform, at.reviewer, STANDARD, {"promise_days": 99})
    assert (taken.outcome.code.value, taken.outcome.reason) == ("refused", "promise_over_statutory")
