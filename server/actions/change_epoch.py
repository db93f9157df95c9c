"""Begins a new history of the centre, because the one it had was cut: a backup was restored, or a device proved it.

Law: the first to see it changes the epoch; whoever comes after with the same old one finds it done. Every bucket's
head is noted as where the new history begins, so that devices know what of theirs the centre lacks.
"""

from __future__ import annotations

from collections.abc import Callable

from server.storage.store import Store
from sync.core.ids import timed_id

RESTORED = "restored"
PROVED_BY_DEVICE = "proved_by_device"
HIGH_WATER = "high_water"


async def change_epoch(
    store: Store, expected: str, reason: str, *, now_ms: int, randomness: Callable[[int], bytes]
) -> str:
    """The epoch that holds now. `expected` is the one that was cut."""
    async with store.write() as unit:
        await unit.change_epoch(expected, timed_id(now_ms, randomness(10)), reason, now_ms)
    async with store.read() as committed:
        state = await committed.centre()
    return state.epoch
