"""A bulletin is frozen as it was looked at, the city's and every town's together, whatever fails or runs beside it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest

from server.actions.build_bulletin import build_bulletin, read_bulletin, read_edition
from server.actions.centre_writes import write_together
from server.actions.desk_change import DeskEdit
from server.actions.draft_bulletins import draft_bulletins
from server.actions.freeze_bulletin import (
    BulletinMoved,
    BulletinUnfinished,
    BulletinUnfounded,
    Seen,
    freeze_bulletin,
)
from server.actions.platform import Platform
from server.actions.refusals import NotFound
from server.centre import open_writer, platform_of
from server.domain.supervision.bulletins import table_of
from server.domain.supervision.indicators import CODES
from server.merge_policies.bulletin_policy import bulletin_id
from server.write import Job, Writer, Written
from sync.core.clock import from_iso
from tests.people import HandClock
from tests.put_record import put_record
from tests.server.actions.test_build_bulletin import finished
from tests.small_centre import TOWN, VILLAGE, SmallCentre

PERIOD = "2026-10"


class Broken(Exception):
    """The line to the database, say."""


@dataclass
class Interrupted:
    """A write path to which something happens at its n-th job, before or after that is durable."""

    writer: Writer
    happens: Callable[[], Awaitable[None]]
    at: int = 1
    afterwards: bool = False

    async def write(self, job: Job) -> Written:
        self.at -= 1
        if self.at == 0 and not self.afterwards:
            await self.happens()
        written = await self.writer.write(job)
        if self.at == 0 and self.afterwards:
            await self.happens()
        return written

    async def close(self) -> None:
        await self.writer.close()


async def breaks() -> None:
    raise Broken


async def states(platform: Platform, edition: int = 1) -> set[str]:
    found = await read_edition(platform, PERIOD, edition)
    assert len(found) > 1, "the city's and towns'"
    return {str(held.fields["state"]) for held, _ in found}


async def drafted(small: SmallCentre) -> tuple[Platform, Seen]:
    platform = platform_of(small.centre, small.writer)
    await finished(small, "on_time", 40)
    return platform, Seen.of(await build_bulletin(platform, PERIOD))


async def build_with_more(small: SmallCentre) -> None:
    await finished(small, "late", 5, start=100)
    await build_bulletin(platform_of(small.centre, small.writer), PERIOD)


def on_time(fields: dict[str, Any], table: str, area: str) -> tuple[int, int]:
    return table_of(fields, table)[area].pairs[CODES.index("on_time")]


@pytest.mark.parametrize("afterwards", [False, True], ids=["before the write", "after the write"])
@pytest.mark.parametrize("at", [1, 2, 3])
async def test_a_failure_in_between_leaves_no_half_and_freezing_again_completes_it(
    either: SmallCentre, at: int, afterwards: bool
) -> None:
    platform, seen = await drafted(either)
    failing = replace(platform, writer=Interrupted(either.writer, breaks, at, afterwards))
    broke = False
    try:
        await freeze_bulletin(failing, PERIOD, seen=seen)
    except Broken:
        broke = True
    assert await states(platform) == ({"frozen"} if afterwards or not broke else {"draft"})
    if await states(platform) == {"draft"}:
        await freeze_bulletin(platform, PERIOD, seen=seen)
    assert await states(platform) == {"frozen"}
    with pytest.raises(NotFound):
        await freeze_bulletin(platform, PERIOD, seen=seen)


async def test_what_is_built_anew_between_the_look_and_the_freezing_is_not_frozen_unseen(either: SmallCentre) -> None:
    platform, seen = await drafted(either)
    raced = replace(platform, writer=Interrupted(either.writer, lambda: build_with_more(either)))
    with pytest.raises(BulletinMoved):
        await freeze_bulletin(raced, PERIOD, seen=seen)
    assert await states(platform) == {"draft"}
    with pytest.raises(BulletinMoved):
        await freeze_bulletin(platform, PERIOD, seen=seen)
    latest = await read_bulletin(platform, PERIOD)
    assert latest is not None
    frozen = await freeze_bulletin(platform, PERIOD, seen=Seen.of(latest))
    own = await read_bulletin(platform, PERIOD, place=TOWN)
    assert own is not None
    assert (on_time(frozen.fields, "towns", TOWN), on_time(own.fields, "villages", VILLAGE)) == ((40, 45), (40, 45))
    assert await states(platform) == {"frozen"}


async def test_what_was_built_anew_is_looked_at_again_also_where_the_figures_are_equal(either: SmallCentre) -> None:
    """The city's rows do not tell the villages': that they are equal says nothing of what a town is told."""
    platform, seen = await drafted(either)
    anew = Seen.of(await build_bulletin(platform, PERIOD))
    assert (anew.edition, anew.data_hash) == (seen.edition, seen.data_hash)
    with pytest.raises(BulletinMoved):
        await freeze_bulletin(platform, PERIOD, seen=seen)
    await freeze_bulletin(platform, PERIOD, seen=anew)
    assert await states(platform) == {"frozen"}


async def test_a_period_is_frozen_from_the_day_after_its_last_one(either: SmallCentre) -> None:
    clock = HandClock(wall=from_iso("2026-10-31T23:59:00+08:00"))
    platform = replace(platform_of(either.centre, either.writer), clock=clock)
    for period in (PERIOD, "2026-10-31"):
        await build_bulletin(platform, period)
        with pytest.raises(BulletinUnfinished):
            await freeze_bulletin(platform, period)
    clock.wall += 60_000
    for period in (PERIOD, "2026-10-31"):
        assert (await freeze_bulletin(platform, period)).fields["state"] == "frozen"


async def test_of_two_who_build_at_once_one_has_the_whole(either: SmallCentre) -> None:
    platform, _ = await drafted(either)
    raced = replace(platform, writer=Interrupted(either.writer, lambda: build_with_more(either)))
    built = await build_bulletin(raced, PERIOD)
    assert on_time(built.fields, "towns", TOWN) == (40, 45), "what was counted before is not written over it"
    assert len({held.fields["build"] for held, _ in await read_edition(platform, PERIOD, 1)}) == 1


async def test_whoever_freezes_and_builds_at_once_freezes_one_whole_build(either: SmallCentre) -> None:
    platform, _ = await drafted(either)
    async with open_writer(either.centre, lambda buckets: None) as other:
        beside = platform if either.centre.database.engine.value == "sqlite" else platform_of(either.centre, other)

        async def freeze() -> None:
            while (latest := await read_bulletin(platform, PERIOD)) is not None and latest.fields["state"] == "draft":
                try:
                    await freeze_bulletin(platform, PERIOD, seen=Seen.of(latest))
                except (BulletinMoved, NotFound):
                    continue

        async def build(number: int) -> None:
            await finished(either, "late", 1, start=100 * number)
            try:
                await build_bulletin(beside, PERIOD)
            except NotFound:
                return  # frozen meanwhile

        await asyncio.gather(freeze(), *(build(number) for number in range(1, 4)), freeze())
    assert await states(platform) == {"frozen"}
    held = [one for one, _ in await read_edition(platform, PERIOD, 1)]
    assert len({one.fields["build"] for one in held}) == 1
    assert on_time(held[0].fields, "towns", TOWN)[1] == on_time(_of(held, TOWN), "villages", VILLAGE)[1]


def _of(held: list[Any], place: str) -> dict[str, Any]:
    return next(one.fields for one in held if one.fields["place"] == place)


async def test_a_correction_and_what_it_says_of_the_edition_before_are_one(either: SmallCentre) -> None:
    platform, seen = await drafted(either)
    await freeze_bulletin(platform, PERIOD, seen=seen)
    failing = replace(platform, writer=Interrupted(either.writer, breaks, 1, afterwards=True))
    with pytest.raises(Broken):
        await build_bulletin(failing, PERIOD, why="补录5件")
    assert (await states(platform, 1), await states(platform, 2)) == ({"corrected"}, {"draft"})


async def test_what_does_not_follow_from_its_rows_freezes_nothing_beside_it(either: SmallCentre) -> None:
    platform, seen = await drafted(either)
    held = await read_bulletin(platform, PERIOD, place=TOWN)
    assert held is not None
    await either.tamper("DELETE FROM bulletins WHERE id = ?", [held.id])
    await put_record(either, "bulletin", held.id, {**held.fields, "data_hash": "0" * 64}, bucket=held.bucket)
    with pytest.raises(BulletinUnfounded) as told:
        await freeze_bulletin(platform, PERIOD, seen=seen)
    assert told.value.fields == ["data_hash"]
    assert await states(platform) == {"draft"}


async def test_a_half_that_an_earlier_fault_left_is_completed(either: SmallCentre) -> None:
    platform, seen = await drafted(either)
    [(town, base)] = [one for one in await read_edition(platform, PERIOD, 1) if one[0].fields["place"] == TOWN]
    edit = DeskEdit(kind="bulletin", record=town.id, name="bulletin.freeze", fields={}, base=base)
    await write_together(platform, [(TOWN, edit)])
    assert await states(platform) == {"draft", "frozen"}
    await freeze_bulletin(platform, PERIOD, seen=seen)
    assert await states(platform) == {"frozen"}


async def test_a_schedule_that_comes_second_leaves_it_to_the_first(either: SmallCentre) -> None:
    clock = HandClock(wall=1_794_369_600_000)  # 2026-11-11: last month's days to object are over
    platform = replace(platform_of(either.centre, either.writer), clock=clock)
    await build_bulletin(platform, "2026-10")

    async def quicker() -> None:
        await freeze_bulletin(platform, "2026-10")

    # The third job of its run: yesterday's brief, the month built anew, and then the freezing.
    raced = replace(platform, writer=Interrupted(either.writer, quicker, at=3))
    assert await draft_bulletins(raced) == ["2026-11-10"]
    month = await read_bulletin(platform, "2026-10")
    assert month is not None
    assert (month.id, month.fields["state"]) == (bulletin_id(str(month.fields["place"]), "2026-10", 1), "frozen")
