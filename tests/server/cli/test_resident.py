"""`bangban resident`: a copy for the person, and an end to it."""

from pathlib import Path

from server.centre import open_centre
from tests.command import bangban, finish
from tests.small_centre import load_small, settings_in


async def one_resident(folder: Path) -> str:
    async with open_centre(settings_in(folder)) as centre, centre.database.read() as snapshot:
        [(resident,)] = await snapshot.fetch("SELECT id FROM residents ORDER BY id LIMIT 1")
    return str(resident)


def test_a_copy_is_written_and_then_all_is_emptied_and_verifying_finds_nothing(tmp_path: Path) -> None:
    finish(load_small(tmp_path))
    resident = finish(one_resident(tmp_path))
    reason = ("--reason", "本人来电申请", "--data", tmp_path)
    told = bangban("resident", "export", resident, "--to", tmp_path / "out", *reason)
    assert "lines" in told
    assert "there already" in bangban("resident", "export", resident, "--to", tmp_path / "out", *reason, code=1)
    assert "1 records emptied" in bangban("resident", "erase", resident, "--yes", *reason)
    assert "0 records emptied" in bangban("resident", "erase", resident, "--yes", *reason)
    assert "no resident" in bangban("resident", "erase", "0" * 32, "--yes", *reason, code=1)
    assert "whole" in bangban("verify", "--data", tmp_path, "--no-files")
