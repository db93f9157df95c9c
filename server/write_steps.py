"""The steps of the write path and of an answer that everything rests on, one method each.

The real ones are here. The simulation replaces single ones by wrong ones to prove that its oracles would notice;
nothing in this program ever does.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import TypeVar

from server.storage.store import CentreState, EntitledBucket, Entitlement, Store, StoreRead, StoreWrite
from sync.central.batch import Batch
from sync.central.known import Centre, ChainState, Known, KnownChange, Record
from sync.central.merge import decide
from sync.central.plan import Head, Plan, Save, finish, touched_buckets
from sync.central.policies import Policies
from sync.central.wants import Foresight
from sync.core.clock import Clock
from sync.core.codec import ChangeLine

T = TypeVar("T")
SALT_BYTES = 16


class Steps:
    """`randomness` gives that many unpredictable bytes."""

    def __init__(self, clock: Clock, randomness: Callable[[int], bytes]) -> None:
        self._clock = clock
        self._randomness = randomness

    def now(self) -> int:
        """When what is being decided came, in ms since 1970."""
        return self._clock.wall_ms()

    async def commit(self, store: Store, work: Callable[[StoreWrite], Awaitable[T]]) -> T:
        """Does the work in one transaction; what it gives is told only after the commit."""
        async with store.write() as unit:
            result = await work(unit)
        return result

    async def lock(
        self, unit: StoreWrite, devices: Collection[str], ids: Collection[str], looked_at: Collection[str]
    ) -> None:
        """Nobody else decides about the same things at the same time."""
        await unit.lock(devices, ids, looked_at)

    async def lock_more(self, unit: StoreWrite, ids: Collection[str], looked_at: Collection[str]) -> bool:
        return await unit.try_lock(ids, looked_at)

    def foresight(
        self, lines: Sequence[ChangeLine], policies: Policies, centre: Centre, honoured: Mapping[str, str]
    ) -> Foresight:
        """What must be known: the changes' own ids among it, so that a twin is seen."""
        return Foresight(lines, policies, centre, honoured)

    def decide(
        self,
        batch: Batch,
        *,
        chain: ChainState | None,
        fresh_chain_epoch: int,
        stored: Mapping[int, KnownChange],
        known: Known,
        policies: Policies,
        centre: Centre,
    ) -> Plan:
        """The chain's hashes are checked in here, then the changes are decided in order."""
        return decide(
            batch,
            chain=chain,
            fresh_chain_epoch=fresh_chain_epoch,
            stored=stored,
            known=known,
            policies=policies,
            centre=centre,
        )

    async def lock_heads(
        self, unit: StoreWrite, plans: Sequence[Plan], before: Mapping[tuple[str, str], Record | None]
    ) -> Mapping[str, Head]:
        """The heads, locked last, so that commit order is version order."""
        buckets = touched_buckets(plans, before)
        return await unit.lock_heads(buckets) if buckets else {}

    def finish(
        self,
        plans: Sequence[Plan],
        before: Mapping[tuple[str, str], Record | None],
        heads: Mapping[str, Head],
    ) -> Save:
        entries = sum(len(plan.log) for plan in plans)
        salts = self._randomness(SALT_BYTES * entries)
        return finish(plans, before, heads, [salts[at : at + SALT_BYTES] for at in range(0, len(salts), SALT_BYTES)])

    def snapshot(self, store: Store) -> AbstractAsyncContextManager[StoreRead]:
        """Heads, rows and outcomes of one answer are true at one moment."""
        return store.read()

    def may_read(self, entitlement: Entitlement) -> Sequence[EntitledBucket]:
        """The buckets whose rows may leave the centre for this account."""
        return entitlement.buckets

    def knows_epoch(self, told: str, centre: CentreState) -> bool:
        """Whether the device speaks of the same history as the centre. A new device speaks of none."""
        return told in ("", centre.epoch)
