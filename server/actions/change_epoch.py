"""Begins a new history of the centre, because the one it had was cut: a backup was restored, or a device proved it.

Laws: the first to see it changes the epoch; whoever comes after with the same old one finds it done. Every bucket's
head is noted as where the new history begins, so that devices know what of theirs the centre lacks. Epochs are ordered
by their names: a new one is later than all that this centre has heard of, whatever its clock says.
"""

from __future__ import annotations

from collections.abc import Callable

from server.storage.store import Store
from sync.core.ids import moment_of, timed_id

RESTORED = "restored"
PROVED_BY_DEVICE = "proved_by_device"
HIGH_WATER = "high_water"
TAKEN_OVER = "taken_over"


async def change_epoch(
    store: Store, expected: str, reason: str, *, now_ms: int, randomness: Callable[[int], bytes], known: str = ""
) -> str:
    """The epoch that holds now. `expected` is the one that was cut; `known` another that was heard of."""
    async with store.write() as unit:
        latest = max(expected, known, (await unit.centre()).superseded_by)
        begun = timed_id(max(now_ms, moment_of(latest) + 1), randomness(10))
        await unit.change_epoch(expected, begun, reason, now_ms)
    async with store.read() as committed:
        state = await committed.centre()
    return state.epoch
