"""The paper that proves a backup."""

from pathlib import Path

import msgspec
import pytest

from server.actions.backup_set import (
    MANIFEST,
    BackupUnusable,
    ChainPosition,
    KeptFile,
    Manifest,
    backups_in,
    folder_name,
    hash_file,
    newest_verified,
    read_manifest,
    write_manifest,
)
from server.credentials import Secrets

SECRETS = Secrets(b"s" * 32)


def manifest(made_at: int = 1) -> Manifest:
    return Manifest(
        made_at=made_at,
        verified_at=made_at,
        second_place=True,
        engine="sqlite",
        schema_version=1,
        epoch="e",
        epoch_block=0,
        database=KeptFile("aa", 1),
        blob_list=KeptFile("bb", 0),
        blobs=0,
        blobs_missing=[],
        rows={"cases": 2},
        chains=[ChainPosition("d", 1, 7)],
        log_position=9,
    )


def kept(folder: Path, made_at: int) -> Path:
    one = folder / folder_name(made_at)
    one.mkdir()
    write_manifest(one, manifest(made_at), SECRETS)
    return one


def test_a_manifest_comes_back_as_it_was(tmp_path: Path) -> None:
    found = read_manifest(kept(tmp_path, 5), SECRETS)
    assert msgspec.structs.replace(found, mac="") == manifest(5)


def test_names_sort_by_time(tmp_path: Path) -> None:
    times = [0, 999, 1_000, 1_795_000_000_123, 1_795_000_000_124]
    names = [folder_name(time) for time in times]
    assert names == sorted(names)
    assert len(set(names)) == len(times)


def test_backups_are_listed_oldest_first_and_others_are_not(tmp_path: Path) -> None:
    late, early = kept(tmp_path, 2_000), kept(tmp_path, 1_000)
    (tmp_path / "bangban-without-manifest").mkdir()
    (tmp_path / "something").mkdir()
    assert backups_in(tmp_path) == [early, late]
    assert backups_in(tmp_path / "absent") == []


def test_the_newest_that_holds_is_found(tmp_path: Path) -> None:
    kept(tmp_path, 1_000)
    (kept(tmp_path, 2_000) / MANIFEST).write_bytes(b"{")
    found = newest_verified(tmp_path, SECRETS)
    assert found is not None
    assert found.made_at == 1_000


def test_one_altered_figure_is_refused(tmp_path: Path) -> None:
    folder = kept(tmp_path, 1)
    path = folder / MANIFEST
    path.write_bytes(path.read_bytes().replace(b'"cases": 2', b'"cases": 3'))
    with pytest.raises(BackupUnusable, match="altered"):
        read_manifest(folder, SECRETS)


def test_a_later_format_is_refused_by_its_number(tmp_path: Path) -> None:
    folder = tmp_path / "x"
    folder.mkdir()
    write_manifest(folder, msgspec.structs.replace(manifest(), format=9), SECRETS)
    with pytest.raises(BackupUnusable, match="format 9"):
        read_manifest(folder, SECRETS)


def test_a_file_that_is_not_there_cannot_be_hashed(tmp_path: Path) -> None:
    with pytest.raises(BackupUnusable, match="x cannot be read"):
        hash_file(tmp_path / "x")
