"""What should shine is found along indexes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from server.actions.light_sources import Wanted, wanted_lights
from server.centre import platform_of
from sync.core.clock import from_iso
from sync.core.codec import encode_body
from tests.people import HandClock
from tests.put_record import case_of, put_record
from tests.server.actions.test_raise_lights import platform_on
from tests.small_centre import VILLAGE, SmallCentre, small_centre

CAMPAIGN = "e" * 32
OURS = ("returned", "look_back")


async def found(small: SmallCentre, day: str) -> list[Wanted]:
    platform, clock = platform_on(small)
    assert isinstance(clock, HandClock)
    clock.wall = from_iso(f"{day}T10:00:00+08:00")
    return [one async for looked in wanted_lights(platform, await platform.directory()) for one in looked.wanted]


async def test_a_units_unfilled_claims_are_one_light_with_their_number(tmp_path: Path) -> None:
    async with small_centre(tmp_path) as small:
        [unit] = (await platform_of(small.centre, small.writer).directory()).units_at(VILLAGE)[:1]
        await small.tamper("DELETE FROM campaigns")
        body = encode_body("campaign", CAMPAIGN, 1, {"name": "第一轮", "start": "2026-03-02", "end": "2026-03-27"})
        await small.tamper(
            "INSERT INTO campaigns (id, bucket, version, rev, natural_keys, stamps, body) "
            "VALUES (?, 'x', 1, 1, '', ?, ?)",
            [CAMPAIGN, b"[]", small.centre.sealing.keep_plain(body)],
        )
        for number, state in enumerate(("claimed", "returned", "published")):
            await small.tamper(
                "INSERT INTO claims (id, bucket, version, rev, state, unit, campaign, natural_keys, stamps, body) "
                "VALUES (?, 'x', 1, 1, ?, ?, ?, '', ?, ?)",
                [f"{number:032x}", state, unit, CAMPAIGN, b"[]", b"\x00"],
            )
        assert await found(small, "2026-03-10") == []
        [light] = await found(small, "2026-03-28")
        assert (light.level, light.count, light.holder, light.place) == ("red", 2, f"unit:{unit}", VILLAGE)


async def test_a_returned_list_and_a_finding_shine_on_the_unit_by_the_day_it_was_told(either: SmallCentre) -> None:
    [unit] = (await platform_of(either.centre, either.writer).directory()).units_at(VILLAGE)[:1]
    await either.tamper("UPDATE campaigns SET state = ?", ["closed"])
    plan = {"name": "第四轮", "round": 4, "state": "open", "start": "2026-01-05", "end": "2026-12-31"}
    await put_record(either, "campaign", CAMPAIGN, {**plan, "catalogue": "all:341800"})
    list_ = {"campaign": CAMPAIGN, "unit": unit, "place": VILLAGE, "base_item": "99", "state": "returned"}
    for number, due in enumerate(("2026-03-10", "2026-03-12")):
        await put_record(either, "claim", f"{number:032x}", {**list_, "due": due})
    await put_record(either, "claim", "7" * 32, {**list_, "due": "2026-03-02", "state": "published"})
    seen = {"campaign": CAMPAIGN, "claim": "7" * 32, "unit": unit, "base_item": "99", "why": "sample", "seed": "1"}
    await put_record(either, "look_back", "8" * 32, {**seen, "state": "to_fix", "deadline": "2026-03-12"})
    await put_record(either, "look_back", "9" * 32, {**seen, "state": "fixed", "deadline": "2026-03-02"})

    async def told(day: str) -> list[tuple[str, str, str, int]]:
        return [(one.code, one.level.value, one.due, one.count) for one in await found(either, day) if one.code in OURS]

    assert await told("2026-03-06") == []
    assert await told("2026-03-09") == [("returned", "yellow", "2026-03-10", 2)]
    assert await told("2026-03-11") == [("returned", "red", "2026-03-10", 2), ("look_back", "yellow", "2026-03-12", 0)]
    lit = [one for one in await found(either, "2026-03-13") if one.code in OURS]
    assert {(one.level.value, one.holder, one.place) for one in lit} == {("red", f"unit:{unit}", VILLAGE)}
    await either.tamper("UPDATE look_backs SET state = 'fixed'")
    assert [code for code, *_ in await told("2026-03-13")] == ["returned"]


async def test_a_filing_that_came_late_shines_on_its_helper_for_a_while(tmp_path: Path) -> None:
    async with small_centre(tmp_path) as small:
        captured, received = from_iso("2026-03-02T10:00:00+08:00"), from_iso("2026-03-06T10:00:00+08:00")
        await small.tamper(
            "INSERT INTO observations VALUES ('c', 'a', 'd', ?, 'i', ?, ?, '2026-03-02', 'p', NULL, 0, NULL, NULL, 0, "
            "'')",
            [VILLAGE, captured, received],
        )
        [light] = await found(small, "2026-03-07")
        assert (light.code, light.level, light.holder) == ("sync_lag", "red", "account:a")
        assert await found(small, "2026-03-20") == []


CASE, PHONE = "c" * 32, "account:" + "a" * 32
CLOCK = {"started": "2026-03-02", "legal_days": 20, "promise_days": 10, "legal_due": "2026-03-30"}
PAUSED = {**CLOCK, "promise_due": "2026-03-16", "paused_since": "2026-03-04"}


async def test_what_waits_for_a_correction_or_stands_still_is_found_and_shines_on_its_holder(tmp_path: Path) -> None:
    desk = f"place:{VILLAGE}"
    since = {"state_since": "2026-03-04T10:00:00+08:00"}
    until = {"until": "2026-03-20"}
    waiting: tuple[tuple[str, str, dict[str, Any]], ...] = (
        (PHONE, "to_correct", {"correction": {"due": "2026-03-20"}}),
        (desk, "suspended", {"suspension": until, "clock": PAUSED}),
        (desk, "special_procedure", {"special": until, "clock": PAUSED}),
    )
    for holder, state, more in waiting:
        async with small_centre(tmp_path / state) as small:
            await put_record(small, "case", CASE, case_of(small, holder=holder, state=state, **since, **more))
            assert await found(small, "2026-03-11") == []
            [light] = await found(small, "2026-03-23")
            code = "correction" if state == "to_correct" else "pause"
            assert (light.code, light.level, light.holder, light.due) == (code, "yellow", holder, "2026-03-20")
