"""Whoever works nearest is told."""

from __future__ import annotations

from pathlib import Path

from server.actions.whom_to_tell import TOLD_MAX, read_listeners
from server.centre import platform_of
from tests.small_centre import TOWN, VILLAGE, small_centre


async def test_a_village_without_a_desk_is_its_towns_and_a_unit_its_people(tmp_path: Path) -> None:
    async with small_centre(tmp_path) as small:
        directory = await platform_of(small.centre, small.writer).directory()
        async with small.centre.database.read() as snapshot:
            listeners = await read_listeners(snapshot, directory)
        lead = next(one for one in small.world.accounts if one.role == "town_lead" and TOWN in one.scope_places)
        account = await small.account(lead.login)
        assert account.id in listeners.of(f"place:{VILLAGE}")
        assert listeners.of(f"place:{VILLAGE}") == listeners.of(f"place:{TOWN}")
        [unit] = directory.units_at(VILLAGE)[:1]
        assert 0 < len(listeners.of(f"unit:{unit}")) <= TOLD_MAX
        assert listeners.of("account:x") == ("x",)
        assert listeners.of("place:nowhere") == ()
