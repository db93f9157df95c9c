"""Who is let in and who is told a time: by what was measured, one after the other, and nobody is kept out for ever."""

import random

from agent_api.admission import (
    ALWAYS,
    GIVEN_UP_MS,
    LATER_MAX_MS,
    MEASURED_MIN,
    OVERHEAD_BYTES,
    QUEUE_MS,
    READING_MS,
    UNMEASURED_MAX,
    Admission,
    ComeLater,
    Work,
)

SIZE = 20_000 - OVERHEAD_BYTES


class Bench:
    """A centre that does one piece of work at a time, 50 ms each."""

    def __init__(self) -> None:
        self.now = 0
        self.admission = Admission(lambda: self.now, random.Random(7).random)
        self.queue: list[Work] = []

    def come(self, device: str, size: int = SIZE) -> int:
        """0 when admitted, else after how many seconds to come again."""
        try:
            work = self.admission.enter(device, size)
        except ComeLater as later:
            return later.retry_after
        work.begin()
        self.queue.append(work)
        return 0

    def pass_ms(self, ms: int) -> None:
        for _ in range(ms // 50):
            self.now += 50
            if self.queue:
                self.queue.pop(0).end()


def warm() -> Bench:
    bench = Bench()
    for number in range(MEASURED_MIN):
        assert bench.come(f"early {number}") == 0
    bench.pass_ms(50 * MEASURED_MIN)
    assert bench.admission.held == 0
    return bench


def test_what_can_be_done_in_time_is_let_in_and_the_rest_told_times_that_rise() -> None:
    bench = warm()
    told = [bench.come(f"device {number}") for number in range(300)]
    admitted = told.count(0)
    assert bench.admission.put_off == 300 - admitted
    assert QUEUE_MS / 50 <= admitted <= QUEUE_MS / 50 + 2, "three seconds of work at the pace that was measured"
    later = [one for one in told if one]
    assert min(later) >= 1
    early, late = later[:50], later[-50:]
    assert sum(early) < sum(late), "one after the other"


def test_a_storm_is_over_about_as_soon_as_the_work_takes_and_nobody_waits_long_inside() -> None:
    bench = warm()
    due = dict.fromkeys((f"device {number}" for number in range(600)), bench.now)
    ended = 0
    while due or bench.queue:
        for device in [one for one, when in due.items() if when <= bench.now]:
            after = bench.come(device)
            if after:
                due[device] = bench.now + after * 1_000
            else:
                del due[device]
        assert len(bench.queue) * 50 <= QUEUE_MS + 100
        bench.pass_ms(50)
        ended += 1
    assert bench.now <= 600 * 50 * 1.5, "the machine did not stand idle while devices waited"


def test_nobody_is_told_more_than_a_minute() -> None:
    bench = warm()
    told = [bench.come(f"device {number}") for number in range(2_000)]
    assert LATER_MAX_MS < 2_000 * 50, "in the order of their coming the last would be told more"
    assert max(told) in (LATER_MAX_MS // 1_000, LATER_MAX_MS // 1_000 + 1)


def test_a_device_that_comes_early_keeps_its_place() -> None:
    bench = warm()
    told = {device: bench.come(device) for device in (f"device {number}" for number in range(400))}
    waiting = [device for device, after in told.items() if after]
    first, last = waiting[0], waiting[-1]
    assert bench.come(first) <= 2 < told[last] - 2 <= bench.come(last)


def test_who_never_comes_back_is_not_waited_for() -> None:
    bench = warm()
    while bench.come("filler " + str(len(bench.queue))) == 0:
        pass
    gone = [bench.come(f"gone {number}") for number in range(300)]
    assert max(gone) > 10
    bench.pass_ms(GIVEN_UP_MS + 30_000)
    while bench.come("filler again " + str(len(bench.queue))) == 0:
        pass
    assert bench.come("another") <= 3


def test_without_a_measure_a_few_are_let_in_and_the_others_come_soon() -> None:
    bench = Bench()
    told = [bench.come(f"device {number}") for number in range(100)]
    assert told[:UNMEASURED_MAX] == [0] * UNMEASURED_MAX
    assert all(1 <= after <= 3 for after in told[UNMEASURED_MAX:])


def test_some_are_let_in_however_long_they_take() -> None:
    bench = warm()
    assert [bench.come(f"device {number}", 8_000_000) for number in range(ALWAYS)] == [0] * ALWAYS
    assert bench.come("one more") > 0


def test_a_body_that_comes_slowly_keeps_nobody_out() -> None:
    bench = warm()
    slow = [bench.admission.enter(f"slow {number}", 1_000_000) for number in range(ALWAYS)]
    assert bench.come("another") > 0
    bench.now += READING_MS
    assert bench.come("another") == 0
    for one in slow:
        one.begin()
    assert bench.admission.held > 16 * 1_000_000, "work that is there counts again"
    for one in slow:
        one.end()
        one.end()
    bench.pass_ms(1_000)
    assert bench.admission.held == 0


def test_what_ends_before_its_body_came_leaves_nothing_behind() -> None:
    bench = warm()
    bench.admission.enter("gone", 1_000_000).end()
    bench.now += READING_MS
    assert bench.come("next") == 0
    bench.pass_ms(100)
    assert bench.admission.held == 0
