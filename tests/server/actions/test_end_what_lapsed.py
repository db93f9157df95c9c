"""What ends by itself: a correction that never came, and a broken promise that stood its year. On both databases."""

from __future__ import annotations

from dataclasses import replace
from importlib import import_module
from typing import Any

import pytest

from server.actions.end_what_lapsed import clear_expired, lapse_uncorrected
from server.actions.open_overdue import open_overdue
from server.actions.platform import Platform
from server.actions.take_step import read_record
from server.centre import platform_of
from server.merge_policies.judging import china_day
from sync.core.clock import from_iso
from tests.people import HandClock
from tests.put_record import case_of, put_record
from tests.small_centre import SmallCentre

CASE = "c" * 32
WAITING: dict[str, Any] = {
    "state": "to_correct",
    "holder": "account:" + "a" * 32,
    "state_since": "2026-02-09T09:00:00+08:00",
    "correction": {"due": "2026-03-06", "materials": [{"no": "1", "why": "missing"}], "text": "请补齐"},
    "finished_at": "",
    "number": "",
}


def at(small: SmallCentre, moment: str) -> Platform:
    """Deciding has the real clock, which is later; what is looked for has this one."""
    return replace(platform_of(small.centre, small.writer), clock=HandClock(wall=from_iso(f"{moment}T10:00:00+08:00")))


async def state_of(small: SmallCentre) -> tuple[str, str, str]:
    held = await read_record(platform_of(small.centre, small.writer), "case", CASE)
    assert held is not None
    return str(held.fields["state"]), str(held.fields.get("finish_type", "")), str(held.fields["holder"])


async def test_a_filing_lapses_ten_working_days_after_the_day_that_was_told_and_its_task_is_closed(
    either: SmallCentre,
) -> None:
    await put_record(either, "case", CASE, case_of(either, **WAITING))
    assert await open_overdue(at(either, "2026-03-09")) == 1
    assert await lapse_uncorrected(at(either, "2026-03-20")) == 0, "the tenth working day after"
    assert await state_of(either) == ("to_correct", "", WAITING["holder"])
    assert [await lapse_uncorrected(at(either, "2026-03-21")) for _ in range(2)] == [1, 0]
    assert await state_of(either) == ("ended", "5", "")
    assert await either.fetch("SELECT code, state FROM tasks") == [("correction_overdue", "closed")]


async def test_a_task_that_was_opened_when_the_filing_had_lapsed_already_is_closed_by_the_next_run(
    either: SmallCentre, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another process looked for what is late just before: its page still showed a filing to be corrected."""
    await put_record(either, "case", CASE, case_of(either, **WAITING))
    lapsing = lapse_uncorrected(at(either, "2026-03-21"))
    overdue: Any = import_module("server.actions.open_overdue")
    written = overdue.write_edits

    async def after_the_lapse(*arguments: Any) -> Any:
        assert await lapsing == 1
        return await written(*arguments)

    monkeypatch.setattr(overdue, "write_edits", after_the_lapse)
    assert await open_overdue(at(either, "2026-03-21")) == 1
    assert await either.fetch("SELECT code, state FROM tasks") == [("correction_overdue", "open")]
    assert await lapse_uncorrected(at(either, "2026-03-21")) == 0
    assert await either.fetch("SELECT code, state FROM tasks") == [("correction_overdue", "closed")]


async def test_where_no_day_was_told_nothing_ends_by_itself(either: SmallCentre) -> None:
    await put_record(either, "case", CASE, case_of(either, **{**WAITING, "correction": {"text": "请补齐"}}))
    assert await lapse_uncorrected(at(either, "2026-12-31")) == 0
    assert (await state_of(either))[0] == "to_correct"


@pytest.mark.parametrize(("until", "cleared"), [("2020-01-01", 1), ("2099-01-01", 0)])
async def test_a_broken_promise_that_stood_its_year_is_cleared_once(
    either: SmallCentre, until: str, cleared: int
) -> None:
    credit = {"on": "2019-01-01", "until": until, "reason": "late"}
    await put_record(either, "case", CASE, case_of(either, state="ended", holder="", credit=credit))
    await either.tamper("INSERT INTO natural_keys (id, kind, record) VALUES ('credit:person:1', 'case', ?)", [CASE])
    await either.tamper("UPDATE cases SET natural_keys = 'credit:person:1' WHERE id = ?", [CASE])
    platform = platform_of(either.centre, either.writer)
    assert [await clear_expired(platform) for _ in range(2)] == [cleared, 0]
    held = await read_record(platform, "case", CASE)
    assert held is not None
    today = china_day(either.centre.clock.wall_ms()).isoformat()
    assert held.fields["credit"].get("cleared_on", "") == (today if cleared else "")
    keys = await either.fetch("SELECT 1 FROM natural_keys WHERE id LIKE 'credit:%'")
    assert len(keys) == 1 - cleared
