"""The folder of unfinished uploads."""

import os
from pathlib import Path

import pytest

from server.storage.blobs import BlobsFull, BlobsUnreachable
from server.storage.spool import Spool, SpoolBusy

UPLOAD = "0" * 32


def test_the_offset_is_the_length_of_the_file(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    assert (spool.size(UPLOAD), spool.touched_ms(UPLOAD)) == (0, 0)
    for piece in (b"abc", b"de"):
        file = spool.open(UPLOAD)
        file.append(piece)
        file.sync()
        file.close()
    assert spool.size(UPLOAD) == 5
    assert spool.touched_ms(UPLOAD) > 0
    assert (tmp_path / UPLOAD).read_bytes() == b"abcde"


def test_one_writer_at_a_time(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    file = spool.open(UPLOAD)
    with pytest.raises(SpoolBusy):
        Spool(tmp_path).open(UPLOAD)
    with pytest.raises(SpoolBusy):
        spool.remove(UPLOAD)
    file.close()
    spool.remove(UPLOAD)
    assert list(spool.uploads()) == []


def test_a_file_that_was_taken_away_while_its_lock_was_awaited_is_not_written_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spool = Spool(tmp_path)
    spool.open(UPLOAD).close()
    real = os.open

    def opened_late(path: str, *rest: int) -> int:
        descriptor = real(path, *rest)
        monkeypatch.setattr(os, "open", real)
        Path(path).unlink()  # another process finishes the upload just then
        return descriptor

    monkeypatch.setattr(os, "open", opened_late)
    file = spool.open(UPLOAD)
    file.append(b"here")
    file.close()
    assert spool.size(UPLOAD) == 4


def test_a_full_disk_is_told_and_a_failed_sync_leaves_nothing_to_trust(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = Spool(tmp_path).open(UPLOAD)

    def full(descriptor: int, data: bytes) -> int:
        raise OSError(28, "full")

    def broken(descriptor: int) -> None:
        raise OSError(5, "broken")

    file.append(b"abc")
    with monkeypatch.context() as patched:
        patched.setattr(os, "write", full)
        with pytest.raises(BlobsFull):
            file.append(b"def")
    assert file.size == 3
    monkeypatch.setattr(os, "fdatasync", broken)
    with pytest.raises(BlobsUnreachable):
        file.sync()
    assert Spool(tmp_path).size(UPLOAD) == 0
    file.close()
