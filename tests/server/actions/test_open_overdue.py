"""What did not come in time becomes a task for the desk, once."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from server.actions.open_overdue import open_overdue
from server.centre import platform_of
from sync.core.clock import from_iso
from sync.core.ids import derived_id
from tests.people import HandClock
from tests.put_record import put_record
from tests.small_centre import VILLAGE, SmallCentre, small_centre

CASE = derived_id("case", "overdue")
# The promised material is due before the decision is, as it usually will be.
CLOCK = {"started": "2026-03-02", "legal_due": "2026-04-01", "promise_due": "2026-03-20"}
TOLERANCE = {"state": "reviewing", "clock": CLOCK, "tolerance": {"due": "2026-03-06", "materials": ["3"]}}
PAUSED = {**TOLERANCE, "state": "suspended", "clock": {**CLOCK, "paused_since": "2026-03-04"}}
CORRECTION = {"state": "to_correct", "holder": "account:" + "a" * 32, "correction": {"due": "2026-03-06"}}


async def put_case(small: SmallCentre, fields: dict[str, Any]) -> None:
    """With the columns that its own body gives: the task must be found along them."""
    await put_record(small, "case", CASE, {"village": VILLAGE, "holder": f"place:{VILLAGE}", **fields})


@pytest.mark.parametrize(
    ("case", "code"),
    [(TOLERANCE, "promise_overdue"), (PAUSED, "promise_overdue"), (CORRECTION, "correction_overdue")],
    ids=["promise", "paused", "correction"],
)
async def test_a_day_that_passed_opens_one_task_for_the_desk(tmp_path: Path, case: dict[str, Any], code: str) -> None:
    async with small_centre(tmp_path) as small:
        clock = HandClock(wall=from_iso("2026-03-06T23:00:00+08:00"))
        platform = replace(platform_of(small.centre, small.writer), clock=clock)
        await put_case(small, case)
        assert await open_overdue(platform) == 0, "the last day counts"
        clock.wall += 2 * 3_600_000
        assert [await open_overdue(platform) for _ in range(2)] == [1, 0]
        assert await small.fetch("SELECT code, about, holder, state FROM tasks") == [
            (code, CASE, f"place:{VILLAGE}", "open")
        ]
        assert await small.fetch("SELECT state FROM cases WHERE id = ?", [CASE]) == [(case["state"],)]
