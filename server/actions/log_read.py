"""Logs that somebody looks at a person's record, before the record is shown.

Laws: the look is durable when this returns, so nothing is shown that no log tells of. Looks that come together share
a transaction. Where the law asks for a reason, a look without one is refused before anything is shown. Whoever shows a
record goes through `open_to_read`, which asks here.
"""

from __future__ import annotations

from collections.abc import Mapping

from server.actions.platform import Platform
from server.actions.refusals import ReasonMissing
from server.domain.supervision.reads import LINKS_MAX, is_reason, leads_to, tells_of_aid
from server.storage.people import AccountRow
from server.storage.read_log import Look
from server.storage.records import record_of, records_query
from server.storage.schema.records import KIND_TABLES
from server.storage.unit_of_work import Snapshot
from sync.central.known import Record

UNMASKED = "显示完整信息："
"""Before the reason of a look that showed ids and phones whole."""


async def log_read(
    platform: Platform,
    account: AccountRow,
    kind: str,
    record: str,
    reason: str = "",
    *,
    unmasked: bool = False,
    of: Record | None = None,
    before: str = "",
) -> None:
    """`reason` in the reader's own words; the log says with it that a mask was taken off. `of`: the record by whose
    leave this one is shown, such as the case of a picture; its matter decides. `before`: what the log says before the
    reason. Raises ReasonMissing where one is asked for: social aid, a mask taken off.
    """
    if not is_reason(reason) and (unmasked or await _concerns_aid(platform, kind, record, of)):
        raise ReasonMissing(f"{kind} {record}")
    said = f"{UNMASKED if unmasked else before}{reason.strip()}".strip()
    await platform.looks.submit(Look(platform.clock.wall_ms(), account.id, kind, record, said))


async def _concerns_aid(platform: Platform, kind: str, record: str, of: Record | None) -> bool:
    """The record's own matter, or that of what it leads to: level by level, a statement for each kind."""
    async with platform.database.read() as snapshot:
        met = [of] if of is not None else await _load(snapshot, platform, {kind: [record]})
        followed: set[tuple[str, str]] = set()
        while met:
            if any(tells_of_aid(one.kind, one.fields) for one in met):
                return True
            wanted = frozenset().union(*(leads_to(one.kind, one.fields) for one in met)) - followed
            followed |= wanted
            if len(followed) > LINKS_MAX:
                return True
            by_kind: dict[str, list[str]] = {}
            for its_kind, ident in sorted(wanted):
                by_kind.setdefault(its_kind, []).append(ident)
            met = await _load(snapshot, platform, by_kind)
    return False


async def _load(snapshot: Snapshot, platform: Platform, wanted: Mapping[str, list[str]]) -> list[Record]:
    """What no table of records holds, such as a log, leads nowhere."""
    return [
        record_of(kind, row, platform.sealing)
        for kind, idents in wanted.items()
        if kind in KIND_TABLES
        for row in await snapshot.fetch(*records_query(kind, idents))
    ]
