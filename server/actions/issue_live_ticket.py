"""Gives a device a ticket for one live socket, and takes it back when the socket opens.

Laws: a ticket opens one socket, within 30 seconds, in whichever process it arrives; it is kept as a keyed hash.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from server.credentials import Secrets, to_base64url
from server.storage.unit_of_work import Database

TICKET_LIFE_MS = 30_000
TICKET_BYTES = 16
TICKET_LENGTH = 22


@dataclass(frozen=True, slots=True)
class TicketHolder:
    device: str
    session: int


async def issue_live_ticket(
    database: Database,
    secrets: Secrets,
    device: str,
    session: int,
    *,
    now_ms: int,
    randomness: Callable[[int], bytes],
) -> str:
    """A new ticket. Earlier ones of this device, and everybody's expired ones, end."""
    ticket = to_base64url(randomness(TICKET_BYTES))
    async with database.write() as tx:
        await tx.execute("DELETE FROM live_tickets WHERE expires_at <= ? OR device = ?", [now_ms, device])
        columns = ("ticket_hash", "device", "session", "expires_at")
        row = (secrets.ticket_hash(ticket), device, session, now_ms + TICKET_LIFE_MS)
        await tx.insert_many("live_tickets", columns, [row])
    return ticket


async def redeem_live_ticket(database: Database, secrets: Secrets, ticket: str, *, now_ms: int) -> TicketHolder | None:
    """Who the ticket was given to; None for one that is unknown, used or too old."""
    if len(ticket) != TICKET_LENGTH or not ticket.isascii():
        return None
    key = secrets.ticket_hash(ticket)
    async with database.write() as tx:
        row = await tx.fetch_one("SELECT device, session, expires_at FROM live_tickets WHERE ticket_hash = ?", [key])
        # Two sockets may have read it: the one whose delete counted has it.
        if row is None or await tx.execute("DELETE FROM live_tickets WHERE ticket_hash = ?", [key]) != 1:
            return None
    device, session, expires_at = row
    return TicketHolder(device, session) if now_ms < expires_at else None
