"""`bangban export`."""

from pathlib import Path

from tests.command import bangban, finish
from tests.small_centre import load_small, small_centre

WHY = ("--reason", "离场交接")


def test_it_writes_into_a_new_folder_and_never_into_an_old_one(tmp_path: Path) -> None:
    finish(load_small(tmp_path / "a"))
    assert "resident.jsonl" in bangban("export", "--data", tmp_path / "a", "--to", tmp_path / "out", *WHY)
    assert len((tmp_path / "out" / "resident.jsonl").read_bytes().splitlines()) == 15
    assert "is there already" in bangban("export", "--data", tmp_path / "a", "--to", tmp_path / "out", *WHY, code=1)


def test_an_export_is_read_again_without_the_centre(tmp_path: Path) -> None:
    finish(load_small(tmp_path / "a"))
    bangban("export", "--data", tmp_path / "a", "--to", tmp_path / "out", *WHY)
    assert "whole" in bangban("export", "--check", tmp_path / "out")
    (tmp_path / "out" / "case.jsonl").write_text("{}")
    assert "case.jsonl" in bangban("export", "--check", tmp_path / "out", code=2)
    assert "--to a new folder" in bangban("export", code=1)


def test_a_resident_who_is_not_there_is_told(tmp_path: Path) -> None:
    finish(load_small(tmp_path / "a"))
    told = bangban("export", "--data", tmp_path / "a", "--to", tmp_path / "one", "--resident", "0" * 32, *WHY, code=1)
    assert "no resident" in told


def test_who_takes_everything_along_says_why_and_it_is_in_the_log(tmp_path: Path) -> None:
    folder = tmp_path / "a"
    finish(load_small(folder))
    silent = bangban("export", "--data", folder, "--to", tmp_path / "out", code=1)
    assert "everything" in silent
    assert not (tmp_path / "out").exists()
    bangban("export", "--data", folder, "--to", tmp_path / "out", *WHY)

    async def looks() -> list[tuple[object, ...]]:
        async with small_centre(folder) as small:
            return await small.fetch("SELECT a.login, r.kind FROM reads r JOIN accounts a ON a.id = r.account")

    assert [kind for _, kind in finish(looks())] == ["everything"]
