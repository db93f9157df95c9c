"""The child hears the settings as they are, and says how far it is before what it found."""

from __future__ import annotations

import asyncio
import sys
from dataclasses import replace
from pathlib import Path

import msgspec

from server.settings import Settings
from server.trail_child import read_settings
from tests.small_centre import small_centre


def test_settings_arrive_as_they_were() -> None:
    told = replace(Settings(), trusted_proxies=("127.0.0.1",), data_folder=Path("/srv/办"), rate_limit_factor=0.5)
    assert read_settings(msgspec.json.encode(told, enc_hook=str)) == told


async def run_on(settings: Settings) -> bytes:
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-I", "-m", "server.trail_child"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    said, _ = await child.communicate(msgspec.json.encode(settings, enc_hook=str))
    assert child.returncode == 0
    return said


async def test_it_says_how_far_it_is_and_then_what_it_found(tmp_path: Path) -> None:
    async with small_centre(tmp_path) as small:
        [[changes]] = await small.fetch("SELECT count(*) FROM changes")
        settings = small.centre.settings
    *on_the_way, last = [msgspec.json.decode(line) for line in (await run_on(settings)).splitlines()]
    assert on_the_way
    assert all(set(line) == {"checked"} for line in on_the_way)
    assert last["report"]["changes"] == changes
    assert last["report"]["findings"]["count"] == 0
