"""Two clerks on one case see each other, on both databases and over two processes; nobody is locked out."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from server.actions.platform import Platform
from server.actions.share_case import HERE_MS, REMEMBERED_MS, leave_case, open_case, opening_wake, others_at
from server.centre import platform_of
from tests.people import HandClock
from tests.server.actions.test_list_followup import clerk_of
from tests.small_centre import HELPER, SmallCentre

CASE = "9" * 32


class Two:
    """Two processes on one database, and what each was told."""

    def __init__(self, small: SmallCentre) -> None:
        self.clock = HandClock()
        self.told: list[str] = []
        self.here, self.there = (self._process(small) for _ in range(2))

    def _process(self, small: SmallCentre) -> Platform:
        return replace(platform_of(small.centre, small.writer), clock=self.clock)

    def tell(self, buckets: Collection[str]) -> None:
        self.told += buckets


async def test_each_sees_the_other_with_since_when_and_not_itself(either: SmallCentre) -> None:
    two = Two(either)
    first, second = await clerk_of(either), await either.account(HELPER)
    since = await open_case(two.here, first, CASE, two.tell)
    assert await others_at(two.here, first, CASE) == []
    two.clock.advance(30_000)
    await open_case(two.there, second, CASE, two.tell)
    [other] = await others_at(two.there, second, CASE)
    assert (other.name, other.since, other.here) == (first.name, since, True)
    [other] = await others_at(two.here, first, CASE)
    assert (other.name, other.since - since) == (second.name, 30_000)
    assert two.told == [opening_wake(CASE)] * 2


async def test_a_page_that_goes_on_keeps_its_since_and_one_that_fell_silent_begins_anew(either: SmallCentre) -> None:
    two = Two(either)
    first, second = await clerk_of(either), await either.account(HELPER)
    since = await open_case(two.here, first, CASE, two.tell)
    two.clock.advance(HERE_MS - 1)
    await open_case(two.here, first, CASE, two.tell)
    assert [one.since for one in await others_at(two.there, second, CASE)] == [since]
    two.clock.advance(HERE_MS)
    assert [(one.since, one.here) for one in await others_at(two.there, second, CASE)] == [(since, False)]
    two.clock.advance(REMEMBERED_MS)
    assert await others_at(two.there, second, CASE) == []
    again = await open_case(two.here, first, CASE, two.tell)
    assert [one.since for one in await others_at(two.there, second, CASE)] == [again]


async def test_leaving_is_seen_at_once_unless_another_page_of_the_same_person_stays(either: SmallCentre) -> None:
    two = Two(either)
    first, second = await clerk_of(either), await either.account(HELPER)
    one_page = await open_case(two.here, first, CASE, two.tell)
    two.clock.advance(1_000)
    other_page = await open_case(two.there, first, CASE, two.tell)
    two.told.clear()
    await leave_case(two.here, first, CASE, one_page, two.tell)
    assert two.told == []
    assert len(await others_at(two.there, second, CASE)) == 1
    await leave_case(two.there, first, CASE, other_page, two.tell)
    assert two.told == [opening_wake(CASE)]
    assert await others_at(two.there, second, CASE) == []
