"""Tells a device what the places are called on which its person works: records name a place by its code alone."""

from __future__ import annotations

from server.storage.people import place_names
from server.storage.unit_of_work import Database


async def name_places(database: Database, account: str) -> dict[str, str]:
    """By code; of the places that the account reads now."""
    async with database.read() as snapshot:
        return await place_names(snapshot, account)
