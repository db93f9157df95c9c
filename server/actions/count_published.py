"""Counts how many lists of a round were published by a day that is over, where no snapshot of that day was kept.

Laws: what the log says of that day is counted, not what stands now: a list published since is not in it, and one that
was opened again since (变更) is. The same day gives the same number whenever it is asked.
"""

from __future__ import annotations

from server.domain.catalogue.claims import ON_OFFER
from server.storage.unit_of_work import Snapshot
from sync.core.clock import from_iso

IDS_AT_ONCE = 500
# What has its state since before that day needs no log.
_STANDING = """SELECT unit, count(*) FROM claims
               WHERE campaign = ? AND state IN (?*) AND state_since < ? GROUP BY unit"""
_MOVED = "SELECT id, unit FROM claims WHERE campaign = ? AND state_since >= ? ORDER BY id"
_STEPS = """SELECT record, name FROM changes
            WHERE record IN (?*) AND name IN ('claim.publish', 'claim.amend') AND code IN ('applied', 'merged')
            AND reused = 0 AND received_at < ? ORDER BY position"""


async def count_published(snapshot: Snapshot, campaign: str, before: str) -> dict[str, int]:
    """Unit → how many were published when day `before` began, also when suspended or cancelled since."""
    states = sorted(state.value for state in ON_OFFER)
    standing, moved = await snapshot.fetch_each([(_STANDING, [campaign, states, before]), (_MOVED, [campaign, before])])
    found: dict[str, int] = dict(standing)
    units: dict[str, str] = dict(moved)
    ids, began = list(units), from_iso(f"{before}T00:00:00+08:00")
    for start in range(0, len(ids), IDS_AT_ONCE):
        # The last of its steps counts: who amends a list takes it back into work.
        last: dict[str, str] = dict(await snapshot.fetch(_STEPS, [ids[start : start + IDS_AT_ONCE], began]))
        for claim, name in last.items():
            if name == "claim.publish":
                found[units[claim]] = found.get(units[claim], 0) + 1
    return found
