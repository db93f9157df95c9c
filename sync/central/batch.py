"""What a device sent, as far as deciding needs it, and whether it continues the chain that the centre holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sync.central.known import Author, ChainState, KnownChange
from sync.core.chain import extend_all
from sync.core.codec import ChangeLine
from sync.core.messages import Status


@dataclass(frozen=True, kw_only=True)
class Batch:
    """What a device sent, as far as deciding needs it."""

    author: Author
    carrier: str
    """The device that brought it."""
    chain_epoch: int
    first_seq: int
    prev_hash: bytes
    lines: Sequence[ChangeLine]
    restart: bool = False
    honoured: Mapping[str, str] = field(default_factory=dict)
    """Record → official number given by an earlier epoch."""
    retries: frozenset[str] = frozenset()
    """What is waited for may be there now, although nothing here writes it: parked changes to decide again."""

    @property
    def last_seq(self) -> int:
        return self.first_seq + len(self.lines) - 1

    @property
    def identity(self) -> str:
        """A device and its chain: two copies of one phone are two authors."""
        return f"{self.author.device}/{self.chain_epoch}"


def check_chain(batch: Batch, chain: ChainState, stored: Mapping[int, KnownChange]) -> Status:
    """Whether the batch continues the chain the centre holds (docs/protocol.md §4)."""
    if batch.restart:
        return Status.FORK
    before = batch.first_seq - 1
    if before > chain.last_seq:
        return Status.GAP
    if not batch.lines and before < chain.last_seq:
        return Status.FORK
    position = batch.prev_hash
    if before == chain.last_seq:
        return Status.OK if position == chain.hash else Status.FORK
    overlap = batch.lines[: chain.last_seq - before]
    if any(stored[seq].hash != line.hash for seq, line in enumerate(overlap, start=batch.first_seq)):
        return Status.FORK
    reached = extend_all(position, batch.first_seq, (line.hash for line in overlap))
    if batch.last_seq >= chain.last_seq and reached != chain.hash:
        return Status.FORK
    return Status.OK
