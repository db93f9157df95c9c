"""What is kept how long."""

from __future__ import annotations

from server.domain.supervision.retention import KEPT, RESIDENT_KEPT_DAYS


def test_logs_are_kept_for_six_months_and_a_resident_for_three_years() -> None:
    assert KEPT["reads"].days >= 184
    assert KEPT["sessions"].days >= 184
    assert RESIDENT_KEPT_DAYS >= 3 * 365


def test_every_row_names_its_law() -> None:
    assert all(one.zh and one.en and one.basis for one in KEPT.values())
