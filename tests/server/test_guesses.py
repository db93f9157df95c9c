"""Wrong guesses count by number and by address, over all doors and processes."""

import pytest

from server.guesses import PER_ADDRESS, PER_NUMBER, Guesses, TooManyGuesses


def wrong(guesses: Guesses, number: str, address: str) -> bool:
    """Whether one more was let through, and counted as wrong."""
    try:
        guesses.check(number, address)
    except TooManyGuesses:
        return False
    guesses.count_wrong(number, address)
    return True


def test_a_number_is_guarded_wherever_the_guesses_come_from() -> None:
    guesses = Guesses()
    assert sum(wrong(guesses, "T1", f"10.0.{place}.1") for place in range(PER_NUMBER * 3)) == PER_NUMBER
    assert wrong(guesses, "T2", "10.0.0.1")
    with pytest.raises(TooManyGuesses) as refused:
        guesses.check("T1", "10.9.9.9")
    assert 1 <= refused.value.wait_s <= 3_600


def test_an_address_that_tries_many_numbers_is_stopped_and_its_whole_line_with_it() -> None:
    guesses = Guesses()
    tried = [wrong(guesses, f"T{number}", f"2001:db8:1:2::{number:x}") for number in range(PER_ADDRESS + 5)]
    assert sum(tried) == PER_ADDRESS
    assert not wrong(guesses, "fresh", "2001:db8:1:2:ffff::1")
    assert wrong(guesses, "fresh", "2001:db8:1:3::1")


def test_what_is_no_number_counts_for_its_address_and_stops_nobody_else() -> None:
    guesses = Guesses()
    for _ in range(PER_NUMBER * 2):
        assert wrong(guesses, "", "10.0.0.1")
    assert wrong(guesses, "", "10.0.0.2")


@pytest.mark.parametrize(("processes", "in_all"), [(1, PER_NUMBER), (2, PER_NUMBER), (4, 16)])
def test_several_processes_share_the_bound_and_a_person_may_still_mistype(processes: int, in_all: int) -> None:
    """Whoever spreads guesses over all processes has little more than in one."""
    each = [Guesses(processes) for _ in range(processes)]
    let = [sum(wrong(one, "T1", f"10.{place}.0.1") for place in range(PER_NUMBER * 2)) for one in each]
    assert sum(let) == in_all
    assert min(let) >= 4
