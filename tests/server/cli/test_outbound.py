"""`bangban outbound`: what waits and why, and a second try."""

import json
from pathlib import Path

from tests.command import bangban, finish
from tests.small_centre import load_small, small_centre

KEY = "a" * 32
ROW = "INSERT INTO outbound VALUES (?, 1, ?, 'accepted', 'refused', 1, 1795000000000, 0, '422 no such item', ?)"


def refused(folder: Path) -> None:
    async def work() -> bool:
        await load_small(folder)
        async with small_centre(folder) as small:
            await small.tamper(ROW, [KEY, "c" * 32, b"x"])
        return True

    finish(work())


def test_the_standing_names_what_was_refused_and_retry_lets_it_wait(tmp_path: Path) -> None:
    refused(tmp_path)
    told = json.loads(bangban("outbound", "status", "--json", "--data", tmp_path))
    assert (told["waiting"], told["refused"]) == (0, 1)
    assert told["refusals"] == [[KEY, "accepted", "422 no such item"]]
    assert "422 no such item" in bangban("outbound", "status", "--data", tmp_path)
    assert "no refused message" in bangban("outbound", "retry", "b" * 32, "--data", tmp_path, code=1)
    bangban("outbound", "retry", "--data", tmp_path)
    after = json.loads(bangban("outbound", "status", "--json", "--data", tmp_path))
    assert (after["waiting"], after["refused"], after["oldest_at"]) == (1, 0, 1795000000000)
