"""Tells who asked for materials that must not be asked for: every refused return of this kind, from the log.

Laws: the request was refused and changed nothing, but it stands in the log and is visible to whoever supervises the
place. Nothing personal is told: the case by its id, the place, the desk.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from server.domain.people.entitlement import place_bucket
from server.storage.unit_of_work import Database

REASON = "material_forbidden"
LIST_MAX = 500


@dataclass(frozen=True)
class ForbiddenRequest:
    """`at` in ms since 1970; `place` where the case was filed; `account` whose desk asked."""

    at: int
    place: str
    case: str
    account: str


_SQL = """SELECT c.received_at, k.bucket, c.record, c.account FROM changes c JOIN cases k ON k.id = c.record
          WHERE c.reason = 'material_forbidden' AND c.received_at >= ? AND c.received_at < ? AND c.reused = 0
          ORDER BY c.received_at DESC LIMIT ?"""
_SQL_IN = """SELECT c.received_at, k.bucket, c.record, c.account FROM changes c JOIN cases k ON k.id = c.record
             WHERE c.reason = 'material_forbidden' AND c.received_at >= ? AND c.received_at < ? AND c.reused = 0
             AND k.bucket IN (?*) ORDER BY c.received_at DESC LIMIT ?"""
_COUNT = """SELECT k.bucket, coalesce(i.unit, ''), count(*)
            FROM changes c JOIN cases k ON k.id = c.record LEFT JOIN items i ON i.id = k.item
            WHERE c.reason = 'material_forbidden' AND c.received_at >= ? AND c.received_at < ? AND c.reused = 0
            GROUP BY k.bucket, coalesce(i.unit, '')"""


async def list_forbidden_requests(
    database: Database, *, since_ms: int, until_ms: int, places: Collection[str] | None = None, limit: int = LIST_MAX
) -> list[ForbiddenRequest]:
    """The newest first, of these places (12 digits) or of all."""
    if places is not None and not places:
        return []
    async with database.read() as snapshot:
        rows = (
            await snapshot.fetch(_SQL, [since_ms, until_ms, limit])
            if places is None
            else await snapshot.fetch(_SQL_IN, [since_ms, until_ms, [place_bucket(one) for one in places], limit])
        )
    return [ForbiddenRequest(at, bucket.rpartition(":")[2], case, account) for at, bucket, case, account in rows]


async def count_forbidden_requests(
    database: Database, *, since_ms: int, until_ms: int
) -> Mapping[tuple[str, str], int]:
    """(place, 12 digits; the unit whose item it was, "" for a standard one's) → how many; for the bulletin, where it
    should be nought.
    """
    async with database.read() as snapshot:
        rows = await snapshot.fetch(_COUNT, [since_ms, until_ms])
    return Counter({(bucket.rpartition(":")[2], unit): count for bucket, unit, count in rows})
