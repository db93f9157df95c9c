"""A desk's cases: most urgent first, page after page, within its scope; counted by state; found by either number."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from server.actions import list_cases as module
from server.actions.list_cases import count_cases, every_case, find_cases, list_cases, size_of_list
from server.actions.list_followup import After
from server.actions.refusals import NotFound
from server.centre import platform_of
from server.domain.cases.numbers import official_number, temporary_receipt
from server.domain.people.reach import place_holder, unit_holder
from server.storage.people import AccountRow
from sync.core.clock import iso
from tests.put_record import case_of, put_record
from tests.server.actions.test_list_followup import clerk_of, login_of
from tests.small_centre import VILLAGE, SmallCentre

OUTSIDE = "341802001001"
DAY_MS = 24 * 3_600_000


def open_case(small: SmallCentre, promise_due: str, state: str = "reviewing", **changed: Any) -> dict[str, Any]:
    clock = {"started": "2026-11-03", "promise_due": promise_due, "legal_due": "2026-12-30"}
    told = {"state": state, "clock": clock, "holder": place_holder(VILLAGE), "state_since": promise_due}
    return case_of(small, **{**told, "number": "", "receipt": "", "finished_at": "", **changed})


async def put(small: SmallCentre, *cases: dict[str, Any]) -> None:
    for no, fields in enumerate(cases, 1):
        await put_record(small, "case", f"{no:x}" * 32, fields)


async def test_the_most_urgent_come_first_in_pages_what_is_paused_by_its_own_day_and_what_is_elsewhere_does_not(
    either: SmallCentre,
) -> None:
    paused = open_case(either, "2026-12-01", "suspended", suspension={"until": "2026-12-20"})
    paused["clock"] |= {"paused_since": "2026-11-20"}
    await put(
        either,
        open_case(either, "2026-12-03"),
        open_case(either, "2026-12-01", "accepted"),
        open_case(either, "2026-12-03"),
        paused,
        open_case(either, "2026-12-01", village=OUTSIDE, holder=place_holder(OUTSIDE)),
    )
    platform, clerk = platform_of(either.centre, either.writer), await clerk_of(either)
    first = await list_cases(platform, clerk, limit=2)
    assert [(row.id[0], row.due, row.state) for row in first] == [
        ("2", "2026-12-01", "accepted"),
        ("1", "2026-12-03", "reviewing"),
    ]
    assert first[0].item_name
    day, _, record = first[-1].key.partition("~")
    assert [row.id[0] for row in await list_cases(platform, clerk, after=After(day, record))] == ["3", "4"]
    assert [row.id[0] for row in await list_cases(platform, clerk, upto="2026-12-02")] == ["2"]
    assert [row.id[0] for row in await list_cases(platform, clerk, state="reviewing")] == ["1", "3"]
    assert [row.id[0] for row in await list_cases(platform, clerk, state="suspended")] == ["4"]


async def test_a_wide_scope_reads_along_the_due_days_and_finds_the_same(
    either: SmallCentre, monkeypatch: pytest.MonkeyPatch
) -> None:
    await put(either, open_case(either, "2026-12-03"), open_case(either, "2026-12-01"))
    platform, clerk = platform_of(either.centre, either.writer), await clerk_of(either)
    narrow = await list_cases(platform, clerk)
    monkeypatch.setattr(module, "NARROW_MAX", 0)
    assert await list_cases(platform, clerk) == narrow
    assert len(narrow) == 2


@pytest.mark.parametrize(("state", "ids"), [("", "1234"), ("reviewing", "12"), ("suspended", "4"), ("withdrawn", "5")])
async def test_the_whole_list_comes_page_by_page_and_its_size_is_known_before(
    either: SmallCentre, monkeypatch: pytest.MonkeyPatch, state: str, ids: str
) -> None:
    monkeypatch.setattr(module, "WHOLE_ROWS", 2)
    await put(
        either,
        open_case(either, "2026-12-01"),
        open_case(either, "2026-12-02"),
        open_case(either, "2026-12-03", "accepted"),
        open_case(either, "2026-12-04", "suspended", suspension={"until": "2026-12-20"}),
        open_case(either, "2026-12-05", "withdrawn", holder=""),
        open_case(either, "2026-12-01", village=OUTSIDE, holder=place_holder(OUTSIDE)),
    )
    await either.recount()
    platform, clerk = platform_of(either.centre, either.writer), await clerk_of(either)
    pages = [page async for page in every_case(platform, clerk, state)]
    assert sorted(row.id[0] for page in pages for row in page) == list(ids)
    assert all(len(page) <= 2 for page in pages)
    assert await size_of_list(platform, clerk, state) == len(ids)


async def test_what_a_unit_holds_is_its_desks_and_what_the_helper_holds_lies_in_the_village(
    either: SmallCentre,
) -> None:
    clerk = await clerk_of(either)
    unit = next(one.id for one in either.world.units if one.place.startswith(min(clerk.scope.places)[:6]))
    await put(
        either,
        open_case(either, "2026-12-01", village=OUTSIDE, holder=unit_holder(unit)),
        open_case(either, "2026-12-01", "to_correct", holder="account:somebody"),
    )
    platform = platform_of(either.centre, either.writer)
    assert [row.id[0] for row in await list_cases(platform, clerk)] == ["1"]
    assert [row.id[0] for row in await list_cases(platform, clerk, state="to_correct")] == ["2"]


async def test_a_scope_counts_what_it_holds_by_state(either: SmallCentre) -> None:
    now = either.centre.clock.wall_ms()
    await put(
        either,
        open_case(either, iso(now - 3 * DAY_MS)[:10]),
        open_case(either, iso(now)[:10]),
        open_case(either, iso(now + 30 * DAY_MS)[:10]),
        open_case(either, iso(now + 30 * DAY_MS)[:10], "suspended"),
        open_case(either, "2026-12-01", "withdrawn", holder=""),
    )
    platform = platform_of(either.centre, either.writer)
    told = await count_cases(platform, await clerk_of(either))
    assert [(one.state, one.cases, one.late, one.soon) for one in told] == [
        ("reviewing", 3, 1, 1),
        ("suspended", 1, 0, 0),
    ]


async def test_what_one_desk_holds_of_several_villages_is_counted_once(either: SmallCentre) -> None:
    past = iso(either.centre.clock.wall_ms() - 3 * DAY_MS)[:10]
    await put(either, open_case(either, past), open_case(either, past, village=OUTSIDE, holder=place_holder(VILLAGE)))
    platform = platform_of(either.centre, either.writer)
    told = await count_cases(platform, await clerk_of(either))
    assert [(one.state, one.cases, one.late, one.soon) for one in told] == [("reviewing", 2, 2, 0)]


async def test_a_case_is_found_by_either_number_as_it_is_typed_and_only_in_reach(either: SmallCentre) -> None:
    number = official_number(VILLAGE, date(2026, 11, 22), 0, 1)
    receipt = temporary_receipt("0A3K", date(2026, 11, 22), 7)
    elsewhere = case_of(either, village=OUTSIDE, number="", receipt=receipt, holder="")
    await put(either, case_of(either, number=number, receipt=receipt), elsewhere)
    platform, clerk = platform_of(either.centre, either.writer), await clerk_of(either)
    assert [row.id[0] for row in await find_cases(platform, clerk, f" {number[:6]}-{number[6:]}")] == ["1"]
    assert [row.id[0] for row in await find_cases(platform, clerk, receipt.lower())] == ["1"]
    assert await find_cases(platform, clerk, "no number") == []


async def test_who_reads_no_cases_has_no_such_list(either: SmallCentre) -> None:
    platform = platform_of(either.centre, either.writer)
    reviewer: AccountRow = await either.account(login_of(either, "catalogue_reviewer", VILLAGE))
    for asked in (list_cases(platform, reviewer), count_cases(platform, reviewer)):
        with pytest.raises(NotFound):
            await asked
    with pytest.raises(NotFound):
        await list_cases(platform, await clerk_of(either), state="lost")
