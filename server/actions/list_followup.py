"""Lists what waits at desks after a filing: tasks and tickets by their last day, and cases to be called back about.

Laws: a list shows what the account's scope reaches and its role may read, and no personal data; a record is opened one
by one, with its look logged. Pages go by key, so that a page costs the same wherever it lies.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from server.actions.platform import Platform
from server.actions.refusals import NotFound
from server.domain.people.reach import desk_bucket, places_below, unit_holder, units_below
from server.domain.people.roles import may_read
from server.domain.record_fields import text
from server.storage.people import AccountRow
from server.storage.records import record_of, records_query
from server.storage.unit_of_work import Row, Snapshot
from sync.core.clock import iso

PAGE_ROWS_MAX = 200
CALL_BACK_DAYS = 60
"""How long after a case is over its resident is still called for a rating."""
_DAY_MS = 24 * 3_600_000
# What is open is little, whatever a scope holds: read along the day. The joined '' keeps a planner from reading every
# closed row of a bucket instead.
_WAITING = """SELECT id, bucket, state, holder, due, {columns} FROM {table}
              WHERE due > '' AND (due, id) > (?, ?) AND due <= ?{only}
              AND (bucket || '' IN (?*) OR holder || '' IN (?*))
              ORDER BY due, id LIMIT ?"""
TASKS = _WAITING.format(table="tasks", columns="code, about, ''", only="")
ORDERS = _WAITING.format(table="tasks", columns="code, about, ''", only=" AND code = 'supervision_order'")
TICKETS = _WAITING.format(table="tickets", columns="number, of_case, opened_at", only="")
ANSWERED = """SELECT id, bucket, holder, opened_at, number, of_case FROM tickets
              WHERE state = 'answered' AND (opened_at, id) > (?, ?)
              AND (bucket || '' IN (?*) OR holder || '' IN (?*)) ORDER BY opened_at, id LIMIT ?"""
# A wide scope reads along the index of the day of finishing, so many at a time, whatever they are: a planner that was
# asked for a page of what is left of them read all of a county, or joined all ratings (on PostgreSQL up to 2 s).
FINISHED = """SELECT id, bucket, state, number, item, finished_at FROM cases
              WHERE finished_at >= ? AND (finished_at, id) > (?, ?) ORDER BY finished_at, id LIMIT ?"""
# A few places have few that nobody rated: all of them, in whatever order, cost less than going through everybody's.
FINISHED_IN = """SELECT id, bucket, state, number, item, finished_at FROM cases
                 WHERE bucket IN (?*) AND state IN ('finished', 'delivered') AND finished_at >= ?
                 AND (finished_at, id) > (?, ?)"""
# Asked with ids that are handed in: PostgreSQL compares a record's id by bytes, and reads no index of another order.
# One that was set aside leaves its case unrated, until the second.
RATED = """SELECT of_case FROM ratings WHERE of_case IN (?*)
           GROUP BY of_case HAVING count(*) > 1 OR min(state) = 'given'"""
DISOWNED = "SELECT about FROM tasks WHERE about IN (?*) AND code = 'not_asked'"
TO_RATE = frozenset({"finished", "delivered"})
ROWS_AT_ONCE = 1_000
FEW_BUCKETS = 20


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
    platform: Platform,
    account: AccountRow,
    *,
    upto: str = "9",
    after: After | None = None,
    limit: int = 50,
    orders: bool = False,
) -> list[WaitingRow]:
    """Open and explained tasks by last day, up to day `upto`, with their texts, which name no person. `orders`: the
    supervision orders alone.
    """
    sql = ORDERS if orders else TASKS
    rows = await _waiting(platform, account, "task", sql, ("desk",), upto, after or After(), limit)
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
    asked = min(max(limit, 1), PAGE_ROWS_MAX)
    async with platform.database.read() as snapshot:
        read = _finished_in if len(buckets) <= FEW_BUCKETS else _finished_anywhere
        rows = await read(snapshot, frozenset(buckets), oldest, since, asked)
    return [
        CallBackRow(id=case, place=bucket.partition(":")[2], number=number or "", item=item or "", finished_at=moment)
        for case, bucket, _, number, item, moment in rows
    ]


async def _finished_in(
    snapshot: Snapshot, buckets: Collection[str], oldest: str, since: After, limit: int
) -> Sequence[Row]:
    rows = await snapshot.fetch(FINISHED_IN, [sorted(buckets), oldest, since.day, since.id])
    rows.sort(key=lambda row: (row[5], row[0]))
    return (await _unrated(snapshot, rows))[:limit]


async def _finished_anywhere(
    snapshot: Snapshot, buckets: Collection[str], oldest: str, since: After, limit: int
) -> Sequence[Row]:
    found: list[Row] = []
    while True:
        rows = await snapshot.fetch(FINISHED, [oldest, since.day, since.id, ROWS_AT_ONCE])
        found += await _unrated(snapshot, [row for row in rows if row[1] in buckets and row[2] in TO_RATE])
        if len(found) >= limit or len(rows) < ROWS_AT_ONCE:
            return found[:limit]
        since = After(rows[-1][5], rows[-1][0])


async def _unrated(snapshot: Snapshot, rows: Sequence[Row]) -> list[Row]:
    """Those that nobody rated and nobody disowned."""
    if not rows:
        return []
    cases = [row[0] for row in rows]
    settled = {case for some in await snapshot.fetch_each([(RATED, [cases]), (DISOWNED, [cases])]) for (case,) in some}
    return [row for row in rows if row[0] not in settled]


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
