"""Removes what uploads leave behind: unfinished ones whose time is over, bytes without a row, rows without bytes.

- An object that no row points to is removed once it is older than `grace_ms`: its commit may still be on the way.
  Keys are never used twice, so what was nobody's stays nobody's.
- A row whose object is gone is not removed. It is marked damaged: the file counts as missing, and the device that
  still has it sends it again.
- Everything can be done twice, and stopped at any moment.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from server.storage.blobs import Blobs
from server.storage.file_rows import (
    blobs_after,
    expired_uploads,
    forget_unused_blobs,
    known_objects,
    mark_damaged,
    put_off,
    render_again,
    unfinished_uploads,
    withdraw_file,
)
from server.storage.spool import Spool, SpoolBusy
from server.storage.unit_of_work import Database

GROUP = 500
GRACE_MS = 24 * 3_600_000
UNFINISHED_MS = 7 * 86_400_000


@dataclass(frozen=True, slots=True)
class Swept:
    """How much there was of each kind."""

    expired_uploads: int
    orphan_pieces: int
    unused_blobs: int
    orphan_objects: int
    damaged_blobs: int


async def sweep_orphans(
    database: Database,
    blobs: Blobs,
    spool: Spool,
    *,
    now: int,
    grace_ms: int = GRACE_MS,
    unfinished_ms: int = UNFINISHED_MS,
) -> Swept:
    """One round. `now` is milliseconds since 1970, by the clock that also stamps the store's objects."""
    expired = await _expire(database, spool, now, unfinished_ms)
    pieces = await _sweep_spool(database, spool, now - grace_ms)
    async with database.write() as tx:
        unused = await forget_unused_blobs(tx, 10 * GROUP)
    present, orphans = await _sweep_objects(database, blobs, now - grace_ms)
    damaged = await _find_damage(database, blobs, present, now)
    return Swept(expired, pieces, unused, orphans, damaged)


async def _expire(database: Database, spool: Spool, now: int, unfinished_ms: int) -> int:
    async with database.read() as snapshot:
        candidates = await expired_uploads(snapshot, now, GROUP)
    count = 0
    for upload, _ in candidates:
        lives_until = spool.touched_ms(upload) + unfinished_ms
        async with database.write() as tx:
            if lives_until > now:
                await put_off(tx, upload, lives_until)
            elif await withdraw_file(tx, upload):
                count += 1
    return count


async def _sweep_spool(database: Database, spool: Spool, before: int) -> int:
    old = [upload for upload in spool.uploads() if 0 < spool.touched_ms(upload) < before]
    async with database.read() as snapshot:
        wanted = await unfinished_uploads(snapshot, old)
    count = 0
    for upload in old:
        if upload in wanted:
            continue
        try:
            await asyncio.to_thread(spool.remove, upload)
        except SpoolBusy:
            continue
        count += 1
    return count


async def _sweep_objects(database: Database, blobs: Blobs, before: int) -> tuple[set[str], int]:
    """The keys that are there, and how many old ones were nobody's."""
    entries = [entry async for entry in blobs.entries()]
    old = [entry.key for entry in entries if entry.modified_ms < before]
    count = 0
    for start in range(0, len(old), GROUP):
        group = old[start : start + GROUP]
        async with database.read() as snapshot:
            known = await known_objects(snapshot, group)
        for key in group:
            if key not in known:
                await blobs.delete(key)
                count += 1
    return {entry.key for entry in entries}, count


async def _find_damage(database: Database, blobs: Blobs, present: set[str], now: int) -> int:
    """Marks blobs whose object is gone. One that was stored after the listing is asked for again, alone."""
    count, last = 0, ""
    while True:
        async with database.read() as snapshot:
            group = await blobs_after(snapshot, last, GROUP)
        if not group:
            return count
        last = group[-1].blob
        for blob in group:
            if blob.key in present and (not blob.rendition or blob.rendition in present):
                continue
            if not await blobs.exists(blob.key):
                async with database.write() as tx:
                    await mark_damaged(tx, blob.blob, now)
                count += 1
            elif blob.rendition and not await blobs.exists(blob.rendition):
                async with database.write() as tx:
                    await render_again(tx, blob.blob)
