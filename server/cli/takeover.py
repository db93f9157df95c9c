"""`bangban takeover`: of two centres that know of each other, this one goes on."""

from __future__ import annotations

import os
import time

from server.actions.change_epoch import TAKEN_OVER, change_epoch
from server.centre import open_centre
from server.cli.centre import DatabaseOption, DataOption, fail, run, settings_with
from server.cli.terminal import terminal
from server.settings import Settings


def takeover(database: DatabaseOption = None, data: DataOption = None) -> None:
    """Begin an epoch later than the one that was begun elsewhere. First make sure that the other centre has ended."""
    epoch, later = run(_take_over(settings_with(database, data)))
    if not later:
        fail(f"nothing to do: no later history than this centre's epoch {epoch} was heard of")
    terminal().print(f"new epoch {epoch}, later than {later}: devices send what is missing here, and read all again")


async def _take_over(settings: Settings) -> tuple[str, str]:
    """The epoch that holds now, and the one that stood against it; "" when none did and nothing was done."""
    async with open_centre(settings) as centre:
        async with centre.store.read() as unit:
            state = await unit.centre()
        if not state.superseded_by:
            return state.epoch, ""
        now_ms = time.time_ns() // 1_000_000
        epoch = await change_epoch(centre.store, state.epoch, TAKEN_OVER, now_ms=now_ms, randomness=os.urandom)
        return epoch, state.superseded_by
