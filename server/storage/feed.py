"""What an answer carries down: the state tag, what the device is entitled to, and pages of rows within a byte budget.

Laws: everything is read in the one snapshot that is handed in. Rows come in (version, record) order, so that a cursor
never skips; a page ends at the target, so that reading ends while others write. A device that is level costs one
query. At least one row goes out when there is one, however long.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from server.storage.store import EntitledBucket, FeedRow, StoreRead
from sync.core.chain import state_tag, sum_text
from sync.core.messages import Cursor, Entitled, Page, Reset, Row, Target

PACKED = 3
"""Bodies shrink to a third or less on the wire: the budget is for packed bytes."""
ROW_OVERHEAD = 64
SMALL_ROW = 256
ROWS_MAX = 2_000
ROWS_MIN = 16
AFTER_ALL = "~"
"""Sorts after every record id: the cursor of a bucket that was read to its target."""


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What the device showed of where it stands."""

    tag: str
    cursors: Sequence[Cursor] | None
    target: Sequence[Target] | None
    max_bytes: int


@dataclass(kw_only=True)
class Down:
    """The part of an answer that goes down, as `sync.core.messages.Answer` names it."""

    tag: str
    need_cursors: bool = False
    entitled: list[Entitled] | None = None
    target: list[Target] | None = None
    pages: list[Page] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    resets: list[Reset] = field(default_factory=list)
    more: bool = False


async def read_feed(unit: StoreRead, epoch: str, buckets: Sequence[EntitledBucket], asked: Asked) -> Down:
    """What the device has not read yet, as far as one answer goes."""
    tag = state_tag(
        epoch, ((one.bucket, one.generation, one.head.version, one.head.sum, one.head.rows) for one in buckets)
    )
    down = Down(tag=tag)
    if tag != asked.tag:
        down.entitled = [
            Entitled(one.bucket, one.generation, one.head.version, sum_text(one.head.sum), one.head.rows)
            for one in buckets
        ]
        down.need_cursors = asked.cursors is None
    if asked.cursors is None:
        return down
    starts = _starts(buckets, asked.cursors, down)
    targets = _targets(buckets, asked.target)
    down.target = [Target(bucket, version) for bucket, version in targets.items()]
    budget = asked.max_bytes * PACKED
    for one in sorted(buckets, key=_reading_order):
        if one.bucket in targets:
            budget = await _read_bucket(unit, one, starts[one.bucket], targets[one.bucket], budget, down)
    if not down.more and asked.target is not None:
        # The round is over; what came meanwhile is the next one's.
        down.more = any(targets.get(one.bucket, 0) < one.head.version for one in buckets)
        down.target = None if down.more else down.target
    return down


def _reading_order(one: EntitledBucket) -> tuple[bool, str]:
    """People's own work first; the catalogue is long and waits."""
    return one.bucket.startswith("catalogue:"), one.bucket


def _starts(buckets: Sequence[EntitledBucket], cursors: Sequence[Cursor], down: Down) -> dict[str, tuple[int, str]]:
    """Where to read each bucket from; what the device must forget is told."""
    listed = {one.bucket: one for one in buckets}
    starts = {one.bucket: (0, "") for one in buckets}
    for cursor in cursors:
        one = listed.get(cursor.bucket)
        if one is None:
            down.resets.append(Reset(cursor.bucket, "gone"))
        elif one.generation != cursor.generation:
            down.resets.append(Reset(cursor.bucket, "generation"))
        elif cursor.version > one.head.version:
            down.resets.append(Reset(cursor.bucket, "epoch"))
        else:
            starts[cursor.bucket] = (cursor.version, cursor.record)
    return starts


def _targets(buckets: Sequence[EntitledBucket], asked: Sequence[Target] | None) -> dict[str, int]:
    heads = {one.bucket: one.head.version for one in buckets}
    if asked is None:
        return heads
    return {one.bucket: min(one.version, heads[one.bucket]) for one in asked if one.bucket in heads}


async def _read_bucket(
    unit: StoreRead, one: EntitledBucket, start: tuple[int, str], target: int, budget: int, down: Down
) -> int:
    """One page of one bucket; what is left of the budget."""
    end = (target, AFTER_ALL)
    if start >= end or target == 0:
        return budget
    if budget <= 0:
        down.more = True
        return budget
    limit = min(max(budget // SMALL_ROW, ROWS_MIN), ROWS_MAX)
    found = await unit.rows(one.bucket, start, target, limit)
    rows: list[Row] = []
    for row in found:
        if budget <= 0:
            break
        rows.append(Row(row.record, row.version, row.body is None))
        if row.body is not None:
            down.bodies.append(row.body)
        budget -= _weight(row)
    whole = len(rows) == len(found) < limit
    upto = end if whole else (rows[-1].version, rows[-1].record)
    down.pages.append(Page(bucket=one.bucket, generation=one.generation, rows=rows, upto=upto))
    down.more |= not whole
    return budget if whole else 0


def _weight(row: FeedRow) -> int:
    return ROW_OVERHEAD + (len(row.body) if row.body is not None else 0)


def heads_told(heads: Mapping[str, int]) -> list[Target]:
    """With a changed epoch: where each bucket was restored to."""
    return [Target(bucket, version) for bucket, version in sorted(heads.items())]
