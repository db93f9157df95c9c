"""Time as something handed in: milliseconds since 1970 (wall) and a counter that never goes back (monotonic).

Order never comes from a clock (revs, versions and counters give it); a clock only says when, as evidence.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
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


def iso(wall_ms: int, offset_minutes: int = 480) -> str:
    """The instant as ISO 8601 with its offset, to the second: `2026-11-22T09:30:00+08:00`."""
    zone = timezone(timedelta(minutes=offset_minutes))
    moment = datetime.fromtimestamp(wall_ms // 1000, tz=UTC).astimezone(zone)
    return moment.isoformat(timespec="seconds")


def from_iso(text: str) -> int:
    """Milliseconds since 1970 of an ISO 8601 instant with an offset. Raises ValueError without one."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("an instant needs its offset from UTC")
    return int(moment.timestamp() * 1000)
