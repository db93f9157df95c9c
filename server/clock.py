"""The machine's clock, for the shells. Everything below them is handed the time."""

from __future__ import annotations

import time


class MachineClock:
    """sync.core.clock.Clock by this machine."""

    def wall_ms(self) -> int:
        return time.time_ns() // 1_000_000

    def monotonic_ms(self) -> int:
        return time.monotonic_ns() // 1_000_000
