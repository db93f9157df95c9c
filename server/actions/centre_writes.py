"""What the centre writes by itself, in the name of its own account: many edits, a job for some dozens; or one job for
what is only true together.

Law: an edit of a record that stands names the state it was computed from; when somebody was quicker it is refused or
merged as anybody's would be, and the next run looks again.
"""

from __future__ import annotations

from collections.abc import Sequence

from server.actions.desk_change import DeskEdit, desk_change
from server.actions.platform import Platform
from server.actions.take_step import centre_itself
from server.domain.people.reach import desk_bucket
from server.storage.people import AccountRow
from server.storage.records import place_of
from server.storage.schema.records import KIND_TABLES
from server.storage.unit_of_work import Snapshot
from sync.central.known import KnownChange
from sync.core.chain import content_hash, encode_hash
from sync.core.changes import Base, Fields
from sync.core.codec import read_fields

EDITS_MAX = 50
"""A job is decided in one go: so many keep the loop for some twenty milliseconds, whoever else waits."""


async def write_edits(
    platform: Platform, edits: Sequence[tuple[str, DeskEdit]], *, by: AccountRow | None = None
) -> int:
    """`edits`: (the place under whose desk's bucket the record lies, the edit). `by`: the person who asked for it,
    where it was not the schedule. How many had an effect.
    """
    done = 0
    for start in range(0, len(edits), EDITS_MAX):
        outcomes = await write_together(platform, edits[start : start + EDITS_MAX], by=by)
        done += sum(outcome.code.has_effect for outcome in outcomes)
    return done


async def write_together(
    platform: Platform, edits: Sequence[tuple[str, DeskEdit]], *, by: AccountRow | None = None
) -> tuple[KnownChange, ...]:
    """The same in one transaction, whatever their number: all of it is durable or none. What became of each, in order;
    one that is refused holds up no other, so who needs all names the states that only change together.
    """
    written = await desk_change(
        platform.database,
        platform.writer,
        by or await centre_itself(platform),
        [edit for _, edit in edits],
        buckets={desk_bucket(place) for place, _ in edits},
        now_ms=platform.clock.wall_ms(),
        randomness=platform.randomness,
        computed=True,
    )
    return written.outcomes


async def standing_of(
    snapshot: Snapshot, platform: Platform, kind: str, ids: Sequence[str]
) -> dict[str, tuple[Base, Fields]]:
    """Record → the state to name, and its fields, for those that are there."""
    if not ids:
        return {}
    table = KIND_TABLES[kind].table
    epochs, rows = await snapshot.fetch_each(
        [
            ("SELECT epoch FROM centre WHERE id = 1", ()),
            (f"SELECT id, rev, body FROM {table} WHERE id IN (?*)", (list(ids),)),  # noqa: S608
        ]
    )
    found: dict[str, tuple[Base, Fields]] = {}
    for record, rev, kept in rows:
        body = platform.sealing.open(place_of(table, record), bytes(kept))
        found[record] = (Base(epoch=epochs[0][0], rev=rev, hash=encode_hash(content_hash(body))), read_fields(body))
    return found
