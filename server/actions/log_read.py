"""Logs that somebody looks at a person's record, before the record is shown.

Laws: the look is durable when this returns, so nothing is shown that no log tells of. Looks that come together share
a transaction. Where the law asks for a reason, a look without one is refused before anything is read.
"""

from __future__ import annotations

from server.actions.platform import Platform
from server.actions.refusals import ReasonMissing
from server.domain.supervision.reads import is_reason, is_social_aid
from server.storage.people import AccountRow
from server.storage.read_log import Look
from server.storage.records import place_of
from sync.core.codec import read_fields

UNMASKED = "显示完整信息："
"""Before the reason of a look that showed ids and phones whole."""
_OF_CONFLICT = "SELECT record FROM conflicts WHERE id = ?"
_ITEM_OF_CASE = "SELECT i.id, i.body FROM cases c JOIN items i ON i.id = c.item WHERE c.id = ?"


async def log_read(
    platform: Platform, account: AccountRow, kind: str, record: str, reason: str = "", *, unmasked: bool = False
) -> None:
    """`reason` in the reader's own words; the log says with it that a mask was taken off. Raises ReasonMissing where
    one is asked for: social aid, a mask taken off.
    """
    if not is_reason(reason) and (unmasked or await _concerns_aid(platform, kind, record)):
        raise ReasonMissing(f"{kind} {record}")
    said = f"{UNMASKED}{reason.strip()}" if unmasked else reason.strip()
    await platform.looks.submit(Look(platform.clock.wall_ms(), account.id, kind, record, said))


async def _concerns_aid(platform: Platform, kind: str, record: str) -> bool:
    """A case of social aid, and a conflict over what one says."""
    if kind not in ("case", "conflict"):
        return False
    async with platform.database.read() as snapshot:
        if kind == "conflict":
            over = await snapshot.fetch_one(_OF_CONFLICT, [record])
            record = over[0] if over is not None else ""
        row = await snapshot.fetch_one(_ITEM_OF_CASE, [record])
    return row is not None and is_social_aid(
        read_fields(platform.sealing.open(place_of("items", row[0]), bytes(row[1])))
    )
