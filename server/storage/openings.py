"""Owns the rows of who has a record open at the console. No rule: what is told of them is for the action.

Law: an opening locks nothing. A row that is not seen again is only old, and is swept.
"""

from __future__ import annotations

from typing import NamedTuple

from server.storage.unit_of_work import Snapshot, Transaction

_NOTE = """INSERT INTO openings (record, account, since, seen_at) VALUES (?, ?, ?, ?)
           ON CONFLICT (record, account) DO UPDATE SET seen_at = excluded.seen_at,
           since = CASE WHEN openings.seen_at < ? THEN excluded.since ELSE openings.since END"""
_OTHERS = """SELECT o.account, a.name, o.since, o.seen_at FROM openings o JOIN accounts a ON a.id = o.account
             WHERE o.record = ? AND o.account <> ? AND o.seen_at > ? ORDER BY o.since, o.account"""


class OpeningRow(NamedTuple):
    """Times in ms. `seen_at`: when the page last said that it is still open."""

    account: str
    name: str
    since: int
    seen_at: int


async def note_opening(tx: Transaction, record: str, account: str, at_ms: int, over_before: int) -> None:
    """Goes on with the account's opening, or begins one where the last was not seen since `over_before`."""
    await tx.execute(_NOTE, [record, account, at_ms, at_ms, over_before])


async def other_openings(snapshot: Snapshot, record: str, account: str, seen_after: int) -> list[OpeningRow]:
    """All but the account's own, the longest open first."""
    return [OpeningRow(*row) for row in await snapshot.fetch(_OTHERS, [record, account, seen_after])]


async def end_opening(tx: Transaction, record: str, account: str, seen_at: int) -> bool:
    """Unless another page of the same account was seen later; whether it ended."""
    sql = "DELETE FROM openings WHERE record = ? AND account = ? AND seen_at <= ?"
    return await tx.execute(sql, [record, account, seen_at]) == 1


async def sweep_openings(tx: Transaction, before: int) -> int:
    return await tx.execute("DELETE FROM openings WHERE seen_at < ?", [before])
