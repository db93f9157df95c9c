"""Holders are told by name, and cases by number to whom the scope reaches; on both engines."""

from __future__ import annotations

from server.actions.tell_names import case_lines, holders_around, item_names, names_of, record_names
from server.centre import platform_of
from tests.put_record import case_of, put_record
from tests.server.actions.test_list_followup import OUTSIDE, clerk_of
from tests.small_centre import HELPER, TOWN, VILLAGE, SmallCentre


async def test_holders_are_told_by_name_and_unlisted_ones_by_their_key(either: SmallCentre) -> None:
    platform, helper = platform_of(either.centre, either.writer), await either.account(HELPER)
    unit = either.world.units[0]
    told = await names_of(
        platform, [f"place:{VILLAGE}", f"unit:{unit.id}", f"account:{helper.id}", "unit:gone", "", f"place:{VILLAGE}"]
    )
    assert told[f"unit:{unit.id}"] == unit.name
    assert told[f"account:{helper.id}"] == helper.name
    assert "胡乐" in told[f"place:{VILLAGE}"]
    assert told["unit:gone"] == "unit:gone"
    assert "" not in told


async def test_who_could_hold_something_is_the_place_and_those_above_it(either: SmallCentre) -> None:
    platform = platform_of(either.centre, either.writer)
    around = list(await holders_around(platform, VILLAGE))
    assert around[0] == f"place:{VILLAGE}"
    assert around.index(f"place:{TOWN}") < around.index("place:341881000000")
    assert any(holder.startswith("unit:") for holder in around)
    assert f"place:{OUTSIDE}" not in around
    assert await holders_around(platform, "9" * 12) == {"place:999999999999": "place:999999999999"}


async def test_evidence_names_cases_within_reach_and_nobody(either: SmallCentre) -> None:
    await put_record(either, "case", "a" * 32, case_of(either))
    await put_record(either, "case", "b" * 32, case_of(either, village=OUTSIDE))
    platform, clerk = platform_of(either.centre, either.writer), await clerk_of(either)
    [line] = await case_lines(platform, clerk, ["a" * 32, "b" * 32, "c" * 32])
    assert (line.id, line.state) == ("a" * 32, "delivered")
    assert line.item_name
    assert await case_lines(platform, clerk, []) == []


async def test_items_are_told_by_name_and_unknown_codes_by_themselves(either: SmallCentre) -> None:
    platform = platform_of(either.centre, either.writer)
    [code, name, *_] = (await either.fetch("SELECT code, name FROM base_items ORDER BY code"))[0]
    assert await item_names(platform, [code, "000", "", code]) == {code: name, "000": "000"}
    assert await item_names(platform, []) == {}


async def test_a_case_is_told_by_its_number_a_claim_by_its_item_and_nobody_by_their_name(either: SmallCentre) -> None:
    platform = platform_of(either.centre, either.writer)
    [code, name, *_] = (await either.fetch("SELECT code, name FROM base_items ORDER BY code"))[0]
    case, claim, look_back = "a" * 32, "b" * 32, "c" * 32
    await put_record(either, "case", case, case_of(either, number="341881202611220000017"))
    await put_record(either, "claim", claim, {"unit": "u", "base_item": code, "place": VILLAGE, "state": "filling"})
    await put_record(either, "look_back", look_back, {"unit": "u", "base_item": code, "place": VILLAGE})
    asked = [("case", case), ("claim", claim), ("look_back", look_back), ("resident", "d" * 32), ("claim", "e" * 32)]
    assert await record_names(platform, asked) == {case: "341881202611220000017", claim: name, look_back: name}
