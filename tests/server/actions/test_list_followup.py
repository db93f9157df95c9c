"""A desk's lists hold what its scope reaches, by the last day, page after page; on both engines."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from server.actions.list_followup import (
    ANSWERED,
    DISOWNED,
    FINISHED,
    FINISHED_IN,
    ORDERS,
    RATED,
    TASKS,
    TICKETS,
    After,
    list_answered,
    list_call_backs,
    list_tasks,
    list_tickets,
)
from server.actions.refusals import NotFound
from server.centre import platform_of
from server.domain.people.reach import desk_bucket
from server.domain.supervision.tasks import NOT_ASKED
from server.storage.people import AccountRow
from tests.people import VILLAGE, HandClock
from tests.put_record import case_of, put_record
from tests.small_centre import SmallCentre, small_centre

OUTSIDE = "341802001001"


def login_of(small: SmallCentre, role: str, place: str) -> str:
    return next(
        one.login
        for one in small.world.accounts
        if one.role == role and any(place.startswith(own.rstrip("0")) for own in one.scope_places)
    )


async def clerk_of(small: SmallCentre) -> AccountRow:
    return await small.account(login_of(small, "desk_clerk", VILLAGE))


def task(place: str, due: str, **changed: Any) -> dict[str, Any]:
    return {
        "place": place,
        "code": "bad_rating",
        "about": "a" * 32,
        "about_kind": "rating",
        "text": "请核实",
        "holder": f"place:{place}",
        "state": "open",
        "due": due,
        **changed,
    }


async def test_tasks_come_by_their_last_day_in_pages_and_closed_ones_are_gone(either: SmallCentre) -> None:
    days = {"1" * 32: "2026-12-02", "2" * 32: "2026-12-01", "3" * 32: "2026-12-02"}
    for record, due in days.items():
        await put_record(either, "task", record, task(VILLAGE, due))
    await put_record(either, "task", "4" * 32, task(VILLAGE, "2026-11-30", state="closed"))
    await put_record(either, "task", "5" * 32, task(OUTSIDE, "2026-11-30"))
    platform, clerk = platform_of(either.centre, either.writer), await clerk_of(either)
    first = await list_tasks(platform, clerk, limit=2)
    assert [(row.id[0], row.due, row.text) for row in first] == [
        ("2", "2026-12-01", "请核实"),
        ("1", "2026-12-02", "请核实"),
    ]
    rest = await list_tasks(platform, clerk, after=After(first[-1].due, first[-1].id))
    assert [row.id[0] for row in rest] == ["3"]
    assert [row.id[0] for row in await list_tasks(platform, clerk, upto="2026-12-01")] == ["2"]


async def test_a_unit_sees_the_task_it_holds_wherever_it_lies(either: SmallCentre) -> None:
    clerk = await clerk_of(either)
    county = min(clerk.scope.places)
    unit = next(one.id for one in either.world.units if one.place.startswith(county[:6]))
    await put_record(either, "task", "6" * 32, task(OUTSIDE, "2026-12-01", holder=f"unit:{unit}"))
    platform = platform_of(either.centre, either.writer)
    assert [row.holder for row in await list_tasks(platform, clerk)] == [f"unit:{unit}"]


async def test_tickets_of_the_hotline_and_appeals_are_one_list(either: SmallCentre) -> None:
    ticket = {"place": VILLAGE, "source": "hotline", "type": "request", "text": "x", "state": "open", "number": "N1"}
    await put_record(either, "ticket", "7" * 32, {**ticket, "due": "2026-12-01"})
    await put_record(either, "ticket", "8" * 32, {**ticket, "source": "appeal", "due": "2026-11-30", "number": ""})
    await put_record(either, "ticket", "9" * 32, {**ticket, "state": "answered", "due": "2026-11-30"})
    rows = await list_tickets(platform_of(either.centre, either.writer), await clerk_of(either))
    assert [(row.id[0], row.what, row.text) for row in rows] == [("8", "", ""), ("7", "N1", "")]


async def test_answered_tickets_wait_for_their_callers_word_the_oldest_first(either: SmallCentre) -> None:
    ticket = {
        "place": VILLAGE,
        "source": "hotline",
        "type": "request",
        "text": "x",
        "state": "answered",
        "number": "N1",
    }
    for record, opened in (("7" * 32, "2026-12-02"), ("8" * 32, "2026-12-01")):
        await put_record(either, "ticket", record, {**ticket, "opened_at": f"{opened}T09:00:00+08:00"})
    await put_record(either, "ticket", "9" * 32, {**ticket, "state": "open", "due": "2026-12-03", "opened_at": "2026"})
    await put_record(either, "ticket", "a" * 32, {**ticket, "place": OUTSIDE, "opened_at": "2026"})
    platform, clerk = platform_of(either.centre, either.writer), await clerk_of(either)
    first = await list_answered(platform, clerk, limit=1)
    rest = await list_answered(platform, clerk, after=After(first[0].opened_at, first[0].id))
    assert [(row.id[0], row.number, row.place) for row in (*first, *rest)] == [
        ("8", "N1", VILLAGE),
        ("7", "N1", VILLAGE),
    ]


@pytest.mark.parametrize("few", [20, 0], ids=["few places", "many places"])
async def test_who_is_to_be_called_back_is_whose_case_is_over_and_unrated(
    either: SmallCentre, few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a few places all are read; of many, two at a time of everybody's."""
    monkeypatch.setattr("server.actions.list_followup.FEW_BUCKETS", few)
    monkeypatch.setattr("server.actions.list_followup.ROWS_AT_ONCE", 2)
    for record, changed in (
        ("a" * 32, {}),
        ("b" * 32, {"state": "accepted", "finished_at": ""}),
        ("c" * 32, {}),
        ("d" * 32, {"finished_at": "2020-01-01T00:00:00+08:00"}),
        ("e" * 32, {"state": "finished"}),
        ("f" * 32, {}),
        ("0" * 32, {"village": OUTSIDE}),
        ("1" * 32, {"state": "rated", "finished_at": "2026-11-11T09:00:00+08:00"}),
    ):
        await put_record(either, "case", record, case_of(either, **changed))
    rated = {"case": "c" * 32, "place": VILLAGE, "grade": 5, "channel": "call", "state": "given"}
    await put_record(either, "rating", "f" * 32, rated, bucket=desk_bucket(VILLAGE))
    disowned = task(VILLAGE, "2026-12-01", code=NOT_ASKED, about="f" * 32, about_kind="case")
    await put_record(either, "task", "f" * 32, disowned)
    platform = replace(platform_of(either.centre, either.writer), clock=HandClock())  # the week after
    clerk = await clerk_of(either)
    rows = await list_call_backs(platform, clerk, limit=1)
    assert [row.id[0] for row in rows] == ["a"]
    more = await list_call_backs(platform, clerk, after=After(rows[0].finished_at, rows[0].id))
    assert [row.id[0] for row in more] == ["e"]


async def test_a_helper_has_no_such_list(either: SmallCentre) -> None:
    helper = await either.account(login_of(either, "helper", VILLAGE))
    platform = platform_of(either.centre, either.writer)
    for refused in (list_tasks, list_call_backs):
        with pytest.raises(NotFound):
            await refused(platform, helper)


async def test_every_list_is_read_along_an_index(tmp_path: Path) -> None:
    parameters: dict[str, list[object]] = {
        TASKS: ["", "", "9", ["a"], ["b"], 10],
        ORDERS: ["", "", "9", ["a"], ["b"], 10],
        TICKETS: ["", "", "9", ["a"], ["b"], 10],
        ANSWERED: ["", "", ["a"], ["b"], 10],
        FINISHED: ["2026", "", "", 10],
        FINISHED_IN: [["a"], "2026", "", ""],
        RATED: [["a"]],
        DISOWNED: [["a"]],
    }
    async with small_centre(tmp_path) as small:
        for sql, given in parameters.items():
            plan = [row[3] for row in await small.fetch(f"EXPLAIN QUERY PLAN {sql}", given)]
            assert not [step for step in plan if step.startswith("SCAN") or "TEMP B-TREE" in step], plan
