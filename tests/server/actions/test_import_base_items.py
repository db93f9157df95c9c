"""The base catalogue taken over: new ones, new versions, what is gone; on both databases."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path

import pytest

from server.actions.base_item_sheet import BaseItemRows, read_base_item_file
from server.actions.import_base_items import import_base_items
from server.actions.refusals import NotFound
from server.domain.catalogue.base_items import base_item_id
from tests.catalogue_centre import DATABASES, CatalogueCentre, catalogue_centre

TITLES = "基本编码,事项名称,行使层级,目录状态,设定依据"
A, B = "992011001000", "992011002000"
FILE = (f"{A},老年人优待证申领,6,在用,老年人权益保障法", f'{B},公交卡申领,"5,6",在用,')


@pytest.fixture(params=DATABASES, ids=lambda kind: kind.value)
async def at(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[CatalogueCentre]:
    async with catalogue_centre(request, tmp_path) as made:
        yield made


def rows(*lines: str) -> BaseItemRows:
    return read_base_item_file("\n".join((TITLES, *lines)).encode(), date(2025, 11, 13))


async def stand(at: CatalogueCentre) -> list[tuple[str, ...]]:
    return await at.fetch("SELECT code, level, name, status, bucket FROM base_items ORDER BY code, level")


async def test_a_first_file_makes_them_and_the_same_file_again_takes_nothing(at: CatalogueCentre) -> None:
    first = await import_base_items(at.platform, at.reviewer, rows(*FILE))
    assert (first.new, first.taken, first.faults) == (3, 3, [])
    assert await stand(at) == [
        (A, "6", "老年人优待证申领", "active", "catalogue:village:341800"),
        (B, "5", "公交卡申领", "active", "catalogue:town:341800"),
        (B, "6", "公交卡申领", "active", "catalogue:village:341800"),
    ]
    again = await import_base_items(at.platform, at.reviewer, rows(*FILE))
    assert (again.new, again.same, again.taken, again.gone) == (0, 3, 0, [])


async def test_what_differs_is_told_and_becomes_a_new_version_by_the_reviewer(at: CatalogueCentre) -> None:
    await import_base_items(at.platform, at.reviewer, rows(*FILE))
    changed = rows(f"{A},老年人优待证办理,6,在用,老年人权益保障法")
    checked = await import_base_items(at.platform, at.reviewer, changed, check_only=True)
    assert (checked.changed, checked.taken, checked.checked_only) == (1, 0, True)
    [told] = checked.differences
    assert (told.code, told.field, told.before, told.after) == (A, "name", "老年人优待证申领", "老年人优待证办理")
    assert [one.partition(" ")[0] for one in checked.gone] == [f"{B}/5", f"{B}/6"]
    taken = await import_base_items(at.platform, at.reviewer, changed)
    assert (taken.taken, taken.faults) == (1, [])
    assert [row[2] for row in await stand(at)] == ["老年人优待证办理", "公交卡申领", "公交卡申领"], (
        "nothing is cancelled"
    )
    item = base_item_id("6", A)
    log = await at.fetch("SELECT name, account FROM changes WHERE record = ? ORDER BY position", item)
    assert log == [("base_item.publish", at.reviewer.id)] * 2


async def test_another_state_is_a_step_of_its_life_and_what_was_cancelled_stays_so(at: CatalogueCentre) -> None:
    await import_base_items(at.platform, at.reviewer, rows(*FILE))
    for state, status in (("暂停", "suspended"), ("在用", "active"), ("取消", "cancelled")):
        report = await import_base_items(at.platform, at.reviewer, rows(FILE[0].replace("在用", state)))
        assert (report.taken, report.faults) == (1, []), state
        assert (await stand(at))[0][3] == status
    back = await import_base_items(at.platform, at.reviewer, rows(FILE[0]))
    assert (back.refused, [fault.column for fault in back.faults]) == (True, ["status"])
    same = await import_base_items(at.platform, at.reviewer, rows(FILE[0].replace("在用", "取消")))
    assert (same.same, same.faults) == (1, [])
    unknown = await import_base_items(at.platform, at.reviewer, rows("992011009000,从未有过,6,取消,"))
    assert [fault.column for fault in unknown.faults] == ["status"]


async def test_from_a_day_on_it_waits_and_is_not_taken_twice(at: CatalogueCentre) -> None:
    await import_base_items(at.platform, at.reviewer, rows(*FILE))
    changed, day = rows(f"{A},老年人优待证办理,6,在用,老年人权益保障法"), date(2026, 1, 1)
    assert (await import_base_items(at.platform, at.reviewer, changed, effective_from=day)).taken == 1
    assert (await stand(at))[0][2] == "老年人优待证申领"
    assert (await import_base_items(at.platform, at.reviewer, changed, effective_from=day)).same == 1


async def test_a_bad_row_stops_the_file_unless_partial_is_given(at: CatalogueCentre) -> None:
    mixed = rows(*FILE, "1,短,6,在用,")
    refused = await import_base_items(at.platform, at.reviewer, mixed)
    assert (refused.refused, refused.taken, await stand(at)) == (True, 0, [])
    assert (await import_base_items(at.platform, at.reviewer, mixed, partial=True)).taken == 3


async def test_only_who_reviews_the_citys_catalogue_takes_it_over(at: CatalogueCentre) -> None:
    for stranger in (at.helper, at.clerk):
        with pytest.raises(NotFound):
            await import_base_items(at.platform, stranger, rows(*FILE))
