"""The machine's clock, for the shells. Everything below them is handed the time."""

from __future__ import annotations

import time


class MachineClock:
    """sync.core.clock.Clock by this machine."""

    def wall_ms(self) -> int:
        return time.time_ns() // 1_000_000

    def monotonic_ms(self) -> int:
        return time.monotonic_ns() // 1_000_000


class EarlierClock(MachineClock):
    """The machine's clock, behind by a fixed time: a rehearsal that is over when today begins."""

    def __init__(self, behind_ms: int) -> None:
        self._behind_ms = behind_ms

    def wall_ms(self) -> int:
        return super().wall_ms() - self._behind_ms
