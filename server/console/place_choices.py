"""Owns how a place is chosen by typing: the village with its town before it, out of those in one's scope."""

from __future__ import annotations

from server.console.visit import Visit
from server.domain.people.reach import places_below
from server.storage.places import all_places


async def place_choices(visit: Visit) -> dict[str, str]:
    """What can be typed → the place's code."""
    platform = visit.console.platform
    below = set(places_below(visit.account.scope, await platform.directory()))
    async with platform.database.read() as snapshot:
        every = {one.code: one for one in await all_places(snapshot)}
    return {
        f"{every[one.parent].name} {one.name}" if one.parent in every else one.name: code
        for code, one in every.items()
        if code in below
    }
