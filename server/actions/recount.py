"""Makes every count anew from the records and changes it counts, in one transaction: after a restore, or when verifying
found one that differs.
"""

from __future__ import annotations

from server.storage.counts import count_again
from server.storage.unit_of_work import Database


async def recount(database: Database) -> dict[str, int]:
    """Table of counts → how many rows it has now."""
    async with database.write() as tx:
        return await count_again(tx, database.engine)
