"""A flood of wrong passwords for one login leaves the login's own browser alone."""

from __future__ import annotations

import pytest

from agent_api.limits import Limits, RateExceeded
from server.console.throttle import PER_ADDRESS, PER_LOGIN, Throttle, TooManyTries
from server.guesses import PER_NUMBER, Guesses


def test_strangers_share_one_count_and_a_known_browser_has_its_own() -> None:
    throttle = Throttle()
    for address in range(PER_LOGIN.amount):
        throttle.check("clerk", "", f"10.0.0.{address}")
        throttle.count_failure("clerk", "", f"10.0.0.{address}")
    with pytest.raises(TooManyTries) as refused:
        throttle.check("clerk", "", "10.0.1.1")
    assert refused.value.wait_s >= 1
    throttle.check("clerk", "mark", "10.0.1.1")
    throttle.check("another", "", "10.0.1.1")


def test_an_address_that_tries_many_logins_is_stopped() -> None:
    throttle = Throttle()
    for number in range(PER_ADDRESS.amount):
        throttle.count_failure(f"login-{number}", "", "10.0.0.1")
    with pytest.raises(TooManyTries):
        throttle.check("fresh", "", "10.0.0.1")
    throttle.check("fresh", "", "10.0.0.2")


def test_guesses_at_residents_cases_are_counted_with_those_at_other_doors() -> None:
    guesses = Guesses()
    throttle, limits = Throttle(guesses), Limits(guesses=guesses)
    for place in range(PER_NUMBER // 2):
        throttle.count_wrong_number("T1", f"10.0.0.{place}")
        limits.count_wrong_number("T1", f"10.0.1.{place}")
    with pytest.raises(TooManyTries):
        throttle.check_number("T1", "10.0.2.1")
    with pytest.raises(RateExceeded):
        limits.check_number("T1", "10.0.2.1")
    throttle.check_number("T2", "10.0.2.1")
    limits.check_number("T2", "10.0.2.1")
    assert (throttle.turned_away, limits.refused) == (1, 1)


def test_the_addresses_of_one_line_count_together() -> None:
    throttle = Throttle()
    for number in range(PER_ADDRESS.amount):
        throttle.count_failure(f"login-{number}", "", f"2001:db8:1:2::{number:x}")
    with pytest.raises(TooManyTries):
        throttle.check("fresh", "", "2001:db8:1:2:ffff::1")
    throttle.check("fresh", "", "2001:db8:1:3::1")
