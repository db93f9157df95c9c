"""Counts how often an account has ids and phones shown whole, and stops it where that is no longer work on a case.

Laws: the count is in the database, so that several processes share it. It is the auditor's as well: an event says
who had which record unmasked; the reason is in the read log, sealed.
"""

from __future__ import annotations

from server.actions.platform import Platform
from server.storage.people import AccountRow, lock_of, record_event
from sync.core.ids import timed_id

PER_HOUR = 60
"""A clerk who calls residents back all day stays below; who copies a list does not."""
HOUR_MS = 3_600_000
VERB = "unmask"
_COUNT = "SELECT count(*) FROM account_events WHERE account = ? AND verb = ? AND at > ?"


class TooManyUnmaskings(Exception):
    """The account is past its limit; it names no record."""


async def note_unmasking(platform: Platform, account: AccountRow, kind: str, record: str) -> None:
    """Raises TooManyUnmaskings."""
    now = platform.clock.wall_ms()
    async with platform.database.write() as tx:
        await tx.lock_keys([lock_of("unmask", account.id)])
        row = await tx.fetch_one(_COUNT, [account.id, VERB, now - HOUR_MS])
        if row is not None and row[0] >= PER_HOUR:
            raise TooManyUnmaskings(account.id)
        await record_event(
            tx,
            event=timed_id(now, platform.randomness(10)),
            at_ms=now,
            actor=account.id,
            verb=VERB,
            account=account.id,
            detail={"kind": kind, "record": record},
        )
