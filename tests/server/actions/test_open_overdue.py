"""What did not come in time becomes a task for the desk, once."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from server.actions.open_overdue import open_overdue
from server.main import platform_of
from sync.core.clock import from_iso
from sync.core.codec import encode_body
from sync.core.ids import derived_id
from tests.people import HandClock
from tests.small_centre import VILLAGE, SmallCentre, small_centre

CASE = derived_id("case", "overdue")
TOLERANCE = {"state": "reviewing", "tolerance": {"due": "2026-03-06", "materials": ["3"]}}
CORRECTION = {"state": "to_correct", "holder": "account:" + "a" * 32, "correction": {"due": "2026-03-06"}}


async def put_case(small: SmallCentre, fields: dict[str, Any]) -> None:
    body = encode_body("case", CASE, 1, {"village": VILLAGE, "holder": f"place:{VILLAGE}", **fields})
    await small.tamper(
        "INSERT INTO cases (id, bucket, version, rev, state, due, natural_keys, stamps, body) "
        "VALUES (?, ?, 900, 1, ?, '2026-03-06', '', ?, ?)",
        [CASE, f"place:{VILLAGE}", fields["state"], b"[]", small.centre.sealing.seal(f"cases/{CASE}", body)],
    )


@pytest.mark.parametrize(
    ("case", "code"),
    [(TOLERANCE, "promise_overdue"), (CORRECTION, "correction_overdue")],
    ids=["promise", "correction"],
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
