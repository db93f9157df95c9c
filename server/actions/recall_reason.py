"""Recalls why an account looked at a record, as long as that look is young: for what its page names and opens later.

Law: the reason is the account's own, given for this record; nobody else's look and no other record's covers it.
"""

from __future__ import annotations

from server.actions.log_read import UNMASKED
from server.actions.platform import Platform
from server.domain.supervision.reads import REASON_HOLDS_MS, is_reason
from server.storage.people import AccountRow
from server.storage.read_log import reason_place

LOOKS_MAX = 20
_LOOKS = """SELECT position, reason FROM reads WHERE record = ? AND kind = ? AND account = ? AND at > ?
            ORDER BY position DESC LIMIT ?"""


async def recall_reason(platform: Platform, account: AccountRow, kind: str, record: str) -> str:
    """The newest one; "" for none."""
    since = platform.clock.wall_ms() - REASON_HOLDS_MS
    async with platform.database.read() as snapshot:
        rows = await snapshot.fetch(_LOOKS, [record, kind, account.id, since, LOOKS_MAX])
    said = (platform.sealing.open(reason_place(row[0]), bytes(row[1])).decode().removeprefix(UNMASKED) for row in rows)
    return next((reason for reason in said if is_reason(reason)), "")
