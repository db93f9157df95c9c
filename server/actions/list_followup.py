"""Lists what waits at desks after a filing: tasks and tickets by their last day, and cases to be called back about.

Laws: a list shows what the account's scope reaches and its role may read, and no personal data; a record is opened one
by one, with its look logged. Pages go by key, so that a page costs the same wherever it lies.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from server.actions.platform import Platform
from server.actions.refusals import NotFound
from server.domain.people.reach import desk_bucket, places_below, unit_holder, units_below
from server.domain.people.roles import may_read
from server.domain.record_fields import text
from server.storage.people import AccountRow
from server.storage.records import record_of, records_query
from sync.core.clock import iso

PAGE_ROWS_MAX = 200
CALL_BACK_DAYS = 60
"""How long after a case is over its resident is still called for a rating."""
_DAY_MS = 24 * 3_600_000
# What is open is little, whatever a scope holds: read along the day. The joined '' keeps a planner from reading every
# closed row of a bucket instead.
_WAITING = """SELECT id, bucket, state, holder, due, {columns} FROM {table}
              WHERE due > '' AND (due, id) > (?, ?) AND due <= ? AND (bucket || '' IN (?*) OR holder || '' IN (?*))
              ORDER BY due, id LIMIT ?"""
TASKS = _WAITING.format(table="tasks", columns="code, about, ''")
TICKETS = _WAITING.format(table="tickets", columns="number, of_case, opened_at")
ANSWERED = """SELECT id, bucket, holder, opened_at, number, of_case FROM tickets
              WHERE state = 'answered' AND (opened_at, id) > (?, ?)
              AND (bucket || '' IN (?*) OR holder || '' IN (?*)) ORDER BY opened_at, id LIMIT ?"""
# Along the index of the day of finishing, from the oldest that is still asked about. Counted, not NOT EXISTS, since
# PostgreSQL joined all ratings and tasks before it took the first page (of 300,000 cases 780 ms instead of 190).
CALL_BACKS = """SELECT c.id, c.bucket, c.number, c.item, c.finished_at FROM cases c
                 WHERE c.finished_at >= ? AND (c.finished_at, c.id) > (?, ?)
                 AND c.state || '' IN ('finished', 'delivered') AND c.bucket || '' IN (?*)
                 AND (SELECT count(*) FROM ratings r WHERE r.of_case = c.id) = 0
                 AND (SELECT count(*) FROM tasks t WHERE t.about = c.id AND t.code = 'not_asked') = 0
                 ORDER BY c.finished_at, c.id LIMIT ?"""


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingRow:
    """`what`: a task's code or a ticket's number; `about`: the record, or the case."""

    id: str
    place: str
    state: str
    holder: str
    due: str
    what: str
    about: str
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallBackRow:
    id: str
    place: str
    number: str
    item: str
    finished_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AnsweredRow:
    """A ticket whose caller is still to be asked whether they are satisfied."""

    id: str
    place: str
    holder: str
    opened_at: str
    number: str
    of_case: str


@dataclass(frozen=True, slots=True)
class After:
    """The last row of the page before; empty for the first page."""

    day: str = ""
    id: str = ""


async def list_tasks(
    platform: Platform, account: AccountRow, *, upto: str = "9", after: After | None = None, limit: int = 50
) -> list[WaitingRow]:
    """Open and explained tasks by last day, up to day `upto`, with their texts, which name no person."""
    rows = await _waiting(platform, account, "task", TASKS, ("desk",), upto, after or After(), limit)
    async with platform.database.read() as snapshot:
        bodies = await snapshot.fetch(*records_query("task", [row.id for row in rows])) if rows else []
    held = {one.id: one.fields for one in (record_of("task", body, platform.sealing) for body in bodies)}
    return [_with_text(row, text(held.get(row.id, {}), "text")) for row in rows]


async def list_tickets(
    platform: Platform, account: AccountRow, *, upto: str = "9", after: After | None = None, limit: int = 50
) -> list[WaitingRow]:
    """Tickets that wait for an answer, by last day."""
    return await _waiting(platform, account, "ticket", TICKETS, ("desk", "place"), upto, after or After(), limit)


async def list_answered(
    platform: Platform, account: AccountRow, *, after: After | None = None, limit: int = 50
) -> list[AnsweredRow]:
    """Tickets that were answered and are not closed, the oldest first."""
    since = after or After()
    buckets, holders = await _reach(platform, account, "ticket", ("desk", "place"))
    async with platform.database.read() as snapshot:
        rows = await snapshot.fetch(
            ANSWERED, [since.day, since.id, buckets, holders, min(max(limit, 1), PAGE_ROWS_MAX)]
        )
    return [
        AnsweredRow(
            id=ticket,
            place=bucket.partition(":")[2],
            holder=holder or "",
            opened_at=opened_at or "",
            number=number or "",
            of_case=of_case or "",
        )
        for ticket, bucket, holder, opened_at, number, of_case in rows
    ]


async def list_call_backs(
    platform: Platform, account: AccountRow, *, after: After | None = None, limit: int = 50
) -> list[CallBackRow]:
    """Cases finished of late that nobody rated and nobody disowned, oldest first."""
    if not may_read(account.role, "rating"):
        raise NotFound("no such list")
    directory, since = await platform.directory(), after or After()
    buckets = [f"place:{place}" for place in places_below(account.scope, directory)]
    if not buckets:
        return []
    oldest = iso(platform.clock.wall_ms() - CALL_BACK_DAYS * _DAY_MS)
    async with platform.database.read() as snapshot:
        rows = await snapshot.fetch(
            CALL_BACKS, [oldest, since.day, since.id, buckets, min(max(limit, 1), PAGE_ROWS_MAX)]
        )
    return [
        CallBackRow(id=case, place=bucket.partition(":")[2], number=number or "", item=item or "", finished_at=moment)
        for case, bucket, number, item, moment in rows
    ]


async def _waiting(
    platform: Platform,
    account: AccountRow,
    kind: str,
    sql: str,
    families: Sequence[str],
    upto: str,
    after: After,
    limit: int,
) -> list[WaitingRow]:
    buckets, holders = await _reach(platform, account, kind, families)
    parameters = [after.day, after.id, upto, buckets, holders]
    async with platform.database.read() as snapshot:
        rows = await snapshot.fetch(sql, [*parameters, min(max(limit, 1), PAGE_ROWS_MAX)])
    return [
        WaitingRow(
            id=record,
            place=bucket.partition(":")[2],
            state=state,
            holder=holder or "",
            due=due,
            what=what or "",
            about=about or "",
        )
        for record, bucket, state, holder, due, what, about, _ in rows
    ]


async def _reach(
    platform: Platform, account: AccountRow, kind: str, families: Sequence[str]
) -> tuple[list[str], list[str]]:
    """The buckets and units of a scope, never empty lists. Raises NotFound for a role that reads none."""
    if not may_read(account.role, kind):
        raise NotFound("no such list")
    directory = await platform.directory()
    places = places_below(account.scope, directory)
    units = units_below(account.scope, places, directory)
    buckets = [desk_bucket(place) if family == "desk" else f"place:{place}" for family in families for place in places]
    return buckets or [""], [unit_holder(unit) for unit in units] or [""]


def _with_text(row: WaitingRow, said: str) -> WaitingRow:
    return WaitingRow(
        id=row.id,
        place=row.place,
        state=row.state,
        holder=row.holder,
        due=row.due,
        what=row.what,
        about=row.about,
        text=said,
    )
