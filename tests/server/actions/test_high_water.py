"""An old copy of the database is noticed before anybody is answered."""

import shutil
from pathlib import Path

import pytest

from server.actions.high_water import FILE, check_high_water, keep_high_water, kept_high_water, read_high_water
from tests.small_centre import HELPER, SmallCentre, small_centre


async def mark(small: SmallCentre) -> None:
    found = await read_high_water(small.centre.database)
    assert found is not None
    keep_high_water(small.centre.settings.data_folder, found)


async def is_cut(small: SmallCentre) -> bool:
    centre = small.centre
    return await check_high_water(
        centre.database, centre.store, centre.settings.data_folder, now_ms=1, randomness=centre.randomness
    )


async def worked(small: SmallCentre, phone: str) -> None:
    await small.register(await small.enrol(HELPER, phone), phone)


async def test_a_database_that_went_on_is_the_same(tmp_path: Path) -> None:
    async with small_centre(tmp_path) as small:
        await mark(small)
        await worked(small, "a")
        assert not await is_cut(small)
        await mark(small)
        assert not await is_cut(small)


async def test_an_old_copy_put_in_its_place_begins_a_new_epoch_once(tmp_path: Path) -> None:
    async with small_centre(tmp_path):
        pass
    shutil.copy(tmp_path / "bangban.db", tmp_path / "old.db")
    async with small_centre(tmp_path) as small:
        [(epoch,)] = await small.fetch("SELECT epoch FROM centre")
        await worked(small, "a")
        await mark(small)
    shutil.copy(tmp_path / "old.db", tmp_path / "bangban.db")
    async with small_centre(tmp_path) as small:
        assert await is_cut(small)
        [(after, block)] = await small.fetch("SELECT epoch, epoch_block FROM centre")
        assert after != epoch
        assert block == 1
        assert await small.fetch("SELECT reason FROM epochs WHERE epoch = ?", [after]) == [("high_water",)]
        await mark(small)
        assert not await is_cut(small)


async def test_an_old_copy_that_grew_as_far_again_is_noticed_too(tmp_path: Path) -> None:
    async with small_centre(tmp_path):
        pass
    shutil.copy(tmp_path / "bangban.db", tmp_path / "old.db")
    async with small_centre(tmp_path) as small:
        await worked(small, "a")
        await mark(small)
    shutil.copy(tmp_path / "old.db", tmp_path / "bangban.db")
    async with small_centre(tmp_path) as small:
        await worked(small, "b")
        assert await is_cut(small)


@pytest.mark.parametrize("content", [None, b"", b"{", b'{"epoch":1}'])
async def test_without_a_file_that_can_be_read_nothing_is_known(tmp_path: Path, content: bytes | None) -> None:
    async with small_centre(tmp_path) as small:
        if content is not None:
            (tmp_path / FILE).write_bytes(content)
        assert kept_high_water(tmp_path) is None
        assert not await is_cut(small)


async def test_an_empty_log_has_no_mark(tmp_path: Path) -> None:
    async with small_centre(tmp_path, load=False) as small:
        assert await read_high_water(small.centre.database) is None
