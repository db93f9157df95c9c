"""Lets clerks on one case see each other: who has it open and since when, over all processes. It locks nothing.

    open_case   a page was shown, or says that it still is      leave_case   it is gone
    others_at   who else has it open

Laws: whoever opens a case may step; a step on a stale page is told so by merge, not prevented here. What is told is a
colleague's name and two times. A page that cannot say it is still open counts for two minutes, and is remembered for
fifteen.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

from server.actions.platform import Platform
from server.storage.openings import end_opening, note_opening, other_openings
from server.storage.people import AccountRow

HERE_MS = 2 * 60_000
REMEMBERED_MS = 15 * 60_000
Tell = Callable[[Collection[str]], None]


@dataclass(frozen=True, slots=True)
class Other:
    """`here`: the page was heard of just now; else it was open a while ago and may still be."""

    name: str
    since: int
    seen_at: int
    here: bool


def opening_wake(record: str) -> str:
    """What is woken when somebody opens or leaves a record: no bucket of the log, and it carries nothing."""
    return f"open:{record}"


async def open_case(platform: Platform, account: AccountRow, record: str, tell: Tell) -> int:
    """The moment that `leave_case` gives back."""
    now = platform.clock.wall_ms()
    async with platform.database.write() as tx:
        await note_opening(tx, record, account.id, now, now - HERE_MS)
    tell([opening_wake(record)])
    return now


async def leave_case(platform: Platform, account: AccountRow, record: str, seen_at: int, tell: Tell) -> None:
    """`seen_at` as the page's last word gave it: a second page of the same person keeps the opening."""
    async with platform.database.write() as tx:
        ended = await end_opening(tx, record, account.id, seen_at)
    if ended:
        tell([opening_wake(record)])


async def others_at(platform: Platform, account: AccountRow, record: str) -> list[Other]:
    now = platform.clock.wall_ms()
    async with platform.database.read() as snapshot:
        rows = await other_openings(snapshot, record, account.id, now - REMEMBERED_MS)
    return [Other(row.name, row.since, row.seen_at, now - row.seen_at < HERE_MS) for row in rows]
