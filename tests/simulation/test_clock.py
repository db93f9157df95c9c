"""Virtual time: nothing waits, what is ready runs in an order drawn from the seed."""

from __future__ import annotations

import asyncio
import random
import time

import pytest

from fixtures.simulation.clock import START_WALL_MS, Calendar, LyingClock, Stalled, now_ms, pause_ms, run_virtually


def test_a_year_passes_without_waiting() -> None:
    async def main() -> int:
        await pause_ms(365 * 24 * 3_600_000)
        return now_ms()

    began = time.process_time()
    assert run_virtually(main(), random.Random(1)) == 365 * 24 * 3_600_000
    assert time.process_time() - began < 60


def test_what_is_ready_at_once_runs_in_an_order_of_the_seed() -> None:
    async def main() -> list[int]:
        order: list[int] = []

        async def note(number: int) -> None:
            order.append(number)

        await asyncio.gather(*(note(number) for number in range(8)))
        return order

    orders = [tuple(run_virtually(main(), random.Random(seed))) for seed in (1, 1, 2, 3)]
    assert orders[0] == orders[1]
    assert len(set(orders)) > 1
    assert {tuple(sorted(order)) for order in orders} == {tuple(range(8))}


def test_a_run_that_can_never_end_is_found_out() -> None:
    async def main() -> None:
        await asyncio.Event().wait()

    with pytest.raises(Stalled):
        run_virtually(main(), random.Random(1))


def test_a_clock_may_lie_and_its_counter_does_not() -> None:
    async def main() -> tuple[int, int]:
        clock = LyingClock(error_ms=-5_000)
        await pause_ms(1_000)
        return clock.wall_ms(), clock.monotonic_ms()

    assert run_virtually(main(), random.Random(1)) == (START_WALL_MS - 4_000, 1_000)


def test_days_may_go_by_faster_than_timers_and_slow_down_again_without_a_jump() -> None:
    async def main() -> list[int]:
        clock, seen = LyingClock(calendar=Calendar(pace=100)), []
        for pace in (100, 1):
            clock.calendar.go_at(pace)
            seen.append(clock.wall_ms() - START_WALL_MS)
            await pause_ms(1_000)
            seen.append(clock.wall_ms() - START_WALL_MS)
        assert clock.monotonic_ms() == 2_000
        return seen

    assert run_virtually(main(), random.Random(1)) == [0, 100_000, 100_000, 101_000]
