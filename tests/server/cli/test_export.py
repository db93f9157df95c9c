"""`bangban export`."""

from pathlib import Path

from tests.command import bangban, finish
from tests.small_centre import load_small


def test_it_writes_into_a_new_folder_and_never_into_an_old_one(tmp_path: Path) -> None:
    finish(load_small(tmp_path / "a"))
    assert "resident.jsonl" in bangban("export", "--data", tmp_path / "a", "--to", tmp_path / "out")
    assert len((tmp_path / "out" / "resident.jsonl").read_bytes().splitlines()) == 15
    assert "is there already" in bangban("export", "--data", tmp_path / "a", "--to", tmp_path / "out", code=1)


def test_an_export_is_read_again_without_the_centre(tmp_path: Path) -> None:
    finish(load_small(tmp_path / "a"))
    bangban("export", "--data", tmp_path / "a", "--to", tmp_path / "out")
    assert "whole" in bangban("export", "--check", tmp_path / "out")
    (tmp_path / "out" / "case.jsonl").write_text("{}")
    assert "case.jsonl" in bangban("export", "--check", tmp_path / "out", code=2)
    assert "--to a new folder" in bangban("export", code=1)


def test_a_resident_who_is_not_there_is_told(tmp_path: Path) -> None:
    finish(load_small(tmp_path / "a"))
    told = bangban("export", "--data", tmp_path / "a", "--to", tmp_path / "one", "--resident", "0" * 32, code=1)
    assert "no resident" in told
