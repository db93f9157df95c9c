"""The rows of files on both engines."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from server.storage.file_rows import (
    DAY_MS,
    Arrived,
    FileRow,
    Owner,
    Quota,
    QuotaReached,
    UploadState,
    announce_files,
    blob_id,
    erase_files,
    file_states,
    find_file,
    keep_files,
    mark_damaged,
    refuse_file,
    stored_file,
    upload_key,
    withdraw_file,
)
from server.storage.migrate import migrate
from server.storage.open import open_database
from server.storage.unit_of_work import Database
from sync.core.messages import FileState
from tests.file_reception import new_id, new_owner

NOW = 1_800_000_000_000
QUOTA = Quota(unfinished=2, files_a_day=3, bytes_a_day=250)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
async def database(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    if request.param == "postgres":
        url = request.getfixturevalue("postgres_url")
    else:
        url = f"sqlite:///{tmp_path}/centre.db"
        await migrate(url, now_ms=0)
    opened = await open_database(url)
    try:
        yield opened
    finally:
        await opened.close()


def row(owner: Owner, file_id: str = "", sha256: str = "a" * 64, size: int = 50) -> FileRow:
    file_id = file_id or new_id()
    return FileRow(
        *(upload_key(owner, file_id), file_id, owner.account, owner.device, sha256, size),
        *("image/jpeg", "material", UploadState.UPLOADING, NOW, NOW + DAY_MS),
    )


async def announce(database: Database, *wanted: FileRow, now: int = NOW) -> list[FileRow | QuotaReached]:
    async with database.write() as tx:
        return await announce_files(tx, wanted, QUOTA, now)


async def keep(database: Database, *arrived: tuple[FileRow, str]) -> list[str | None]:
    async with database.write() as tx:
        return await keep_files(tx, [Arrived(file, key) for file, key in arrived], NOW + 1)


async def states(database: Database, owner: Owner, *ids: str) -> list[FileState]:
    async with database.read() as snapshot:
        found = await file_states(snapshot, ids, owner.account)
    return [found[file_id] for file_id in ids]


async def test_an_announcement_stands_however_often_it_comes(database: Database) -> None:
    first = row(new_owner())
    other = replace(first, sha256="b" * 64)
    assert await announce(database, first, first) == [first, first]
    assert await announce(database, other) == [first]
    async with database.read() as snapshot:
        assert await find_file(snapshot, first.upload) == first
        assert await find_file(snapshot, new_id()) is None


async def test_two_processes_announcing_one_file_both_get_the_row_that_stands(database: Database) -> None:
    first = row(new_owner())
    other = replace(first, sha256="b" * 64)
    one, two = await asyncio.gather(announce(database, first), announce(database, other))
    assert one == two
    assert one in ([first], [other])


async def test_a_device_cannot_exceed_its_quota_and_others_do_not_feel_it(database: Database) -> None:
    owner = new_owner()
    files = [row(owner) for _ in range(3)]
    assert [isinstance(answer, QuotaReached) for answer in await announce(database, *files)] == [False, False, True]
    await keep(database, (files[0], "k0"), (files[1], "k1"))
    [too_large] = await announce(database, row(owner, size=200))
    assert isinstance(too_large, QuotaReached)
    third, fourth = row(owner), row(owner)
    assert (await announce(database, third))[0] == third
    await keep(database, (third, "k2"))
    assert isinstance((await announce(database, fourth))[0], QuotaReached), "three a day"
    other = row(new_owner())
    assert await announce(database, other) == [other]
    assert await announce(database, fourth, now=NOW + DAY_MS + 1) == [fourth]


async def test_one_content_of_one_account_is_kept_once(database: Database) -> None:
    one, two = new_owner(), new_owner()
    sibling = Owner(one.account, new_id())
    files = [row(one), row(sibling), row(two)]
    await announce(database, *files)
    assert await keep(database, (files[0], "k0")) == ["k0"]
    assert await keep(database, (files[1], "k1"), (files[2], "k2")) == ["k0", "k2"]
    async with database.read() as snapshot:
        refs = await snapshot.fetch("SELECT refs FROM blobs ORDER BY refs")
        found = await stored_file(snapshot, files[1].id, files[1].sha256, [files[1].account])
        own, digest = [files[1].account], files[1].sha256
        assert await stored_file(snapshot, files[1].id, "b" * 64, own) is None, "a record names a hash, not only an id"
        assert await stored_file(snapshot, files[1].id, digest, ["a" * 32]) is None, "another's file is not there"
        assert await stored_file(snapshot, files[1].id, digest, []) is None
    assert refs == [(1,), (2,)]
    assert found is not None
    assert (found.key, found.blob) == ("k0", blob_id(one.account, "a" * 64))


async def test_keeping_twice_changes_nothing_and_a_withdrawn_file_is_not_kept(database: Database) -> None:
    kept, gone = row(new_owner()), row(new_owner())
    await announce(database, kept, gone)
    async with database.write() as tx:
        assert await withdraw_file(tx, gone.upload)
        assert not await withdraw_file(tx, gone.upload)
    assert await keep(database, (kept, "k0"), (gone, "k1")) == ["k0", None]
    assert await keep(database, (kept, "k2")) == ["k0"]
    async with database.write() as tx:
        assert not await withdraw_file(tx, kept.upload), "a stored file stays"
        assert await tx.fetch("SELECT refs FROM blobs WHERE object = 'k0'") == [(1,)]


async def test_another_accounts_file_is_as_missing_as_an_unknown_one(database: Database) -> None:
    owner = new_owner()
    stored, refused, waiting = (row(owner, sha256=digit * 64) for digit in "123")
    await announce(database, stored, refused)
    await keep(database, (stored, "k0"))
    async with database.write() as tx:
        await refuse_file(tx, refused.upload, "file_type_differs")
    await announce(database, waiting)
    ids = [stored.id, refused.id, waiting.id, new_id()]
    expected = [FileState.STORED, FileState.REFUSED, FileState.MISSING, FileState.MISSING]
    assert await states(database, owner, *ids) == expected
    assert await states(database, new_owner(), *ids) == [FileState.MISSING] * 4
    assert await states(database, owner) == []


async def test_a_damaged_blob_is_missing_until_it_is_sent_again_under_another_key(database: Database) -> None:
    owner = new_owner()
    file = row(owner)
    await announce(database, file)
    await keep(database, (file, "k0"))
    async with database.write() as tx:
        await mark_damaged(tx, blob_id(owner.account, file.sha256), NOW)
    assert await states(database, owner, file.id) == [FileState.MISSING]
    [standing] = await announce(database, file)
    assert isinstance(standing, FileRow)
    assert standing.state is UploadState.UPLOADING
    assert await keep(database, (file, "k1")) == ["k1"]
    assert await states(database, owner, file.id) == [FileState.STORED]


async def test_erasure_forgets_every_file_of_an_id(database: Database) -> None:
    one, two = new_owner(), new_owner()
    file = row(one)
    twin = row(two, file.id)
    await announce(database, file, twin)
    await keep(database, (file, "k0"), (twin, "k1"))
    async with database.write() as tx:
        await erase_files(tx, file.id)
        assert await tx.fetch("SELECT refs FROM blobs") == [(0,), (0,)]
    assert await states(database, one, file.id) == [FileState.MISSING]
