"""A standard item as a site shows it, on both databases."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from server.actions.refusals import NotFound
from server.actions.show_at_site import find_sites, show_at_site
from server.domain.catalogue.local_items import local_item_id
from tests.catalogue_centre import DATABASES, STANDARD, CatalogueCentre, catalogue_centre
from tests.centre import ident
from tests.people import VILLAGE, VILLAGE_UNIT


@pytest.fixture(params=DATABASES, ids=lambda kind: kind.value)
async def at(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[CatalogueCentre]:
    async with catalogue_centre(request, tmp_path) as made:
        yield made


async def test_it_shows_the_standard_its_own_words_and_each_departure_with_its_reason(at: CatalogueCentre) -> None:
    whole = {"unit": VILLAGE_UNIT, "hours": "逢集日"}
    own = {"unit": VILLAGE_UNIT, "item": STANDARD, "f.promise_days": 2, "why.promise_days": "当日上报"}
    await at.step("local_item.set", local_item_id(VILLAGE_UNIT), whole, by=at.helper)
    await at.step("local_item.set", local_item_id(VILLAGE_UNIT, STANDARD), own, by=at.helper)
    told = await show_at_site(at.platform, STANDARD, VILLAGE_UNIT)
    assert (told.site.place, told.shown["hours"], told.shown["promise_days"]) == (VILLAGE, "逢集日", 2)
    assert told.own == ["hours", "promise_days"]
    assert [(one.field, one.reason) for one in told.departures] == [("promise_days", "当日上报")]


async def test_sites_are_found_by_name_among_those_who_inherit_it(at: CatalogueCentre) -> None:
    [[name]] = await at.fetch("SELECT name FROM units WHERE id = ?", VILLAGE_UNIT)
    assert VILLAGE_UNIT in [one.unit for one in await find_sites(at.platform, STANDARD, name)]
    assert await find_sites(at.platform, STANDARD, "%") == []
    assert await find_sites(at.platform, STANDARD, "没有这个单位") == []


async def test_what_is_no_standard_item_and_who_does_not_inherit_it_are_not_there(at: CatalogueCentre) -> None:
    for item, unit in ((ident("nothing"), VILLAGE_UNIT), (STANDARD, ident("nobody"))):
        with pytest.raises(NotFound):
            await show_at_site(at.platform, item, unit)
