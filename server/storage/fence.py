"""Owns the mark that of two centres this is the older one, and refuses what must not be written beside the newer.

A later epoch stands among the centre's own as `begun_elsewhere`, noted when its authenticated word was shown here. Law:
while it is later than the epoch that holds, nothing of devices or desks is written, answered or called durable. A
centre leads again by beginning an epoch that is later still.
"""

from __future__ import annotations

from server.storage.errors import Superseded
from server.storage.unit_of_work import Query, Snapshot, Transaction

ELSEWHERE = "begun_elsewhere"
CENTRE: Query = (
    """SELECT epoch, epoch_block, coalesce((SELECT max(e.epoch) FROM epochs e
       WHERE e.reason = 'begun_elsewhere' AND e.epoch > centre.epoch), '') FROM centre WHERE id = 1""",
    (),
)
"""Its epoch, the block of its numbers, and the later epoch of another; "" when there is none."""


async def superseded_by(snapshot: Snapshot) -> str:
    """The later epoch that was begun elsewhere; "" while this centre leads, and before it was founded."""
    row = await snapshot.fetch_one(*CENTRE)
    return str(row[2]) if row is not None else ""


async def check_leads(snapshot: Snapshot) -> None:
    """Raises Superseded."""
    if later := await superseded_by(snapshot):
        raise Superseded(later)


async def note_elsewhere(tx: Transaction, epoch: str, now_ms: int) -> None:
    await tx.execute(
        """INSERT INTO epochs (epoch, epoch_block, since, reason) VALUES (?, 0, ?, ?)
           ON CONFLICT (epoch) DO NOTHING""",
        (epoch, now_ms, ELSEWHERE),
    )
