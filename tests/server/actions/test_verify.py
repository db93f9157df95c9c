"""Honest work is whole; files are hashed."""

from pathlib import Path

from tests.small_centre import small_centre
from tests.tampering import keep_file, key, verified, worked_in


async def test_honest_work_is_whole(tmp_path: Path) -> None:
    async with small_centre(tmp_path) as small:
        await worked_in(small)
        report = await verified(small)
        assert report.is_whole, report.findings.found
        assert report.signed_ends > 0
        assert report.chains == 2


async def test_a_file_whose_bytes_rotted_or_vanished_is_found(tmp_path: Path) -> None:
    async with small_centre(tmp_path) as small:
        await keep_file(small, "a", b"whole")
        await keep_file(small, "b", b"rotten")
        await keep_file(small, "c", b"gone")
        assert (await verified(small)).is_whole
        objects = tmp_path / "blobs" / "objects"
        (objects / key("b")).write_bytes(b"rottem")
        (objects / key("c")).unlink()
        report = await verified(small)
        assert report.findings.codes == {"object_damaged", "object_missing"}
        assert report.objects == 1


async def test_a_stored_file_without_its_object_is_found(tmp_path: Path) -> None:
    async with small_centre(tmp_path) as small:
        await keep_file(small, "a", b"whole")
        await small.tamper("DELETE FROM blobs")
        assert (await verified(small)).findings.codes == {"file_without_bytes"}
