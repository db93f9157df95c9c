"""`bangban recount`: makes every number that is kept beside the records anew from the records themselves."""

from __future__ import annotations

from server.actions.recount import recount as recount_all
from server.centre import open_centre
from server.cli.centre import DatabaseOption, DataOption, run, settings_with
from server.cli.terminal import terminal
from server.settings import Settings


def recount(database: DatabaseOption = None, data: DataOption = None) -> None:
    """Count everything again. Safe at any time; while it runs, for a few seconds, nothing else is written."""
    for table, rows in run(_recount(settings_with(database, data))).items():
        terminal().print(f"{table}: {rows}")


async def _recount(settings: Settings) -> dict[str, int]:
    async with open_centre(settings) as centre:
        return await recount_all(centre.database)
