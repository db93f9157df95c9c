"""Marks rise with a verified backup of this epoch, and never go back."""

from pathlib import Path

import msgspec

from server.actions.backup import back_up
from server.actions.backup_set import backups_in, write_manifest
from server.actions.change_epoch import RESTORED, change_epoch
from server.actions.mark_durable import mark_by, mark_durable
from server.centre import backup_source
from server.storage.fence import superseded_by
from tests.small_centre import HELPER, SmallCentre, small_centre


async def upto(small: SmallCentre, device: str) -> int:
    [(found,)] = await small.fetch("SELECT durable_upto FROM chains WHERE device = ?", [device])
    return int(found)


async def test_a_backup_marks_what_it_holds_and_an_older_one_takes_nothing_back(tmp_path: Path) -> None:
    async with small_centre(tmp_path / "a") as small:
        centre, device = small.centre, await small.enrol(HELPER)
        await small.register(device)
        await small.register(device, "李芳")
        report = await back_up(backup_source(centre), tmp_path / "second", now_ms=lambda: 1)
        await small.register(device, "赵")
        assert await upto(small, device) == 2
        older = [msgspec.structs.replace(one, last_seq=1) for one in report.manifest.chains]
        assert await mark_by(centre.database, msgspec.structs.replace(report.manifest, chains=older)) == 0
        assert await upto(small, device) == 2
        assert await mark_durable(centre.database, centre.secrets, tmp_path / "second") == 0


async def test_the_servers_own_round_marks_a_backup_that_another_machine_made(tmp_path: Path) -> None:
    async with small_centre(tmp_path / "a") as small:
        centre, device = small.centre, await small.enrol(HELPER)
        await small.register(device)
        await back_up(backup_source(centre), tmp_path / "second", now_ms=lambda: 1)
        await small.tamper("UPDATE chains SET durable_upto = 0")
        assert await mark_durable(centre.database, centre.secrets, tmp_path / "second") == 2
        assert await upto(small, device) == 1


async def test_a_backup_of_another_epoch_marks_nothing(tmp_path: Path) -> None:
    async with small_centre(tmp_path / "a") as small:
        centre, device = small.centre, await small.enrol(HELPER)
        await small.register(device)
        report = await back_up(backup_source(centre), tmp_path / "second", now_ms=lambda: 1)
        await small.tamper("UPDATE chains SET durable_upto = 0")
        await change_epoch(centre.store, report.manifest.epoch, RESTORED, now_ms=2, randomness=centre.randomness)
        assert await mark_by(centre.database, report.manifest) == 0
        assert await upto(small, device) == 0


async def test_an_old_centre_that_finds_a_later_ones_backup_marks_nothing_and_is_fenced(tmp_path: Path) -> None:
    """Both write their backups to one place, and the old one was never told that it was replaced."""
    second = tmp_path / "second"
    async with small_centre(tmp_path / "a") as small:
        centre, device = small.centre, await small.enrol(HELPER)
        await small.register(device)
        report = await back_up(backup_source(centre), second, now_ms=lambda: 1)
        later = report.manifest.epoch[:12] + "f" * 20
        [folder] = backups_in(second)
        write_manifest(folder, msgspec.structs.replace(report.manifest, epoch=later), centre.secrets)
        await small.tamper("UPDATE chains SET durable_upto = 0")
        assert await mark_durable(centre.database, centre.secrets, second) == 0
        async with centre.database.read() as snapshot:
            assert await superseded_by(snapshot) == later
        assert await mark_by(centre.database, report.manifest) == 0, "nor by a backup of its own"
        assert await upto(small, device) == 0
