"""Staying connected: an exchange on news, and the store free for another window in between."""

from __future__ import annotations

import asyncio
import contextlib
import os
from pathlib import Path

import pytest

from server.cli.device import enrolling
from server.cli.device.filing import file_visit
from server.cli.device.office import open_unlocked
from server.cli.device.screen import Screen
from server.cli.device.watching import Watch
from server.clock import MachineClock
from sync.device.keys import KeyFolder
from tests.server.cli.device.centre import running_centre
from tests.server.cli.device.village import FAST, PIN, whole_visit


async def settled(watch: Watch) -> None:
    watch.exchanged.clear()
    async with asyncio.timeout(60):
        await watch.exchanged.wait()


def test_a_visit_filed_in_another_window_goes_up_by_itself(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder, clock = tmp_path / "store", MachineClock()
    with running_centre(tmp_path / "centre") as centre:
        enrolling.enrol(folder, centre.address, centre.code("helper"), PIN, clock, os.urandom, slowness=FAST)
        key = KeyFolder(folder).open(PIN)

        async def stay() -> int:
            watch = Watch(folder, key, clock, Screen())
            running = asyncio.ensure_future(watch.run())
            await settled(watch)
            with open_unlocked(folder, key, clock) as office:
                file_visit(office, whole_visit(materials={}))
            await settled(watch)
            running.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await running
            with open_unlocked(folder, key, clock) as office:
                return office.replica.unsent().changes

        assert asyncio.run(stay()) == 0
    assert "已办入 2" in capsys.readouterr().out
