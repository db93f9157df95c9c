"""How often an account unmasks is one count over all processes, on both databases, and goes down with the hour."""

from __future__ import annotations

from dataclasses import replace

import pytest

from server.actions.note_unmasking import HOUR_MS, PER_HOUR, TooManyUnmaskings, note_unmasking
from server.centre import platform_of
from tests.people import HandClock
from tests.server.actions.test_list_followup import clerk_of
from tests.small_centre import HELPER, SmallCentre


async def test_the_limit_is_an_accounts_own_and_is_over_after_an_hour(either: SmallCentre) -> None:
    clock = HandClock()
    here = replace(platform_of(either.centre, either.writer), clock=clock)
    there = replace(platform_of(either.centre, either.writer), clock=clock)  # another process, the same database
    clerk, other = await clerk_of(either), await either.account(HELPER)
    for turn in range(PER_HOUR):
        await note_unmasking(here if turn % 2 else there, clerk, "case", "9" * 32)
    for platform in (here, there):
        with pytest.raises(TooManyUnmaskings):
            await note_unmasking(platform, clerk, "case", "9" * 32)
    await note_unmasking(here, other, "case", "9" * 32)
    clock.advance(HOUR_MS)
    await note_unmasking(there, clerk, "case", "9" * 32)
