"""Identifiers: 32 lower-case hex digits, ordered by time when made, derived when two ends must agree.

Time order keeps primary keys of wide rows close together on disk; the randomness is handed in.
"""

from __future__ import annotations

import hashlib
import re

ID = re.compile(r"[0-9a-f]{32}")


def timed_id(wall_ms: int, random_bytes: bytes) -> str:
    """A new id: 48 bits of milliseconds, then 80 random bits. `random_bytes` must be 10 long."""
    assert len(random_bytes) == 10, "an id takes ten random bytes"
    return (max(wall_ms, 0) & 0xFFFFFFFFFFFF).to_bytes(6, "big").hex() + random_bytes.hex()


def moment_of(ident: str) -> int:
    """When an id that is ordered by time was made, in ms since 1970; 0 for what is no id."""
    return int(ident[:12], 16) if is_id(ident) else 0


def derived_id(*parts: str) -> str:
    """The id that both ends compute from a natural key, so that two offline creations meet in one record."""
    text = "\x1f".join(parts).encode()
    return hashlib.sha256(b"bangban-id-1\x1f" + text).hexdigest()[:32]


def is_id(text: str) -> bool:
    return ID.fullmatch(text) is not None
