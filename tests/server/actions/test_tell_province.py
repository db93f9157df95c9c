"""Every accepted and finished case is told exactly once per key, whatever fails in between; on both engines."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from server.actions.platform import Platform
from server.actions.take_step import centre_itself, take_step
from server.actions.tell_province import tell_province
from server.adapters.province import ProvinceUnavailable, SignedMessage, outbound_key
from server.centre import platform_of
from server.storage.outbound import outbound_standing, wait_again
from tests.people import HandClock
from tests.put_record import case_of, put_record
from tests.small_centre import TOWN, VILLAGE, SmallCentre

CASE = "c" * 32
HOUR = 3_600_000


class Listener:
    """A province that can be down, refuse, or take a message and lose its answer."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        self.down = False
        self.forgets = False
        self.refuses = ""
        self.messages: list[dict[str, Any]] = []

    async def send(self, message: SignedMessage, now_ms: int) -> str:
        if self.down:
            raise ProvinceUnavailable("503")
        if self.refuses:
            return self.refuses
        self.heard.append(message.key)
        if self.forgets:
            self.forgets = False
            raise ProvinceUnavailable("ReadTimeout")
        told = json.loads(message.line)["message"]
        assert told["key"] == message.key
        self.messages.append(told)
        return ""


async def accepted(small: SmallCentre, *cases: str, **more: Any) -> None:
    """Cases that a desk accepts and that lie in the log as such."""
    platform = platform_of(small.centre, small.writer)
    for case in cases:
        fields = case_of(small, state="received", accepted_at="", finished_at="", **more)
        await put_record(small, "case", case, fields)
        taken = await take_step(
            platform,
            await centre_itself(platform),
            kind="case",
            record=case,
            name="case.accept",
            fields={},
            seen=await small.seen("case", case),
        )
        assert taken.outcome.code.has_effect, taken.outcome


def held(small: SmallCentre) -> tuple[Platform, HandClock, Any]:
    clock = HandClock(wall=small.centre.clock.wall_ms())
    platform = replace(platform_of(small.centre, small.writer), clock=clock)
    return platform, clock, outbound_key(small.centre.secrets)


async def test_an_accepted_case_is_told_once_however_often_the_schedule_comes(either: SmallCentre) -> None:
    await accepted(either, CASE)
    platform, _, key = held(either)
    province = Listener()
    first = await tell_province(platform, province, key)
    again = await tell_province(platform, province, key)
    assert (first.taken, first.sent, again.taken, again.sent) == (1, 1, 0, 0)
    assert len(province.heard) == 1
    assert (await outbound_standing(either.centre.database)).behind == 0


@pytest.mark.parametrize(("level", "place"), [("village", VILLAGE), ("town", TOWN), ("", "341881000000")])
async def test_a_message_names_the_unit_that_implements_the_item_also_of_a_standard_one(
    either: SmallCentre, level: str, place: str
) -> None:
    standard = {"name": "事项", "status": "active", "version": 1, "catalogue": f"{level}:341800"}
    own = next(one for one in either.world.units if one.place == place)
    item = standard if level else {**standard, "unit": own.id}
    await put_record(either, "item", "b" * 32, item)
    await accepted(either, CASE, item="b" * 32)
    platform, _, key = held(either)
    province = Listener()
    await tell_province(platform, province, key)
    assert [one["unit"] for one in province.messages] == [own.uscc]


async def test_nothing_is_lost_while_the_other_side_is_down_for_days(either: SmallCentre) -> None:
    await accepted(either, CASE, "d" * 32)
    platform, clock, key = held(either)
    province = Listener()
    province.down = True
    waits = []
    for _ in range(12):
        report = await tell_province(platform, province, key)
        waits.append(report.waits_until - clock.wall_ms())
        early = await tell_province(platform, province, key)
        assert early.waits_until == report.waits_until
        clock.advance(report.waits_until - clock.wall_ms())
    assert waits[:3] == [60_000, 120_000, 240_000]
    assert waits[-1] == 6 * HOUR
    standing = await outbound_standing(either.centre.database)
    assert (standing.waiting, standing.sent, standing.channel.reason) == (2, 0, "503")
    province.down = False
    assert (await tell_province(platform, province, key)).sent == 2
    assert (await outbound_standing(either.centre.database)).channel.tries == 0


async def test_a_lost_answer_sends_the_same_key_again(either: SmallCentre) -> None:
    await accepted(either, CASE)
    platform, clock, key = held(either)
    province = Listener()
    province.forgets = True
    report = await tell_province(platform, province, key)
    clock.advance(report.waits_until - clock.wall_ms())
    await tell_province(platform, province, key)
    assert len(province.heard) == 2
    assert len(set(province.heard)) == 1


async def test_what_is_refused_stands_aside_until_somebody_says_so(either: SmallCentre) -> None:
    await accepted(either, CASE)
    platform, _, key = held(either)
    province = Listener()
    province.refuses = "422 no such item"
    assert (await tell_province(platform, province, key)).refused == 1
    assert (await tell_province(platform, province, key)).refused == 0
    province.refuses = ""
    async with either.centre.database.write() as tx:
        assert await wait_again(tx) == 1
    assert (await tell_province(platform, province, key)).sent == 1


async def test_a_crash_between_reading_the_log_and_keeping_it_takes_no_message_twice(either: SmallCentre) -> None:
    """A restored centre reads its log again from where the backup stood: the keys are the same."""
    await accepted(either, CASE)
    platform, _, key = held(either)
    province = Listener()
    await tell_province(platform, province, key)
    await either.tamper("UPDATE outbound_channel SET taken = 0")
    report = await tell_province(platform, province, key)
    assert (report.sent, len(province.heard)) == (0, 1)
    await either.tamper("DELETE FROM outbound")
    await either.tamper("UPDATE outbound_channel SET taken = 0")
    await tell_province(platform, province, key)
    assert province.heard[0] == province.heard[1]
