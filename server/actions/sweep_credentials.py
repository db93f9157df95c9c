"""Removes what opens nothing any more: live tickets, activation codes and challenges whose time is over, and the rows
of pages that were open at a desk.

Sessions stay: a refresh token of an ended one must be known for what it is, so that its family ends.
"""

from __future__ import annotations

from server.storage.openings import sweep_openings
from server.storage.unit_of_work import Database

TICKETS_KEPT_MS = 3_600_000
CODES_KEPT_MS = 90 * 86_400_000
OPENINGS_KEPT_MS = 24 * 3_600_000


async def sweep_credentials(database: Database, *, now_ms: int) -> int:
    """How many rows went."""
    async with database.write() as tx:
        tickets = await tx.execute("DELETE FROM live_tickets WHERE expires_at < ?", [now_ms - TICKETS_KEPT_MS])
        codes = await tx.execute("DELETE FROM activation_codes WHERE expires_at < ?", [now_ms - CODES_KEPT_MS])
        challenges = await tx.execute("DELETE FROM staff_challenges WHERE expires_at < ?", [now_ms])
        openings = await sweep_openings(tx, now_ms - OPENINGS_KEPT_MS)
    return tickets + codes + challenges + openings
