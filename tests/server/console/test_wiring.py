"""The console has the platform's clock."""

from __future__ import annotations

from pathlib import Path

from tests.server.console.office import office


async def test_the_console_reads_the_clock_it_was_given(tmp_path: Path) -> None:
    async with office(tmp_path) as desk:
        before = desk.console.now()
        desk.clock.advance(5)
        assert desk.console.now() == before + 5
