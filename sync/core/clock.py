"""Time as something handed in: milliseconds since 1970 (wall) and a counter that never goes back (monotonic).

Order never comes from a clock (revs, versions and counters give it); a clock only says when, as evidence.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache
from typing import Protocol

CHINA = timezone(timedelta(hours=8), "Asia/Shanghai")


class Clock(Protocol):
    """What the shells implement with the machine's clock and the simulation with its own."""

    def wall_ms(self) -> int:
        """Milliseconds since 1970-01-01 UTC, as this machine believes. May jump."""
        ...

    def monotonic_ms(self) -> int:
        """Milliseconds since an arbitrary start. Never goes back."""
        ...


_FIRST_MS, _LAST_MS = -62_135_510_400_000, 253_402_214_400_000
"""A day inside the years 1 and 9999, so that no offset leads out of them."""


def told_wall(wall_ms: int) -> int:
    """What a clock says, held to the years that a calendar has: a broken one may say anything."""
    return min(max(wall_ms, _FIRST_MS), _LAST_MS)


def iso(wall_ms: int, offset_minutes: int = 480) -> str:
    """The instant as ISO 8601 with its offset, to the second: `2026-11-22T09:30:00+08:00`."""
    return _iso(told_wall(wall_ms) // 1000, offset_minutes)


# All that is decided in one transaction is decided at one moment.
@lru_cache(maxsize=64)
def _iso(wall_s: int, offset_minutes: int) -> str:
    zone = timezone(timedelta(minutes=offset_minutes))
    return datetime.fromtimestamp(wall_s, tz=UTC).astimezone(zone).isoformat(timespec="seconds")


def from_iso(text: str) -> int:
    """Milliseconds since 1970 of an ISO 8601 instant with an offset. Raises ValueError without one."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("an instant needs its offset from UTC")
    return int(moment.timestamp() * 1000)
