"""Instants as text and back."""

from __future__ import annotations

import pytest

from sync.core.clock import from_iso, iso


def test_an_instant_is_told_with_its_offset_to_the_second() -> None:
    assert iso(1_795_311_000_999) == "2026-11-22T09:30:00+08:00"
    assert iso(1_795_311_000_000, 0) == "2026-11-22T01:30:00+00:00"


@pytest.mark.parametrize("wall", [0, 1_000, 1_795_311_000_000, 4_000_000_000_000, -86_400_000])
def test_text_comes_back_as_the_same_instant(wall: int) -> None:
    assert from_iso(iso(wall)) == from_iso(iso(wall, -300)) == wall


@pytest.mark.parametrize("offset", [-900, 0, 480, 900])
def test_a_clock_that_is_beyond_all_years_is_told_like_any(offset: int) -> None:
    assert iso(2**53 - 1, offset).startswith("9999-12-3")
    assert iso(-(2**53 - 1), offset).startswith("0001-01-0")


def test_an_instant_without_an_offset_is_none() -> None:
    with pytest.raises(ValueError, match="offset"):
        from_iso("2026-11-22T09:30:00")
