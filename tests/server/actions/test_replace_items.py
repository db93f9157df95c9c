"""Items are split and merged: the new ones stand, the old ones name them, on both databases."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from server.actions.publish_item import publish_item
from server.actions.refusals import NotFound
from server.actions.replace_items import merge_items, split_item
from server.actions.take_step import read_record
from tests.catalogue_centre import DATABASES, FIELDS, STANDARD, CatalogueCentre, catalogue_centre
from tests.centre import ident


@pytest.fixture(params=DATABASES, ids=lambda kind: kind.value)
async def at(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[CatalogueCentre]:
    async with catalogue_centre(request, tmp_path) as made:
        yield made


async def test_a_split_item_is_cancelled_and_names_what_stands_for_it(at: CatalogueCentre) -> None:
    done = await split_item(at.platform, at.reviewer, STANDARD, [{"name": "新办"}, {"name": "补办"}], "分为新办和补办")
    assert done.is_done
    old = await read_record(at.platform, "item", STANDARD)
    assert old is not None
    assert (old.fields["status"], old.fields["successors"]) == ("cancelled", list(done.made))
    new = [await read_record(at.platform, "item", one) for one in done.made]
    assert [one.fields["name"] for one in new if one is not None] == ["新办", "补办"]
    assert all(one is not None and one.fields["condition"] == FIELDS["condition"] for one in new)
    with pytest.raises(NotFound):
        await split_item(at.platform, at.reviewer, STANDARD, [{"name": "a"}, {"name": "b"}], "再分")


async def test_two_items_become_one(at: CatalogueCentre) -> None:
    other = ident("other item")
    await at.step("item.publish", other, {**FIELDS, "name": "老年乘车卡"})
    done = await merge_items(at.platform, at.reviewer, [STANDARD, other], {"name": "老年卡一件事"}, "合并办理")
    assert done.is_done
    rows = await at.fetch("SELECT id, status FROM items ORDER BY name")
    assert dict(rows) == {STANDARD: "cancelled", other: "cancelled", done.made[0]: "active"}


async def test_no_two_parts_have_one_code_and_the_whole_has_none_of_theirs(at: CatalogueCentre) -> None:
    whole = "1134160200316619696992011001000"
    assert (await publish_item(at.platform, at.reviewer, STANDARD, {"code": whole})).outcome.code.has_effect
    parts = [{"name": "新办"}, {"name": "补办"}]
    done = await split_item(at.platform, at.reviewer, STANDARD, parts, "分开")
    made = [await read_record(at.platform, "item", one) for one in done.made]
    assert [one.fields["code"] for one in made if one is not None] == [f"{whole}01", f"{whole}02"]
    again = await merge_items(at.platform, at.reviewer, done.made, {"name": "合并"}, "合并办理")
    one = await read_record(at.platform, "item", again.made[0])
    assert one is not None
    assert one.fields["code"] == whole


async def test_when_a_part_is_refused_the_old_item_stands(at: CatalogueCentre) -> None:
    parts: list[dict[str, Any]] = [{"name": "新办", "promise_days": 40}, {"name": "补办"}]
    done = await split_item(at.platform, at.reviewer, STANDARD, parts, "分开")
    assert (done.is_done, done.made) == (False, ())
    assert done.steps[-1].outcome.reason == "promise_over_statutory"
    assert await at.fetch("SELECT status FROM items") == [("active",)]


async def test_a_split_names_at_least_two_that_are_there(at: CatalogueCentre) -> None:
    for successors, reason in (([ident("nothing")], "successors_few"), ([ident("a"), ident("b")], "successor_unknown")):
        said = {"successors": successors, "status_reason": "分开"}
        taken = await publish_item(at.platform, at.reviewer, STANDARD, said, verb="split")
        assert taken.outcome.reason == reason
