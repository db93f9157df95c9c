"""Broken promises that stand, by place and without names, on both databases."""

from __future__ import annotations

import pytest

from server.actions.list_credit import list_credit
from server.actions.refusals import NotFound
from server.centre import platform_of
from tests.put_record import case_of, put_record
from tests.server.actions.test_list_followup import clerk_of
from tests.small_centre import VILLAGE, SmallCentre

CREDIT = {"on": "2026-11-18", "until": "2027-11-18", "reason": "late"}


async def stand(small: SmallCentre, case: str, place: str, key: str) -> None:
    await put_record(small, "case", case, case_of(small, village=place, state="ended", holder="", credit=CREDIT))
    await small.tamper("INSERT INTO natural_keys (id, kind, record) VALUES (?, 'case', ?)", [key, case])


async def test_what_stands_in_the_scope_is_told_with_its_days_and_no_name(either: SmallCentre) -> None:
    await stand(either, "c" * 32, VILLAGE, "credit:a:1")
    await stand(either, "d" * 32, "341802001001", "credit:b:1")
    await either.tamper("INSERT INTO natural_keys (id, kind, record) VALUES ('credits', 'case', ?)", ["c" * 32])
    platform, clerk = platform_of(either.centre, either.writer), await clerk_of(either)
    [row] = await list_credit(platform, clerk)
    assert (row.case, row.place, row.until, row.reason) == ("c" * 32, VILLAGE, "2027-11-18", "late")
    assert await list_credit(platform, clerk, after=row.key) == []


async def test_who_reads_no_cases_reads_no_such_list(either: SmallCentre) -> None:
    stranger = await either.account(next(one.login for one in either.world.accounts if one.role == "administrator"))
    with pytest.raises(NotFound):
        await list_credit(platform_of(either.centre, either.writer), stranger)
