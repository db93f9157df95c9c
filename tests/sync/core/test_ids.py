"""Ids: ordered by age when new, equal at both ends when derived."""

from __future__ import annotations

import hashlib

import pytest

from sync.core.ids import derived_id, is_id, moment_of, timed_id


def test_newer_ids_sort_after_older_ones_whatever_the_randomness() -> None:
    assert timed_id(1_000, b"\xff" * 10) < timed_id(1_001, b"\x00" * 10)


@pytest.mark.parametrize("wall", [-5, 0, 1_800_000_000_000, 2**60])
def test_every_clock_gives_an_id(wall: int) -> None:
    assert is_id(timed_id(wall, b"r" * 10))


def test_an_id_takes_ten_random_bytes() -> None:
    with pytest.raises(AssertionError):
        timed_id(1, b"short")


def test_a_derived_id_is_what_the_protocol_page_says() -> None:
    expected = hashlib.sha256(b"bangban-id-1\x1f" + "运动\x1f认领".encode()).hexdigest()[:32]
    assert derived_id("运动", "认领") == expected
    assert derived_id("a", "bc") != derived_id("ab", "c")


@pytest.mark.parametrize("text", ["", "0" * 31, "0" * 33, "A" * 32, "g" * 32, "0" * 32 + "\n"])
def test_what_is_not_an_id_is_not_taken_for_one(text: str) -> None:
    assert not is_id(text)


def test_the_moment_of_an_id_is_when_it_was_made() -> None:
    assert moment_of(timed_id(1_795_000_000_000, b"r" * 10)) == 1_795_000_000_000
    assert moment_of("") == moment_of("epoch1") == 0
