"""A restored centre is the backed-up one in a new epoch; a backup that is not whole is refused untouched."""

import hashlib
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from server.actions.backup import back_up
from server.actions.backup_set import DATABASE, MANIFEST, BackupUnusable, backups_in
from server.actions.restore import RestoreReport, TargetNotEmpty, copy_database, restore
from server.actions.verify import verify
from server.centre import backup_source, open_centre, restore_target
from server.settings import Settings
from server.storage.blobs import open_blobs
from tests.small_centre import HELPER, settings_in, small_centre
from tests.tampering import keep_file, key

NOW = 1_795_000_000_000


async def backed_up(tmp_path: Path, database: str = "") -> Path:
    """A backup of a centre with some work and a file; its folder."""
    async with small_centre(tmp_path / "a", database=database) as small:
        await small.register(await small.enrol(HELPER))
        await keep_file(small, "photo", b"a photo")
        report = await back_up(backup_source(small.centre), tmp_path / "second", now_ms=lambda: NOW)
    return report.folder


def new_place(tmp_path: Path, name: str = "b") -> Settings:
    settings = settings_in(tmp_path / name)
    settings.master_secret_file.parent.mkdir(parents=True)
    settings.master_secret_file.write_bytes((tmp_path / "a" / "keys" / "master").read_bytes())
    settings.master_secret_file.chmod(0o600)
    return settings


async def restored(folder: Path, settings: Settings) -> RestoreReport:
    return await restore(folder, restore_target(settings), now_ms=NOW, randomness=os.urandom)


async def test_rows_sums_and_files_are_back_in_a_new_epoch(tmp_path: Path) -> None:
    folder = await backed_up(tmp_path)
    settings = new_place(tmp_path)
    report = await restored(folder, settings)
    async with open_centre(settings_in(tmp_path / "a")) as old, open_centre(settings) as new:
        blobs = open_blobs(settings.blobs, new.sealing)
        assert (await verify(new.database, new.sealing, new.policies, blobs=blobs)).is_whole
        sums = "SELECT id, head, sum, row_count, log_hash FROM buckets ORDER BY id"
        async with old.database.read() as before, new.database.read() as after:
            assert await before.fetch(sums) == await after.fetch(sums)
            [[epoch, block]] = await after.fetch("SELECT epoch, epoch_block FROM centre")
            [[old_epoch, old_block]] = await before.fetch("SELECT epoch, epoch_block FROM centre")
            assert (epoch, block) == (report.epoch, old_block + 1)
            assert epoch != old_epoch
            assert await after.fetch("SELECT 1 FROM buckets WHERE restored_head <> head") == []
            assert await after.fetch("SELECT 1 FROM chains WHERE durable_upto <> last_seq") == []
        assert await blobs.get(key("photo"), hashlib.sha256(b"a photo").hexdigest()) == b"a photo"


async def test_a_database_that_holds_something_is_not_written_over(tmp_path: Path) -> None:
    folder = await backed_up(tmp_path)
    with pytest.raises(TargetNotEmpty):
        await restored(folder, settings_in(tmp_path / "a"))


def cut(folder: Path) -> None:
    path = folder / DATABASE
    path.write_bytes(path.read_bytes()[:-4096])


def flip(folder: Path) -> None:
    content = bytearray((folder / DATABASE).read_bytes())
    content[len(content) // 2] ^= 1
    (folder / DATABASE).write_bytes(content)


def without_manifest(folder: Path) -> None:
    (folder / MANIFEST).unlink()


def edit_manifest(folder: Path) -> None:
    path = folder / MANIFEST
    path.write_bytes(path.read_bytes().replace(b'"second_place": true', b'"second_place": false'))


def half_manifest(folder: Path) -> None:
    path = folder / MANIFEST
    path.write_bytes(path.read_bytes()[:200])


def without_database(folder: Path) -> None:
    (folder / DATABASE).unlink()


def rot_a_file(folder: Path) -> None:
    (folder.parent / "blobs" / "objects" / key("photo")).write_bytes(b"a phozo")


def lose_a_file(folder: Path) -> None:
    (folder.parent / "blobs" / "objects" / key("photo")).unlink()


@pytest.mark.parametrize(
    ("harm", "reason"),
    [
        (cut, "bytes of"),
        (flip, "its hash is another"),
        (without_manifest, "never finished"),
        (edit_manifest, "was altered"),
        (half_manifest, "cannot be read"),
        (without_database, "cannot be read"),
        (rot_a_file, "damaged"),
        (lose_a_file, "missing"),
    ],
)
async def test_a_harmed_backup_is_refused_with_the_reason_and_nothing_is_written(
    tmp_path: Path, harm: Callable[[Path], None], reason: str
) -> None:
    folder = await backed_up(tmp_path)
    harm(folder)
    settings = new_place(tmp_path)
    with pytest.raises(BackupUnusable, match=reason):
        await restored(folder, settings)
    assert not (tmp_path / "b" / "bangban.db").exists()


async def test_another_centres_secret_opens_nothing(tmp_path: Path) -> None:
    folder = await backed_up(tmp_path)
    settings = new_place(tmp_path)
    settings.master_secret_file.write_text("00" * 32)
    with pytest.raises(BackupUnusable, match="another master secret"):
        await restored(folder, settings)


async def test_an_unfinished_backup_is_not_listed(tmp_path: Path) -> None:
    folder = await backed_up(tmp_path)
    folder.rename(folder.with_name(folder.name + ".unfinished"))
    (tmp_path / "second" / (folder.name + ".unfinished") / MANIFEST).unlink()
    assert backups_in(tmp_path / "second") == []


SUMS = "SELECT id, head, row_count, log_length FROM buckets ORDER BY id"
CHAINS = "SELECT device, chain_epoch, last_seq, durable_upto FROM chains ORDER BY device, chain_epoch"


@pytest.mark.postgres
async def test_moving_to_postgres_keeps_epoch_sums_and_counters_and_work_goes_on(
    tmp_path: Path, postgres_server: object
) -> None:
    with postgres_server.database(empty=True) as url:  # type: ignore[attr-defined]
        async with small_centre(tmp_path) as small:
            device = await small.enrol(HELPER)
            await small.register(device)
            before = [await small.fetch(sql) for sql in (SUMS, CHAINS, "SELECT epoch FROM centre")]
            chains = small._chains
        settings = settings_in(tmp_path)
        counts = await copy_database(settings.database, url, source_key=None, target_key=None, now_ms=NOW)
        assert counts["residents"] == 3 * 5 + 1
        async with small_centre(tmp_path, load=False, database=url) as moved:
            assert [await moved.fetch(sql) for sql in (SUMS, CHAINS, "SELECT epoch FROM centre")] == before
            moved._chains, moved._made = chains, 10
            written = await moved.register(device, "李芳")
            assert [one.code.value for one in written.outcomes] == ["applied"]
            centre = moved.centre
            report = await verify(centre.database, centre.sealing, centre.policies, blobs=None)
            assert report.is_whole, report.findings.found


@pytest.mark.postgres
async def test_a_sqlite_backup_restores_into_postgres(tmp_path: Path, postgres_server: object) -> None:
    folder = await backed_up(tmp_path)
    with postgres_server.database(empty=True) as url:  # type: ignore[attr-defined]
        settings = replace(new_place(tmp_path), database=url)
        await restored(folder, settings)
        async with open_centre(settings) as centre:
            assert (await verify(centre.database, centre.sealing, centre.policies, blobs=None)).is_whole


async def test_moving_into_a_database_that_holds_something_is_refused(tmp_path: Path) -> None:
    async with small_centre(tmp_path / "a"), small_centre(tmp_path / "b"):
        pass
    with pytest.raises(TargetNotEmpty):
        await copy_database(
            settings_in(tmp_path / "a").database,
            settings_in(tmp_path / "b").database,
            source_key=None,
            target_key=None,
            now_ms=NOW,
        )
