"""Tells devices what they may let go of: changes that are in a verified backup at a second place.

Laws: a mark counts only for the epoch the backup was made in, and never goes back. A centre that finds a backup of a
later epoch than any it knows, made with its own secret, is the older of two (server/storage/fence.py), and is fenced.
"""

from __future__ import annotations

import asyncio
from pathlib import Path

from server.actions.backup_set import Manifest, newest_verified
from server.credentials import Secrets
from server.storage.fence import CENTRE, note_elsewhere
from server.storage.unit_of_work import Database

_MARK = """UPDATE chains SET durable_upto = ? WHERE device = ? AND chain_epoch = ?
           AND durable_upto < ? AND last_seq >= ?"""


async def mark_durable(database: Database, secrets: Secrets, folder: Path) -> int:
    """Raises marks by the newest verified backup in `folder`, if it lies at a second place. How many chains rose."""
    manifest = await asyncio.to_thread(newest_verified, folder, secrets)
    if manifest is None or not manifest.second_place:
        return 0
    await _look_for_another(database, manifest)
    return await mark_by(database, manifest)


async def _look_for_another(database: Database, manifest: Manifest) -> None:
    async with database.read() as snapshot:
        known = await snapshot.fetch_one("SELECT 1 FROM epochs WHERE epoch = ?", [manifest.epoch])
        centre = await snapshot.fetch_one(*CENTRE)
    if known is None and centre is not None and manifest.epoch > centre[0]:
        async with database.write() as tx:
            await note_elsewhere(tx, manifest.epoch, manifest.made_at)


async def mark_by(database: Database, manifest: Manifest) -> int:
    async with database.read() as snapshot:
        centre = await snapshot.fetch_one(*CENTRE)
        rows = await snapshot.fetch("SELECT device, chain_epoch, durable_upto FROM chains")
    if centre is None or centre[0] != manifest.epoch or centre[2]:
        return 0
    marks = {(device, chain): upto for device, chain, upto in rows}
    risen = [one for one in manifest.chains if marks.get((one.device, one.chain_epoch), one.last_seq) < one.last_seq]
    if risen:
        async with database.write() as tx:
            await tx.execute_many(
                _MARK, [(one.last_seq, one.device, one.chain_epoch, one.last_seq, one.last_seq) for one in risen]
            )
    return len(risen)
