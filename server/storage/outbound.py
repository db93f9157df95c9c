"""Owns what goes out to the province as rows: taken from the change log by position, sent in that order.

Laws: the log is read only as far as nothing earlier can still appear in it. Positions are given before a transaction
commits, so on PostgreSQL a short lock waits for those that are under way; SQLite has one writer. What was taken and how
far are written in one transaction. A message is never deleted, and goes from waiting to sent or refused, and back to
waiting only when a person says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from server.storage.sealing import Sealing
from server.storage.unit_of_work import Database, Engine, Snapshot, Transaction

WAITING, SENT, REFUSED = "waiting", "sent", "refused"
REASON_MAX = 200
_HORIZON = "SELECT coalesce(max(position), 0) FROM changes"
# A writer holds ROW EXCLUSIVE on this table until it commits: once this is granted, no earlier position can still come.
_WAIT_FOR_WRITERS = "LOCK TABLE changes IN SHARE MODE"
_TAKEN = "SELECT taken, tries, next_at, reason FROM outbound_channel WHERE id = 1"
_FIRST = """INSERT INTO outbound_channel (id, taken, tries, next_at, reason) VALUES (1, 0, 0, 0, '')
            ON CONFLICT (id) DO NOTHING"""
_HAPPENED = """SELECT position, id, record, name FROM changes
               WHERE position > ? AND position <= ? AND kind = 'case' AND name IN (?*)
               AND code NOT IN ('refused', 'parked') AND reused = 0 ORDER BY position"""
_INSERT = """INSERT INTO outbound (message_key, position, record, event, state, tries, made_at, sent_at, reason, body)
             VALUES (?, ?, ?, ?, 'waiting', 0, ?, 0, '', ?) ON CONFLICT (message_key) DO NOTHING"""
_NEXT = """SELECT message_key, position, record, event, tries, made_at, body FROM outbound
           WHERE state = 'waiting' ORDER BY position, message_key LIMIT ?"""


@dataclass(frozen=True, slots=True)
class Happened:
    """A change that the province is told of."""

    position: int
    change: str
    record: str
    name: str


@dataclass(frozen=True, slots=True)
class NewMessage:
    key: str
    position: int
    record: str
    event: str
    body: bytes


@dataclass(frozen=True, slots=True)
class WaitingMessage:
    key: str
    record: str
    event: str
    tries: int
    body: bytes


@dataclass(frozen=True, slots=True)
class Channel:
    """`taken`: the last position of the log that was looked at; `tries`: failures since the last success."""

    taken: int
    tries: int
    next_at: int
    reason: str


@dataclass(frozen=True, slots=True)
class OutboundStanding:
    """`oldest_at`: when the oldest waiting message was made, 0 for none; `behind`: log positions not yet looked at."""

    waiting: int
    sent: int
    refused: int
    oldest_at: int
    behind: int
    channel: Channel


async def log_horizon(database: Database) -> int:
    """The last position before which the log is complete for ever."""
    if database.engine is Engine.SQLITE:
        async with database.read() as snapshot:
            return await _max_position(snapshot)
    async with database.write() as tx:
        await tx.execute(_WAIT_FOR_WRITERS)
        return await _max_position(tx)


async def _max_position(snapshot: Snapshot) -> int:
    row = await snapshot.fetch_one(_HORIZON)
    return int(row[0]) if row else 0


async def read_channel(snapshot: Snapshot) -> Channel:
    row = await snapshot.fetch_one(_TAKEN)
    return Channel(*row) if row is not None else Channel(0, 0, 0, "")


async def happened(snapshot: Snapshot, after: int, upto: int, names: Sequence[str]) -> list[Happened]:
    """Changes with an effect, in the log's order."""
    return [Happened(*row) for row in await snapshot.fetch(_HAPPENED, [after, upto, list(names)])]


async def keep_taken(
    tx: Transaction, messages: Sequence[NewMessage], *, before: int, upto: int, now_ms: int, sealing: Sealing
) -> bool:
    """Whether this process was the one that took them: two that read the same piece of the log write it once."""
    await tx.execute(_FIRST)
    if not await tx.execute("UPDATE outbound_channel SET taken = ? WHERE id = 1 AND taken = ?", [upto, before]):
        return False
    rows = [
        (one.key, one.position, one.record, one.event, now_ms, sealing.seal(message_place(one.key), one.body))
        for one in messages
    ]
    if rows:
        await tx.execute_many(_INSERT, rows)
    return True


async def next_waiting(snapshot: Snapshot, limit: int, sealing: Sealing) -> list[WaitingMessage]:
    return [
        WaitingMessage(key, record, event, tries, sealing.open(message_place(key), bytes(body)))
        for key, _, record, event, tries, _, body in await snapshot.fetch(_NEXT, [limit])
    ]


async def mark(tx: Transaction, key: str, state: str, *, reason: str, now_ms: int) -> None:
    sent_at = now_ms if state == SENT else 0
    await tx.execute(
        """UPDATE outbound SET state = ?, tries = tries + 1, sent_at = ?, reason = ?
           WHERE message_key = ? AND state = 'waiting'""",
        [state, sent_at, reason[:REASON_MAX], key],
    )


async def set_channel(tx: Transaction, *, tries: int, next_at: int, reason: str) -> None:
    await tx.execute(_FIRST)
    await tx.execute(
        "UPDATE outbound_channel SET tries = ?, next_at = ?, reason = ? WHERE id = 1",
        [tries, next_at, reason[:REASON_MAX]],
    )


async def wait_again(tx: Transaction, key: str = "") -> int:
    """What was refused waits again, all of it or one message; and the channel is tried at once."""
    await set_channel(tx, tries=0, next_at=0, reason="")
    if key:
        return await tx.execute(
            "UPDATE outbound SET state = 'waiting' WHERE state = 'refused' AND message_key = ?", [key]
        )
    return await tx.execute("UPDATE outbound SET state = 'waiting' WHERE state = 'refused'")


async def outbound_standing(database: Database) -> OutboundStanding:
    async with database.read() as snapshot:
        counts: dict[str, int] = dict(await snapshot.fetch("SELECT state, count(*) FROM outbound GROUP BY state"))
        oldest = await snapshot.fetch("SELECT made_at FROM outbound WHERE state = 'waiting' ORDER BY position LIMIT 1")
        channel, top = await read_channel(snapshot), await _max_position(snapshot)
    return OutboundStanding(
        waiting=counts.get(WAITING, 0),
        sent=counts.get(SENT, 0),
        refused=counts.get(REFUSED, 0),
        oldest_at=oldest[0][0] if oldest else 0,
        behind=max(0, top - channel.taken),
        channel=channel,
    )


def message_place(key: str) -> str:
    """What a message's seal is bound to."""
    return f"outbound/{key}"
