"""Deletes what was kept long enough, by the table of server/domain/supervision/retention.py, and tells what is due.

Laws: a run can be done twice and stopped anywhere. The read log loses only its beginning, and only what was signed so
long ago that whoever verifies can tell it was old. A resident goes the way of every erasure.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from server.actions.erase_resident import CasesOpen, empty_the_log, erase_resident
from server.actions.log_heads import SignedHeads
from server.actions.platform import Platform
from server.domain.supervision.retention import KEPT
from server.storage.people import record_event
from server.storage.read_log import locked_end, read_end, write_end
from server.storage.unit_of_work import Snapshot
from sync.core.clock import iso
from sync.core.ids import timed_id

DAY_MS = 86_400_000
RESIDENTS_A_RUN = 100
_OVER = ("finished", "delivered", "rated", "refused", "withdrawn", "ended", "voided", "archived")
# Whoever has a case that is old, along the two indexes of when cases were over (the joined '' keeps a planner from
# another); then whether that one was the last.
_OLD_RESIDENTS = """SELECT o.resident FROM (
        SELECT resident || '' AS resident FROM cases WHERE finished_at <= ? AND state || '' IN (?*)
        UNION SELECT resident || '' FROM cases WHERE state IN (?*) AND state_since <= ? AND finished_at IS NULL
    ) o JOIN residents r ON r.id = o.resident
    WHERE NOT EXISTS (SELECT 1 FROM cases c WHERE c.resident = o.resident AND (c.state NOT IN (?*)
                      OR coalesce(c.finished_at, c.state_since, '9') > ?))
    AND NOT EXISTS (SELECT 1 FROM erasures e WHERE e.record = o.resident) ORDER BY o.resident LIMIT ?"""
# From what was erased, which CROSS JOIN keeps first, to what the log holds of it.
_LATE = """SELECT DISTINCT e.kind, e.record FROM erasures e CROSS JOIN changes c
           WHERE c.record = e.record AND c.line IS NOT NULL AND c.code <> 'parked' AND c.name NOT LIKE '%.erase'"""
_OLD_OBSERVATIONS = "SELECT case_id FROM observations WHERE received_at < ? ORDER BY received_at LIMIT ?"
DELETED_AT_ONCE = 1_000
"""Rows a transaction, so that nobody else's work waits for long."""


@dataclass(frozen=True)
class Due:
    """`due`: how much is older than it may be, now. `deleted`: by this run."""

    code: str
    due: int
    deleted: int = 0


async def retention_due(platform: Platform, signed: SignedHeads) -> list[Due]:
    """How much of each kind is due, in the table's order."""
    async with platform.database.read() as snapshot:
        return [Due(code, await _count(snapshot, platform, signed, code)) for code in KEPT]


async def keep_no_longer(platform: Platform, signed: SignedHeads) -> list[Due]:
    """Deletes what is due; what it did is an account event, which the next report can be held against."""
    due = await retention_due(platform, signed)
    done = [Due(one.code, one.due, await _DELETES[one.code](platform, signed) if one.due else 0) for one in due]
    if any(one.deleted for one in done):
        now = platform.clock.wall_ms()
        async with platform.database.write() as tx:
            await record_event(
                tx,
                event=timed_id(now, platform.randomness(10)),
                at_ms=now,
                actor="centre",
                verb="retention",
                account="",
                detail={one.code: one.deleted for one in done if one.deleted},
            )
    return done


def _before(platform: Platform, code: str) -> int:
    return platform.clock.wall_ms() - KEPT[code].days * DAY_MS


def _gone_upto(signed: SignedHeads) -> int:
    """How long the read log was, so long before the newest signing that all of it may go."""
    old = signed.at - KEPT["reads"].days * DAY_MS
    return max((length for at, length in signed.reads if at <= old), default=0)


async def _count(snapshot: Snapshot, platform: Platform, signed: SignedHeads, code: str) -> int:
    match code:
        case "reads":
            return max(0, _gone_upto(signed) - (await read_end(snapshot)).gone_upto)
        case "residents":
            return len(await snapshot.fetch(_OLD_RESIDENTS, _residents(platform, -1)))
        case "late_lines":
            return len(await snapshot.fetch(_LATE))
    table, where = _PLAIN[code]
    [(count,)] = await snapshot.fetch(f"SELECT count(*) FROM {table} WHERE {where}", [_before(platform, code)])  # noqa: S608
    return int(count)


def _residents(platform: Platform, limit: int) -> list[object]:
    before, over = iso(_before(platform, "residents")), list(_OVER)
    return [before, over, over, before, over, before, limit if limit >= 0 else 1_000_000]


async def _delete_reads(platform: Platform, signed: SignedHeads) -> int:
    """From the beginning, piece by piece: after each the log says how far it is gone."""
    last, count = _gone_upto(signed), 0
    while True:
        async with platform.database.write() as tx:
            end = await locked_end(tx)
            upto = min(last, end.gone_upto + DELETED_AT_ONCE)
            row = await tx.fetch_one("SELECT link FROM reads WHERE position = ?", [upto])
            if row is None or upto <= end.gone_upto:
                return count
            count += await tx.execute("DELETE FROM reads WHERE position <= ?", [upto])
            await write_end(tx, end._replace(gone_upto=upto, gone_link=bytes(row[0])), platform.sealing)


async def _delete_observations(platform: Platform, _signed: SignedHeads) -> int:
    before, count = _before(platform, "observations"), 0
    while True:
        async with platform.database.write() as tx:
            old = [row[0] for row in await tx.fetch(_OLD_OBSERVATIONS, [before, DELETED_AT_ONCE])]
            await tx.execute("DELETE FROM observed_images WHERE case_id IN (?*)", [old])
            count += await tx.execute("DELETE FROM observations WHERE case_id IN (?*)", [old])
        if len(old) < DELETED_AT_ONCE:
            return count


def _delete_plain(code: str) -> Callable[[Platform, SignedHeads], Awaitable[int]]:
    async def delete(platform: Platform, _signed: SignedHeads) -> int:
        table, where = _PLAIN[code]
        async with platform.database.write() as tx:
            return await tx.execute(f"DELETE FROM {table} WHERE {where}", [_before(platform, code)])  # noqa: S608

    return delete


async def _empty_late(platform: Platform, _signed: SignedHeads) -> int:
    async with platform.database.read() as snapshot:
        rows = await snapshot.fetch(_LATE)
    found: dict[str, list[str]] = {}
    for kind, record in rows:
        found.setdefault(kind, []).append(record)
    return (await empty_the_log(platform, found))[0]


async def _erase_residents(platform: Platform, _signed: SignedHeads) -> int:
    async with platform.database.read() as snapshot:
        rows = await snapshot.fetch(_OLD_RESIDENTS, _residents(platform, RESIDENTS_A_RUN))
    count = 0
    for (resident,) in rows:
        try:
            await erase_resident(platform, resident, why=KEPT["residents"].basis, actor="centre")
            count += 1
        except CasesOpen:
            continue  # opened meanwhile
    return count


_PLAIN: Mapping[str, tuple[str, str]] = {
    "observations": ("observations", "received_at < ?"),
    "sessions": ("sessions", "ended_at IS NOT NULL AND ended_at < ?"),
    "codes": ("activation_codes", "coalesce(used_at, expires_at) < ?"),
}
_DELETES: Mapping[str, Callable[[Platform, SignedHeads], Awaitable[int]]] = {
    "reads": _delete_reads,
    "observations": _delete_observations,
    "sessions": _delete_plain("sessions"),
    "codes": _delete_plain("codes"),
    "late_lines": _empty_late,
    "residents": _erase_residents,
}
assert _DELETES.keys() == KEPT.keys(), "everything in the table is deleted by somebody"
