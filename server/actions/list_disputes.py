"""Lists what waits for a person: conflicts that nobody has decided, and changes that could not be applied yet.

Laws: the oldest first, a page at a time, and only what the scope reaches. Nothing is opened but what is shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from server.actions.platform import Platform
from server.domain.people.entitlement import Directory, place_bucket, unit_bucket
from server.domain.people.reach import places_below, units_below
from server.domain.people.roles import Scope
from server.domain.record_fields import Fields, texts
from sync.central.known import Known, Wants

LINES = 30


@dataclass(frozen=True)
class OpenConflict:
    """`opened_at`: when the later change arrived. `fields`: the conflict's record."""

    id: str
    bucket: str
    opened_at: int
    authors: tuple[str, ...]
    fields: Fields


@dataclass(frozen=True)
class ParkedLine:
    """`waits`: the changes and records it waits for; none when a person must look."""

    id: str
    kind: str
    name: str
    record: str
    reason: str
    author: str
    site: str
    received_at: int
    waits: tuple[str, ...]


@dataclass(frozen=True)
class DisputePage:
    """`after`: where the next page begins, () at the end."""

    conflicts: tuple[OpenConflict, ...] = ()
    parked: tuple[ParkedLine, ...] = ()
    after: tuple[int, str] | None = None


_CONFLICTS = """SELECT c.id, c.bucket, g.received_at FROM conflicts c JOIN changes g ON g.id = c.change AND g.reused = 0
                WHERE c.state = 'open' AND c.bucket IN (?*) AND (g.received_at, c.id) > (?, ?)
                ORDER BY g.received_at, c.id LIMIT ?"""
_PARKED = """SELECT g.id, g.kind, g.name, g.record, g.reason, a.name, p.name, g.received_at
             FROM changes g JOIN accounts a ON a.id = g.account LEFT JOIN places p ON p.code = a.site
             WHERE g.code = 'parked' AND a.site IN (?*) AND (g.received_at, g.id) > (?, ?)
             ORDER BY g.received_at, g.id LIMIT ?"""
_START = (-1, "")
_CONFLICTS_OPEN = "SELECT count(*) FROM conflicts WHERE state = 'open' AND bucket IN (?*)"
_PARKED_NOW = """SELECT count(*) FROM changes g JOIN accounts a ON a.id = g.account
                 WHERE g.code = 'parked' AND g.received_at >= 0 AND a.site IN (?*)"""


async def count_disputes(platform: Platform, scope: Scope) -> tuple[int, int]:
    """How many conflicts are open and how many changes are parked: as many as the lists below hold."""
    directory = await platform.directory()
    buckets, sites = _buckets(scope, directory), places_below(scope, directory)
    async with platform.database.read() as snapshot:
        (conflicts,), (parked,) = await snapshot.fetch_each([(_CONFLICTS_OPEN, [buckets]), (_PARKED_NOW, [sites])])
    return int(conflicts[0]), int(parked[0])


async def list_conflicts(platform: Platform, scope: Scope, after: tuple[int, str] = _START) -> DisputePage:
    """Open conflicts in the scope's places and units."""
    buckets = _buckets(scope, await platform.directory())
    async with platform.database.read() as snapshot:
        rows = await snapshot.fetch(_CONFLICTS, [buckets, *after, LINES + 1])
    shown = rows[:LINES]
    known = Known()
    async with platform.store.read() as unit:
        await unit.load(Wants(records={("conflict", ident) for ident, _, _ in shown}), known)
    found, names = [], await _names(platform, known, [ident for ident, _, _ in shown])
    for ident, bucket, opened_at in shown:
        record = known.record("conflict", ident)
        if record is not None:
            who = tuple(names.get(one, one) for one in _authors(record.fields))
            found.append(OpenConflict(ident, bucket, opened_at, who, record.fields))
    return DisputePage(conflicts=tuple(found), after=_next(rows, 2))


async def list_parked(platform: Platform, scope: Scope, after: tuple[int, str] = _START) -> DisputePage:
    """Parked changes of whoever works in the scope's places."""
    directory = await platform.directory()
    sites = places_below(scope, directory)
    async with platform.database.read() as snapshot:
        rows = await snapshot.fetch(_PARKED, [sites, *after, LINES + 1])
        waits = await snapshot.fetch("SELECT change, what FROM waits WHERE change IN (?*)", [[row[0] for row in rows]])
    by_change: dict[str, list[str]] = {}
    for change, what in waits:
        by_change.setdefault(change, []).append(what)
    lines = tuple(
        ParkedLine(ident, kind, name, record, reason, author, site or "", at, tuple(sorted(by_change.get(ident, ()))))
        for ident, kind, name, record, reason, author, site, at in rows[:LINES]
    )
    return DisputePage(parked=lines, after=_next(rows, 7))


def _buckets(scope: Scope, directory: Directory) -> list[str]:
    places = places_below(scope, directory)
    units = units_below(scope, places, directory)
    return [*map(place_bucket, places), *map(unit_bucket, units)]


def _next(rows: Sequence[Sequence[object]], at: int) -> tuple[int, str] | None:
    if len(rows) <= LINES:
        return None
    last = rows[LINES - 1]
    received, ident = last[at], last[0]
    assert isinstance(received, int), "moments are kept as milliseconds"
    return received, str(ident)


def _authors(fields: Fields) -> tuple[str, ...]:
    """Who wrote mine, then who wrote theirs."""
    return (*texts(fields, "mine_by"), *texts(fields, "theirs_by"))


async def _names(platform: Platform, known: Known, conflicts: Sequence[str]) -> dict[str, str]:
    accounts = {
        one for ident in conflicts if (record := known.record("conflict", ident)) for one in _authors(record.fields)
    }
    async with platform.database.read() as snapshot:
        rows = await snapshot.fetch("SELECT id, name FROM accounts WHERE id IN (?*)", [sorted(accounts)])
    return dict(rows)
