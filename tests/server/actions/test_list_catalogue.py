"""The catalogue as a reviewer reads it, on both databases."""

from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path

import pytest

from server.actions.list_catalogue import (
    list_base_items,
    list_departures,
    list_holders,
    list_implementations,
    list_items,
    show_versions,
)
from server.actions.publish_item import publish_item
from server.actions.refusals import NotFound
from server.domain.catalogue.base_items import base_item_id
from server.domain.catalogue.local_items import local_item_id
from tests.catalogue_centre import CATALOGUE, DATABASES, FIELDS, STANDARD, CatalogueCentre, catalogue_centre
from tests.centre import ident
from tests.people import VILLAGE, VILLAGE_UNIT


@pytest.fixture(params=DATABASES, ids=lambda kind: kind.value)
async def at(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[CatalogueCentre]:
    async with catalogue_centre(request, tmp_path) as made:
        yield made


async def test_base_items_come_by_level_and_code_page_by_page(at: CatalogueCentre) -> None:
    for code, level in (("992011001000", "6"), ("992011002000", "6"), ("992011001000", "5")):
        fields = {"name": f"事项{code[6:9]}", "code": code, "level": level, "catalogue": CATALOGUE, "type": "20"}
        await at.step("base_item.publish", base_item_id(level, code), fields)
    first = await list_base_items(at.platform, level="6", limit=1)
    assert [(one.code, one.name, one.status) for one in first] == [("992011001000", "事项001", "active")]
    assert [one.code for one in await list_base_items(at.platform, level="6", after=first[0].code)] == ["992011002000"]


async def test_items_come_by_unit_or_by_list(at: CatalogueCentre) -> None:
    own = {**FIELDS, "unit": VILLAGE_UNIT, "base_item": "992014006001", "name": "参保登记"}
    assert (await at.step("item.publish", ident("own"), own)).outcome.code.has_effect
    assert [one.name for one in await list_items(at.platform, unit=VILLAGE_UNIT)] == ["参保登记"]
    listed = await list_items(at.platform, catalogue=CATALOGUE)
    assert [one.base_item for one in listed] == ["992011001000", "992014006001"]
    assert await list_items(at.platform, catalogue=CATALOGUE, after="992014006001") == []


async def test_versions_tell_what_changed_and_what_waits(at: CatalogueCentre) -> None:
    await publish_item(at.platform, at.reviewer, STANDARD, {"condition": "60岁", "promise_days": 3})
    await publish_item(at.platform, at.reviewer, STANDARD, {"promise_days": 2}, effective_from=date(2026, 1, 1))
    told = await show_versions(at.platform, STANDARD)
    assert [one.version for one in told.rows] == [3, 2, 1]
    assert [(one.field, one.before, one.after) for one in told.rows[1].differences] == [
        ("condition", "年满60周岁", "60岁"),
        ("promise_days", 5, 3),
    ]
    assert told.rows[0].differences == ()
    assert told.waiting_from == "2026-01-01"
    assert ("promise_days", 3, 2) in [(one.field, one.before, one.after) for one in told.waiting]
    with pytest.raises(NotFound):
        await show_versions(at.platform, ident("nothing"))


async def test_who_departs_is_told_with_the_reason_until_the_standard_takes_it_over(at: CatalogueCentre) -> None:
    local = local_item_id(VILLAGE_UNIT, STANDARD)
    own = {"unit": VILLAGE_UNIT, "item": STANDARD, "f.promise_days": 2, "why.promise_days": "当日上报"}
    await at.step("local_item.set", local, own, by=at.helper)
    [row] = await list_departures(at.platform, STANDARD)
    assert (row.unit, row.place, row.field, row.standard, row.local, row.reason) == (
        VILLAGE_UNIT, VILLAGE, "promise_days", 5, 2, "当日上报",
    )  # fmt: skip
    assert await list_departures(at.platform, STANDARD, after=row.id) == []
    await publish_item(at.platform, at.reviewer, STANDARD, {"promise_days": 2})
    assert await list_departures(at.platform, STANDARD) == []
    with pytest.raises(NotFound):
        await list_departures(at.platform, ident("nothing"))


async def test_lists_are_narrowed_by_words_and_state_and_words_hold_no_wildcards(at: CatalogueCentre) -> None:
    assert [one.id for one in await list_items(at.platform, catalogue=CATALOGUE, search="优待")] == [STANDARD]
    assert [one.id for one in await list_items(at.platform, catalogue=CATALOGUE, search="992011")] == [STANDARD]
    assert await list_items(at.platform, catalogue=CATALOGUE, search="992%999") == []
    assert await list_items(at.platform, catalogue=CATALOGUE, status="cancelled") == []
    assert await list_base_items(at.platform, level="6", search="没有") == []


async def test_a_base_items_implementations_and_who_holds_items_are_told(at: CatalogueCentre) -> None:
    own = {**FIELDS, "unit": VILLAGE_UNIT, "name": "自办"}
    assert (await at.step("item.publish", ident("own"), own)).outcome.code.has_effect
    listed = await list_implementations(at.platform, "992011001000")
    assert {one.id for one in listed} == {STANDARD, ident("own")}
    assert await list_implementations(at.platform, "992011001000", after=listed[-1].id) == []
    lists, units = await list_holders(at.platform)
    assert (lists[0].key, units[0].key) == (CATALOGUE, VILLAGE_UNIT)
    assert units[0].items == 1
