"""What the centre does for running rounds by itself: ends leases, and tells claims of a base item that has changed.

Laws: both are steps of the centre's own desk, refused where somebody was quicker, and done again at the next round
where they were not done. A claim is told once of each version.
"""

from __future__ import annotations

from server.actions.desk_change import DeskEdit, desk_change
from server.actions.platform import Platform
from server.actions.report_progress import read_baseline
from server.actions.take_step import centre_itself
from server.domain.catalogue.base_items import base_item_id
from server.domain.catalogue.baseline import version_asked
from server.domain.catalogue.campaigns import exercise_level
from server.domain.catalogue.claims import OPEN_STATES
from server.domain.catalogue.rebase import rebase
from server.domain.record_fields import integer, text
from server.storage.change_log import history_place, history_query
from server.storage.records import record_of, records_query
from server.storage.unit_of_work import Snapshot
from sync.central.known import Record
from sync.core.chain import encode_hash
from sync.core.changes import Base, Fields
from sync.core.clock import iso
from sync.core.codec import read_fields

AT_ONCE_MAX = 200
_OVER = "SELECT id FROM leases WHERE state = 'held' AND until <= ? ORDER BY until LIMIT ?"
# Few base items change while a round runs, so the way goes from those that did to their claims.
_CHANGED = "SELECT id, code, rev FROM base_items WHERE rev > 1 ORDER BY id"
_CLAIMS = """SELECT id FROM claims WHERE campaign = ? AND base_item = ? AND state IN (?*) ORDER BY id"""


async def end_leases(platform: Platform) -> int:
    """How many came to their end now."""
    now = iso(platform.clock.wall_ms())
    async with platform.database.read() as snapshot:
        ids = [row[0] for row in await snapshot.fetch(_OVER, [now, AT_ONCE_MAX])]
        rows = await snapshot.fetch(*records_query("lease", ids)) if ids else []
        held = [record_of("lease", row, platform.sealing) for row in rows]
        epoch = await _epoch(snapshot)
    return await _write(platform, [(one, "lease.end", {}) for one in held], epoch)


async def rebase_claims(platform: Platform) -> int:
    """How many claims were told of a new version of their base item."""
    steps: list[tuple[Record, str, Fields]] = []
    async with platform.database.read() as snapshot:
        epoch = await _epoch(snapshot)
        running = await snapshot.fetch("SELECT id FROM campaigns WHERE state = 'open'")
        changed = await snapshot.fetch(_CHANGED)
        for (campaign,) in running if changed else []:
            lines = await read_baseline(snapshot, platform, campaign)
            for base, code, rev in changed:
                steps += await _rebased(snapshot, platform, campaign, (base, code, rev), version_asked(lines, code))
                if len(steps) >= AT_ONCE_MAX:
                    break
    return await _write(platform, steps[:AT_ONCE_MAX], epoch)


async def _rebased(
    snapshot: Snapshot, platform: Platform, campaign: str, base: tuple[str, str, int], asked: int
) -> list[tuple[Record, str, Fields]]:
    """The claims of this base item at its level that stand on an older version."""
    record, code, rev = base
    ids = await snapshot.fetch(_CLAIMS, [campaign, code, sorted(state.value for state in OPEN_STATES)])
    if not ids:
        return []
    rows = await snapshot.fetch(*records_query("base_item", [record]))
    new = record_of("base_item", rows[0], platform.sealing)
    found: list[tuple[Record, str, Fields]] = []
    for row in await snapshot.fetch(*records_query("claim", [one[0] for one in ids])):
        claim = record_of("claim", row, platform.sealing)
        stands_on = integer(claim.fields, "base_version") or asked or rev
        if stands_on < rev and base_item_id(exercise_level(text(claim.fields, "place")), code) == record:
            old = await _body_at(snapshot, platform, record, stands_on)
            found.append((claim, "claim.rebase", _plain(rebase(claim.fields, old, new.fields, rev))))
    return found


async def _body_at(snapshot: Snapshot, platform: Platform, record: str, rev: int) -> Fields:
    place = history_place("base_item", record, rev)
    rows = await snapshot.fetch(*history_query([place]))
    if not rows or rows[0][2] is None:
        return {}
    return read_fields(platform.sealing.open(place, bytes(rows[0][2])))


def _plain(values: dict[str, object]) -> Fields:
    return dict(values)


async def _epoch(snapshot: Snapshot) -> str:
    [[epoch]] = await snapshot.fetch("SELECT epoch FROM centre WHERE id = 1")
    return str(epoch)


async def _write(platform: Platform, steps: list[tuple[Record, str, Fields]], epoch: str) -> int:
    if not steps:
        return 0
    written = await desk_change(
        platform.database,
        platform.writer,
        await centre_itself(platform),
        [
            DeskEdit(
                kind=one.kind,
                record=one.id,
                name=name,
                fields=fields,
                base=Base(epoch=epoch, rev=one.rev, hash=encode_hash(one.hash)),
            )
            for one, name, fields in steps
        ],
        buckets={one.bucket for one, _, _ in steps},
        now_ms=platform.clock.wall_ms(),
        randomness=platform.randomness,
    )
    return sum(outcome.code.has_effect for outcome in written.outcomes)
