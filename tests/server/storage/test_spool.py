"""The folder of unfinished uploads."""

import os
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.storage.blobs import BlobsFull, BlobsUnreachable
from server.storage.spool import Spool, SpoolBusy
from tests.centre import sealing

UPLOAD = "0" * 32


def test_the_offset_is_the_length_of_the_file(tmp_path: Path) -> None:
    spool = Spool(tmp_path, sealing())
    assert (spool.size(UPLOAD), spool.touched_ms(UPLOAD)) == (0, 0)
    for piece in (b"abc", b"de"):
        file = spool.open(UPLOAD)
        file.append(piece)
        file.sync()
        file.close()
    assert spool.size(UPLOAD) == 5
    assert spool.touched_ms(UPLOAD) > 0
    file = spool.open(UPLOAD)
    assert file.read() == b"abcde"
    file.close()


@given(st.lists(st.binary(max_size=70), max_size=6), st.data())
def test_what_comes_in_pieces_of_any_size_is_read_as_it_was_sent(pieces: list[bytes], data: st.DataObject) -> None:
    with tempfile.TemporaryDirectory() as folder:
        kept = b""
        for piece in pieces:
            file = Spool(Path(folder), sealing()).open(UPLOAD)
            file.append(piece)
            kept += piece
            if data.draw(st.booleans()):
                kept = kept[: data.draw(st.integers(0, len(kept)))]
                file.cut(len(kept))
            assert file.read() == kept
            file.close()


def test_nobody_reads_a_photo_off_the_disk_or_finds_that_two_are_one(tmp_path: Path) -> None:
    photo = b"\xff\xd8\xff\xe0" + b"the same row of pixels again and again " * 40
    for upload in ("0" * 32, "1" * 32):
        file = Spool(tmp_path, sealing()).open(upload)
        file.append(photo)
        file.close()
    lying = [path.read_bytes() for path in tmp_path.iterdir()]
    windows = {photo[at : at + 8] for at in range(len(photo) - 7)}
    assert [len(one) for one in lying] == [len(photo)] * 2
    assert not [one for one in lying for at in range(len(one) - 7) if one[at : at + 8] in windows]
    assert lying[0] != lying[1]


def test_one_writer_at_a_time(tmp_path: Path) -> None:
    spool = Spool(tmp_path, sealing())
    file = spool.open(UPLOAD)
    with pytest.raises(SpoolBusy):
        Spool(tmp_path, sealing()).open(UPLOAD)
    with pytest.raises(SpoolBusy):
        spool.remove(UPLOAD)
    file.close()
    spool.remove(UPLOAD)
    assert list(spool.uploads()) == []


def test_a_file_that_was_taken_away_while_its_lock_was_awaited_is_not_written_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spool = Spool(tmp_path, sealing())
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
    file = Spool(tmp_path, sealing()).open(UPLOAD)

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
    assert Spool(tmp_path, sealing()).size(UPLOAD) == 0
    file.close()
