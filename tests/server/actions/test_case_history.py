"""A field that another record's change moved stands in the history without a name."""

from __future__ import annotations

from server.actions.case_history import case_history
from server.centre import platform_of
from tests.put_record import case_of, put_record
from tests.small_centre import SmallCentre


async def test_a_record_that_no_change_made_has_a_history_without_names(either: SmallCentre) -> None:
    await put_record(either, "case", "9" * 32, case_of(either))
    (entry,) = await case_history(platform_of(either.centre, either.writer), "9" * 32)
    assert (entry.step, entry.at, entry.rev, entry.state) == ("", "", 1, "delivered")
    assert "number" in entry.fields


async def test_what_is_not_there_has_no_history(either: SmallCentre) -> None:
    assert await case_history(platform_of(either.centre, either.writer), "8" * 32) == []
