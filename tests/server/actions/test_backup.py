"""A backup counts only once it was opened again and found whole, and nothing goes before that."""

import asyncio
from pathlib import Path

import pytest

from server.actions.backup import BackupFailed, BackupReport, back_up, is_second_place
from server.actions.backup_set import backups_in, read_manifest
from server.centre import backup_source
from server.storage.schema.records import KIND_TABLES
from tests.small_centre import HELPER, SmallCentre, small_centre
from tests.tampering import keep_file, key


class Ticks:
    """A clock that is a second later each time, so that no two backups have one name."""

    def __init__(self) -> None:
        self.now = 1_795_000_000_000

    def __call__(self) -> int:
        self.now += 1_000
        return self.now


async def made(small: SmallCentre, to: Path, keep: int = 7, ticks: Ticks | None = None) -> BackupReport:
    return await back_up(backup_source(small.centre), to, now_ms=ticks or Ticks(), keep=keep)


async def test_it_holds_every_row_and_file_and_marks_what_is_durable(tmp_path: Path) -> None:
    async with small_centre(tmp_path / "a") as small:
        device = await small.enrol(HELPER)
        await small.register(device)
        await keep_file(small, "photo", b"a photo")
        report = await made(small, tmp_path / "second")
        manifest = report.manifest
        assert manifest.second_place
        assert manifest.rows["residents"] == 3 * 5 + 1
        assert (manifest.blobs, manifest.blobs_missing) == (1, [])
        assert report.verified.is_whole
        assert b"a photo" not in (tmp_path / "second" / "blobs" / "objects" / key("photo")).read_bytes()
        assert await small.fetch("SELECT durable_upto FROM chains WHERE device = ?", [device]) == [(1,)]
        assert read_manifest(report.folder, small.centre.secrets) == read_manifest(report.folder, small.centre.secrets)


async def test_inside_the_data_folder_nothing_becomes_durable(tmp_path: Path) -> None:
    async with small_centre(tmp_path) as small:
        device = await small.enrol(HELPER)
        await small.register(device)
        report = await made(small, small.centre.settings.backup_folder)
        assert not report.manifest.second_place
        assert await small.fetch("SELECT durable_upto FROM chains WHERE device = ?", [device]) == [(0,)]


async def test_a_second_place_is_none_by_another_spelling(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "data")
    assert not is_second_place(tmp_path / "link" / "backups", tmp_path / "data")
    assert is_second_place(tmp_path / "data2", tmp_path / "data")


async def test_a_damaged_centre_makes_no_backup_and_keeps_the_old_ones(tmp_path: Path) -> None:
    to = tmp_path / "second"
    ticks = Ticks()
    async with small_centre(tmp_path / "a") as small:
        first = await made(small, to, 1, ticks)
        await small.tamper("UPDATE buckets SET row_count = row_count + 1")
        with pytest.raises(BackupFailed, match="bucket_rows"):
            await made(small, to, 1, ticks)
        assert backups_in(to) == [first.folder]
        assert [one.name for one in to.iterdir() if one.name.startswith("bangban-")] == [first.folder.name]


async def test_old_ones_go_after_the_new_one_is_proved_with_the_files_only_they_had(tmp_path: Path) -> None:
    to = tmp_path / "second"
    ticks = Ticks()
    async with small_centre(tmp_path / "a") as small:
        await keep_file(small, "old", b"old")
        await made(small, to, 2, ticks)
        await small.tamper("DELETE FROM files")
        await small.tamper("DELETE FROM blobs")
        await keep_file(small, "new", b"new")
        second = await made(small, to, 2, ticks)
        assert (to / "blobs" / "objects" / key("old")).exists()
        third = await made(small, to, 2, ticks)
        assert backups_in(to) == [second.folder, third.folder]
        assert not (to / "blobs" / "objects" / key("old")).exists()
        assert (to / "blobs" / "objects" / key("new")).exists()


async def test_a_file_without_bytes_is_named_in_the_manifest(tmp_path: Path) -> None:
    async with small_centre(tmp_path / "a") as small:
        await keep_file(small, "gone", b"gone")
        (tmp_path / "a" / "blobs" / "objects" / key("gone")).unlink()
        report = await made(small, tmp_path / "second")
        assert report.manifest.blobs_missing == [key("gone")]


async def test_a_full_disk_leaves_the_old_backup_and_no_half_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    to = tmp_path / "second"
    ticks = Ticks()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    async with small_centre(tmp_path / "a") as small:
        first = await made(small, to, 1, ticks)
        monkeypatch.setattr("server.actions.backup.copy_sqlite", full)
        with pytest.raises(OSError, match="No space"):
            await made(small, to, 1, ticks)
        assert [one.name for one in to.iterdir() if one.name.startswith("bangban-")] == [first.folder.name]


async def test_writing_goes_on_meanwhile_and_the_copy_is_one_moment(tmp_path: Path) -> None:
    async with small_centre(tmp_path / "a") as small:
        device = await small.enrol(HELPER)

        async def write() -> None:
            for number in range(20):
                await small.register(device, f"居民{number}")

        report, _ = await asyncio.gather(made(small, tmp_path / "second"), write())
        assert report.verified.is_whole


async def test_what_an_earlier_try_left_is_cleared(tmp_path: Path) -> None:
    to = tmp_path / "second"
    left = to / "bangban-20260101T000000000Z.unfinished"
    left.mkdir(parents=True)
    async with small_centre(tmp_path / "a") as small:
        await made(small, to)
    assert not left.exists()


@pytest.mark.postgres
async def test_a_postgres_centre_becomes_one_file_that_is_whole(tmp_path: Path, postgres_url: str) -> None:
    async with small_centre(tmp_path / "a", database=postgres_url) as small:
        await small.register(await small.enrol(HELPER))
        report = await made(small, tmp_path / "second")
        assert report.manifest.engine == "postgres"
        assert report.verified.is_whole
        kept = sum(report.manifest.rows.get(table.table, 0) for table in KIND_TABLES.values())
        assert report.verified.records == kept > 1
