"""The machine's clock, in milliseconds."""

import time

from server.clock import EarlierClock, MachineClock


def test_wall_is_the_worlds_time_and_monotonic_never_goes_back() -> None:
    clock = MachineClock()
    before = time.time_ns() // 1_000_000
    assert before <= clock.wall_ms() <= time.time_ns() // 1_000_000
    readings = [clock.monotonic_ms() for _ in range(100)]
    assert readings == sorted(readings)


def test_an_earlier_clock_is_behind_and_counts_as_the_machines() -> None:
    earlier = EarlierClock(86_400_000)
    assert earlier.wall_ms() < MachineClock().wall_ms() - 86_000_000
    assert earlier.monotonic_ms() <= MachineClock().monotonic_ms()
