"""An item that is published without a code gets the one that its unit, its level and its base item make."""

from __future__ import annotations

import pytest

from server.actions.compose_code import code_for_claim, code_for_item, code_of_part, code_of_whole, composed_code
from server.actions.publish_item import publish_item
from server.actions.take_step import read_record, take_step
from server.centre import platform_of
from server.domain.catalogue.codes import parse_implementing_code
from server.merge_policies.claim_review import new_item_id
from tests.put_record import put_record
from tests.server.actions.rounds import round_of
from tests.server.actions.test_list_followup import login_of
from tests.small_centre import HELPER, VILLAGE, SmallCentre

COUNTY, BASE = "341881000000", "992011001000"


async def test_the_parts_are_the_credit_code_the_level_and_the_base_code(either: SmallCentre) -> None:
    platform = platform_of(either.centre, either.writer)
    unit = next(one for one in either.world.units if one.place == COUNTY)
    code = parse_implementing_code(await composed_code(platform, unit.id, BASE))
    assert (code.unit, code.level, code.base.code) == (unit.uscc, 4, BASE)
    assert (await composed_code(platform, unit.id, BASE, "3"))[18] == "3"
    for wrong in ((unit.id, "1"), ("nobody", BASE), (unit.id, BASE, "9")):
        assert await composed_code(platform, *wrong) == ""


async def test_what_was_typed_stays_and_a_standard_item_has_no_units_code(either: SmallCentre) -> None:
    platform = platform_of(either.centre, either.writer)
    unit = next(one.id for one in either.world.units if one.place == COUNTY)
    own = {"unit": unit, "base_item": BASE}
    assert (await code_for_item(platform, own))["code"].endswith(BASE)
    assert await code_for_item(platform, {**own, "code": "typed"}) == await code_for_item(platform, {"unit": ""}) == {}
    assert (await code_for_claim(platform, own, None))["f.code"].endswith(BASE)
    assert await code_for_claim(platform, {**own, "f.code": "typed"}, None) == {}
    assert await code_for_claim(platform, own, {"unit": ""}) == await code_for_claim(platform, own, {"code": "x"}) == {}


async def test_an_items_next_version_has_its_code(either: SmallCentre) -> None:
    platform = platform_of(either.centre, either.writer)
    unit = next(one for one in either.world.units if one.place == COUNTY)
    item = {
        "name": "事项",
        "unit": unit.id,
        "base_item": BASE,
        "status": "active",
        "version": 1,
        "catalogue": "county:341881",
    }
    await put_record(either, "item", "b" * 32, item)
    reviewer = await either.account(login_of(either, "catalogue_reviewer", VILLAGE))
    taken = await publish_item(platform, reviewer, "b" * 32, {"condition": "年满六十"})
    assert taken.record is not None
    assert taken.record.fields["code"] == f"{unit.uscc}4{BASE}"


async def test_an_item_that_a_desk_publishes_anew_has_its_code_whichever_way_the_step_came(either: SmallCentre) -> None:
    platform = platform_of(either.centre, either.writer)
    unit = next(one for one in either.world.units if one.place == COUNTY)
    reviewer = await either.account(login_of(either, "catalogue_reviewer", VILLAGE))
    said = {"name": "事项", "unit": unit.id, "base_item": BASE, "status": "active", "version": 1}
    taken = await take_step(
        platform, reviewer, kind="item", record="c" * 32, name="item.publish", fields=said, seen=None
    )
    assert taken.record is not None
    assert taken.record.fields["code"] == f"{unit.uscc}4{BASE}"


async def test_a_claim_that_is_published_makes_an_item_with_its_code(either: SmallCentre) -> None:
    made = round_of(either)
    await made.open()
    claim = await made.claim(await either.enrol(HELPER))
    await made.publish(claim)
    unit = next(one for one in either.world.units if one.id == made.unit)
    held = await read_record(made.platform, "claim", claim)
    assert held is not None
    item = await read_record(made.platform, "item", str(held.fields["item"]))
    assert item is not None
    own = item.id == new_item_id(made.unit, made.codes[0])
    assert item.fields.get("code", "") == (f"{unit.uscc}6{made.codes[0]}" if own else "")
    assert own


@pytest.mark.parametrize("whole", ["1134160200316619694002014006009", "113416020031661969400201400600907"])
def test_parts_are_told_apart_by_two_digits_and_the_whole_has_none(whole: str) -> None:
    assert code_of_part(whole, 2) == "113416020031661969400201400600902"
    assert code_of_whole(whole) == "1134160200316619694002014006009"
    assert code_of_part("no code", 1) == code_of_whole("") == ""
