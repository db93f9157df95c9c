"""Tells devices what they may let go of: changes that are in a verified backup at a second place.

Law: a mark counts only for the epoch the backup was made in, and never goes back.
"""

from __future__ import annotations

import asyncio
from pathlib import Path

from server.actions.backup_set import Manifest, newest_verified
from server.credentials import Secrets
from server.storage.unit_of_work import Database

_MARK = """UPDATE chains SET durable_upto = ? WHERE device = ? AND chain_epoch = ?
           AND durable_upto < ? AND last_seq >= ?"""


async def mark_durable(database: Database, secrets: Secrets, folder: Path) -> int:
    """Raises marks by the newest verified backup in `folder`, if it lies at a second place. How many chains rose."""
    manifest = await asyncio.to_thread(newest_verified, folder, secrets)
    return await mark_by(database, manifest) if manifest is not None and manifest.second_place else 0


async def mark_by(database: Database, manifest: Manifest) -> int:
    async with database.read() as snapshot:
        centre = await snapshot.fetch_one("SELECT epoch FROM centre WHERE id = 1")
        rows = await snapshot.fetch("SELECT device, chain_epoch, durable_upto FROM chains")
    if centre is None or centre[0] != manifest.epoch:
        return 0
    marks = {(device, chain): upto for device, chain, upto in rows}
    risen = [one for one in manifest.chains if marks.get((one.device, one.chain_epoch), one.last_seq) < one.last_seq]
    if risen:
        async with database.write() as tx:
            await tx.execute_many(
                _MARK, [(one.last_seq, one.device, one.chain_epoch, one.last_seq, one.last_seq) for one in risen]
            )
    return len(risen)
