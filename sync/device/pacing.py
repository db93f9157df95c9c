"""When a device exchanges next. Laws: a timer is always armed until the device is wiped, so no outbox is forgotten;
failures wait with full jitter, so that 997 devices do not come back in the same second.

All times are milliseconds of a clock that never goes back. Randomness comes in as a function.
"""

from __future__ import annotations

from collections.abc import Callable

LEVEL_MS = 15 * 60_000
DEBOUNCE_MS = 1_000
BACKOFF_FIRST_MS = 1_000
BACKOFF_MAX_MS = 5 * 60_000
REQUEST_MS = 30_000


class Pacing:
    """`random` gives a number in [0, 1)."""

    def __init__(self, random: Callable[[], float], now: int) -> None:
        self._random = random
        self._held_until = now
        self.failures = 0
        self.due = now

    def at_once(self, now: int) -> None:
        self.due = max(now, self._held_until)

    def soon(self, now: int) -> None:
        """Something was captured. Captures within a second share a request; a failing line keeps its backoff."""
        if not self.failures:
            self.due = max(min(self.due, now + DEBOUNCE_MS), self._held_until)

    def woken(self, now: int) -> None:
        """A wake proves that the centre is back, but it reaches many devices in one moment."""
        self.due = max(min(self.due, now + int(self._random() * DEBOUNCE_MS)), self._held_until)

    def level(self, now: int) -> None:
        self.due = now + int(LEVEL_MS * (0.9 + 0.1 * self._random()))

    def succeeded(self) -> None:
        self.failures = 0

    def failed(self, now: int, retry_after_ms: int = 0) -> None:
        """Full jitter from one second, doubling to five minutes. The centre's own word overrides it, and neither a
        wake nor a capture overrides that word."""
        ceiling = min(BACKOFF_MAX_MS, BACKOFF_FIRST_MS << min(self.failures, 20))
        self.failures += 1
        if retry_after_ms:
            self.hold(now, retry_after_ms)
        else:
            self.due = now + 1 + int(self._random() * ceiling)

    def hold(self, now: int, retry_after_ms: int) -> None:
        """A second of jitter on top: everybody was told the same number."""
        self._held_until = self.due = now + retry_after_ms + int(self._random() * 1_000)
