"""A field that another record's change moved stands in the history without a name."""

from __future__ import annotations

from typing import Any

from server.actions.case_history import case_history
from server.centre import platform_of
from sync.core.changes import Captured, Change
from sync.core.codec import encode_change
from sync.core.ids import derived_id
from tests.put_record import case_of, put_record
from tests.small_centre import HELPER, VILLAGE, SmallCentre


async def test_a_record_that_no_change_made_has_a_history_without_names(either: SmallCentre) -> None:
    await put_record(either, "case", "9" * 32, case_of(either))
    (entry,) = await case_history(platform_of(either.centre, either.writer), "9" * 32)
    assert (entry.step, entry.at, entry.rev, entry.state) == ("", "", 1, "delivered")
    assert "number" in entry.fields


async def test_what_is_not_there_has_no_history(either: SmallCentre) -> None:
    assert await case_history(platform_of(either.centre, either.writer), "8" * 32) == []


async def test_a_phone_whose_clock_is_beyond_all_years_closes_no_history(either: SmallCentre) -> None:
    """Even a refused line stands in it, and the page of its record must open."""
    device = await either.enrol(HELPER)
    for name, wall in (("late", 2**53 - 1), ("early", -(2**53 - 1))):
        fields: dict[str, Any] = {"name": name, "village": VILLAGE}
        line = encode_change(
            Change(
                id=derived_id("change", name),
                kind="resident",
                record="7" * 32,
                name="resident.register",
                set=fields,
                captured=Captured(wall=wall),
            )
        )
        await either.send(device, line)
    told = await case_history(platform_of(either.centre, either.writer), "7" * 32, "resident")
    assert sorted(entry.captured_at[:4] for entry in told) == ["0001", "9999"]
