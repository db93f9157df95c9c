"""Bytes without a row, rows without bytes, and uploads whose time is over."""

import hashlib
import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from server.actions.sweep_orphans import GRACE_MS, UNFINISHED_MS, Swept, sweep_orphans
from server.actions.upload import FileClaim
from server.storage.blobs import KEY_BYTES, new_key
from server.storage.file_rows import Rendered, blob_id, erase_files, file_states, keep_renditions, upload_key
from sync.core.messages import FileState
from tests.file_reception import Centre, centre, new_id, new_owner, photo

OWNER = new_owner()


@pytest.fixture
async def at(tmp_path: Path) -> AsyncIterator[Centre]:
    async with centre(tmp_path) as made:
        yield made


async def send(at: Centre, data: bytes, count: int | None = None) -> FileClaim:
    claim = FileClaim(new_id(), hashlib.sha256(data).hexdigest(), len(data), "image/jpeg", "material")

    async def pieces() -> AsyncIterator[bytes]:
        yield data[:count]

    await at.reception.announce(OWNER, claim)
    await at.reception.append(OWNER, claim.id, 0, pieces())
    return claim


async def sweep(at: Centre) -> Swept:
    return await sweep_orphans(at.database, at.blobs, at.spool, now=at.clock.now)


def age(path: Path, ms: int, at: Centre) -> None:
    when = (at.clock.now - ms) / 1000
    os.utime(path, (when, when))


def age_all(at: Centre, ms: int = GRACE_MS + 1_000) -> None:
    for path in (at.folder / "files").rglob("*"):
        if path.is_file():
            age(path, ms, at)


async def state(at: Centre, claim: FileClaim) -> FileState:
    async with at.database.read() as snapshot:
        return (await file_states(snapshot, [claim.id], OWNER.account))[claim.id]


async def test_bytes_that_no_row_points_to_go_when_they_are_old_and_nothing_else_does(at: Centre) -> None:
    kept = await send(at, photo())
    rendition, orphan, fresh = (new_key(bytes((n,)) * KEY_BYTES) for n in (1, 2, 3))
    for key in (rendition, orphan, fresh):
        await at.blobs.put(key, b"bytes")
    async with at.database.write() as tx:
        await keep_renditions(tx, [Rendered(blob_id(OWNER.account, kept.sha256), rendition, "0" * 64)])
    age_all(at)
    age(at.folder / "files" / "objects" / fresh, 1_000, at)
    assert await sweep(at) == Swept(0, 0, 0, 1, 0)
    assert [await at.blobs.exists(key) for key in (rendition, orphan, fresh)] == [True, False, True]
    assert await state(at, kept) is FileState.STORED
    assert await sweep(at) == Swept(0, 0, 0, 0, 0)


async def test_a_row_whose_bytes_are_gone_counts_as_missing_and_stays(at: Centre) -> None:
    lost, kept = await send(at, photo(seed=1)), await send(at, photo(seed=2))
    async with at.database.read() as snapshot:
        [(key,)] = await snapshot.fetch("SELECT object FROM blobs WHERE sha256 = ?", (lost.sha256,))
    await at.blobs.delete(key)
    assert await sweep(at) == Swept(0, 0, 0, 0, 1)
    assert [await state(at, claim) for claim in (lost, kept)] == [FileState.MISSING, FileState.STORED]
    assert await sweep(at) == Swept(0, 0, 0, 0, 0)


async def test_a_lost_rendition_is_made_again(at: Centre) -> None:
    claim = await send(at, photo())
    gone = new_key(bytes(KEY_BYTES))
    async with at.database.write() as tx:
        await keep_renditions(tx, [Rendered(blob_id(OWNER.account, claim.sha256), gone, "0" * 64)])
    assert await sweep(at) == Swept(0, 0, 0, 0, 0)
    async with at.database.read() as snapshot:
        assert await snapshot.fetch("SELECT rendition_state, rendition FROM blobs") == [("waiting", "")]


async def test_an_unfinished_upload_ends_a_week_after_its_last_byte(at: Centre) -> None:
    claim = await send(at, photo(), 100)
    spooled = at.folder / "files" / "spool" / upload_key(OWNER, claim.id)
    at.clock.now += UNFINISHED_MS + 1
    age(spooled, 1_000, at)
    assert await sweep(at) == Swept(0, 0, 0, 0, 0)
    assert (await at.reception.look(OWNER, claim.id)).offset == 100
    at.clock.now += UNFINISHED_MS
    assert await sweep(at) == Swept(1, 1, 0, 0, 0)
    assert not spooled.exists()
    assert await sweep(at) == Swept(0, 0, 0, 0, 0)


async def test_erased_files_take_their_bytes_with_them_unless_another_shares_them(at: Centre) -> None:
    twins = [await send(at, photo()), await send(at, photo())]
    await at.reception.close()
    age_all(at)
    for swept in (Swept(0, 0, 0, 0, 0), Swept(0, 0, 1, 1, 0)):
        async with at.database.write() as tx:
            await erase_files(tx, twins.pop().id)
        assert await sweep(at) == swept
    assert [entry async for entry in at.blobs.entries()] == []
