"""Windows count by key, and can be widened or turned off."""

import pytest

from agent_api.limits import Limits, RateExceeded


def test_one_too_many_is_refused_with_a_wait() -> None:
    limits = Limits()
    for _ in range(2):
        limits.charge("2/hour", "route", "a")
    with pytest.raises(RateExceeded) as refused:
        limits.charge("2/hour", "route", "a")
    assert 1 <= refused.value.retry_after <= 3_600
    limits.charge("2/hour", "route", "b")


def test_checking_counts_nothing() -> None:
    limits = Limits()
    for _ in range(5):
        limits.check("1/hour", "x")
    limits.charge("1/hour", "x")
    with pytest.raises(RateExceeded):
        limits.check("1/hour", "x")


def test_the_factor_widens_and_zero_turns_off() -> None:
    wide, off = Limits(2), Limits(0)
    for _ in range(2):
        wide.charge("1/hour", "x")
    with pytest.raises(RateExceeded):
        wide.charge("1/hour", "x")
    for _ in range(1_000):
        off.charge("1/hour", "x")
        off.check_guesses("x", "10.0.0.1")
        off.count_failed_guess("x", "10.0.0.1")


def test_who_asks_too_often_is_counted() -> None:
    limits = Limits()
    limits.charge("1/hour", "x")
    for _ in range(3):
        with pytest.raises(RateExceeded):
            limits.charge("1/hour", "x")
    with pytest.raises(RateExceeded):
        limits.check("1/hour", "x")
    assert limits.refused == 4


def test_the_addresses_of_one_line_count_together() -> None:
    """Whoever has a line with IPv6 has 2^64 of them."""
    limits = Limits()
    for number in range(20):
        limits.count_failed_guess("resident", f"2001:db8:1:2::{number:x}")
    with pytest.raises(RateExceeded):
        limits.check_guesses("resident", "2001:db8:1:2:ffff::1")
    limits.check_guesses("resident", "2001:db8:1:3::1")
