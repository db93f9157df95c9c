"""One step with several cases: independent of each other, on both databases, and only steps that are safe so."""

from __future__ import annotations

from datetime import date

import pytest

from server.actions.refusals import NotFound
from server.actions.step_together import CASES_MAX, Seen, seen_now, step_together
from server.actions.take_step import read_record
from server.centre import platform_of
from server.domain.cases.numbers import official_number, temporary_receipt
from tests.put_record import put_record
from tests.server.actions.test_list_followup import clerk_of
from tests.server.actions.test_show_case import CASE, file_case
from tests.small_centre import HELPER, VILLAGE, SmallCentre

DAY = date(2026, 11, 22)
FIRST, SECOND = "a" * 32, "b" * 32


async def finished(small: SmallCentre) -> None:
    await file_case(small)
    standing = await read_record(platform_of(small.centre, small.writer), "case", CASE)
    assert standing is not None
    over = {**standing.fields, "state": "finished", "finished_at": "2026-11-20T09:00:00+08:00"}
    for place, case in enumerate((FIRST, SECOND), 1):
        numbers = {"number": official_number(VILLAGE, DAY, 0, place), "receipt": temporary_receipt("0A3K", DAY, place)}
        await put_record(small, "case", case, {**over, **numbers})


async def test_each_has_its_answer_and_one_that_fails_stops_no_other(either: SmallCentre) -> None:
    await finished(either)
    platform, clerk = platform_of(either.centre, either.writer), await clerk_of(either)
    seen = await seen_now(platform, [FIRST, SECOND, "f" * 32])
    assert set(seen) == {FIRST, SECOND}
    absent = Seen("f" * 32, seen[FIRST].base)
    fields = {"parcel": {"mode": "pickup", "state": "asked"}}
    answers = await step_together(platform, clerk, "dispatch", [absent, seen[FIRST], seen[FIRST]], fields)
    assert [one.done for one in answers] == [False, True, False], answers
    found = [await read_record(platform, "case", one) for one in (FIRST, SECOND)]
    assert ["parcel" in one.fields for one in found if one is not None] == [True, False]


async def test_other_steps_and_other_roles_are_not_there_and_there_is_an_end_to_it(either: SmallCentre) -> None:
    await finished(either)
    platform, clerk = platform_of(either.centre, either.writer), await clerk_of(either)
    seen = list((await seen_now(platform, [FIRST])).values())
    for account, verb in ((clerk, "void"), (clerk, "decide"), (await either.account(HELPER), "accept")):
        with pytest.raises(NotFound):
            await step_together(platform, account, verb, seen, {})
    many = [Seen(f"{place:032x}", seen[0].base) for place in range(CASES_MAX + 1)]
    assert len(await step_together(platform, clerk, "accept", many, {})) == CASES_MAX
