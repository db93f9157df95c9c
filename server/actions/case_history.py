"""Tells a case's history from the change log: who did what, when, which fields it moved, and what became of it.

Laws: the log is the history; nothing is kept twice. What had no effect is told as well. A field moved without a change
of this record was moved by another's, such as a leg before it: told without a name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from server.actions.desk_change import BEHALF
from server.actions.platform import Platform
from server.storage.change_log import history_place, history_query
from server.storage.records import record_of, records_query
from sync.core.changes import Fields
from sync.core.clock import iso
from sync.core.codec import read_fields

_CHANGES = """SELECT c.id, c.name, c.account, a.name, d.name, c.code, c.reason, c.rev, c.received_at, c.captured_wall
              FROM changes c LEFT JOIN accounts a ON a.id = c.account LEFT JOIN devices d ON d.id = c.device
              WHERE c.record = ? AND c.kind = ? AND c.reused = 0 ORDER BY c.position"""


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryEntry:
    """`step` is the change's name, "" when another record's change moved the fields. `code` and `reason`: what became
    of it. `fields`: what it moved, by name; values stand on the case's own page. `behalf`: the login in whose place it
    was done.
    """

    step: str
    change: str
    account: str
    account_name: str
    at: str
    captured_at: str
    code: str
    reason: str
    rev: int
    state: str
    fields: tuple[str, ...]
    behalf: str = ""


async def case_history(platform: Platform, record: str, kind: str = "case") -> list[HistoryEntry]:
    """Oldest first. Who may see it is for the caller to judge."""
    async with platform.database.read() as snapshot:
        changes = await snapshot.fetch(_CHANGES, [record, kind])
        standing = await snapshot.fetch(*records_query(kind, [record]))
        if not standing:
            return []
        held = record_of(kind, standing[0], platform.sealing)
        places = [history_place(kind, record, rev) for rev in range(1, held.rev)]
        past = await snapshot.fetch(*history_query(places)) if places else []
    opened = {at: read_fields(platform.sealing.open(str(at), bytes(body))) for at, _, body in past}
    bodies: dict[int, Fields] = {rev: opened.get(history_place(kind, record, rev), {}) for rev in range(1, held.rev)}
    bodies[held.rev] = held.fields
    told: list[HistoryEntry] = []
    named: set[int] = set()
    for change, name, account, who, desk, code, reason, rev, received, captured in changes:
        told += [_unnamed(at, bodies) for at in range(max(named, default=0) + 1, int(rev)) if rev]
        named.update(range(1, int(rev) + 1))
        told.append(
            HistoryEntry(
                step=name,
                change=change,
                account=account,
                account_name=who or "",
                at=iso(received),
                captured_at=iso(captured),
                code=code,
                reason=reason,
                rev=int(rev),
                state=str(bodies.get(int(rev), {}).get("state", "")),
                fields=_moved(int(rev), bodies),
                behalf=str(desk or "").removeprefix(BEHALF) if str(desk or "").startswith(BEHALF) else "",
            )
        )
    told += [_unnamed(at, bodies) for at in range(max(named, default=0) + 1, held.rev + 1)]
    return told


def _moved(rev: int, bodies: Mapping[int, Fields]) -> tuple[str, ...]:
    """The fields that differ between a rev and the one before it; none for what had no effect."""
    if not rev:
        return ()
    before, after = bodies.get(rev - 1, {}), bodies.get(rev, {})
    return tuple(sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name)))


def _unnamed(rev: int, bodies: Mapping[int, Fields]) -> HistoryEntry:
    return HistoryEntry(
        step="",
        change="",
        account="",
        account_name="",
        at="",
        captured_at="",
        code="",
        reason="",
        rev=rev,
        state=str(bodies.get(rev, {}).get("state", "")),
        fields=_moved(rev, bodies),
    )
