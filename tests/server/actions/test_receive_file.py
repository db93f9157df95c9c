"""What a device cannot see from outside: crashes, full disks, other processes, and cancellation."""

import asyncio
import errno
import hashlib
import os
import random
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from server.actions.receive_file import FileReception
from server.actions.upload import FileClaim, FileHashDiffers, UploadBusy, UploadInterrupted, UploadLimits
from server.storage.blobs import BlobDamaged, BlobsFull
from server.storage.file_rows import Owner, blob_id, file_states, mark_damaged, stored_file, upload_key
from sync.core.messages import FileState
from tests.cancel import at_every_await
from tests.file_reception import Centre, centre, new_id, new_owner, photo

LIMITS = UploadLimits(silence_s_max=0.05, memory_max=4_096)


@pytest.fixture
async def at(tmp_path: Path) -> AsyncIterator[Centre]:
    async with centre(tmp_path, limits=LIMITS) as made:
        yield made


def claim(data: bytes, of_type: str = "image/jpeg") -> FileClaim:
    return FileClaim(new_id(), hashlib.sha256(data).hexdigest(), len(data), of_type, "material")


async def pieces(*data: bytes) -> AsyncIterator[bytes]:
    for piece in data:
        yield piece


async def send(reception: FileReception, owner: Owner, data: bytes) -> FileClaim:
    claimed = claim(data)
    await reception.announce(owner, claimed)
    await reception.append(owner, claimed.id, 0, pieces(data))
    return claimed


async def state(at: Centre, owner: Owner, file_id: str) -> FileState:
    async with at.database.read() as snapshot:
        return (await file_states(snapshot, [file_id], owner.account))[file_id]


def another_process(at: Centre) -> FileReception:
    return FileReception(
        at.database, at.blobs, at.spool, now=at.clock, random_bytes=random.Random("other").randbytes, limits=LIMITS
    )


async def test_an_upload_whose_process_ended_before_it_was_decided_is_decided_when_asked_about(at: Centre) -> None:
    owner, data = new_owner(), photo()
    claimed = claim(data)
    await at.reception.announce(owner, claimed)
    file = at.spool.open(upload_key(owner, claimed.id))
    file.append(data)
    file.close()
    assert (await another_process(at).look(owner, claimed.id)).is_stored
    assert await state(at, owner, claimed.id) is FileState.STORED
    assert list(at.spool.uploads()) == []


async def test_a_piece_that_falls_silent_ends_and_counts(at: Centre) -> None:
    owner, data = new_owner(), photo()
    claimed = claim(data)
    await at.reception.announce(owner, claimed)

    async def stalling() -> AsyncIterator[bytes]:
        yield data[:500]
        await asyncio.get_running_loop().create_future()

    with pytest.raises(UploadInterrupted):
        await at.reception.append(owner, claimed.id, 0, stalling())
    assert (await at.reception.look(owner, claimed.id)).offset == 500


async def test_two_processes_do_not_write_to_one_upload(at: Centre) -> None:
    owner, data, other = new_owner(), photo(size=20_000), another_process(at)
    claimed = claim(data)
    await at.reception.announce(owner, claimed)

    async def meanwhile() -> AsyncIterator[bytes]:
        yield data[:10_000]  # more than memory_max: this process holds the spool's lock now
        with pytest.raises(UploadBusy):
            await other.look(owner, claimed.id)
        yield data[10_000:]

    assert (await at.reception.append(owner, claimed.id, 0, meanwhile())).is_stored


async def test_a_full_disk_is_told_the_bytes_are_not_lost_and_reads_go_on(
    at: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner, data = new_owner(), photo(size=3_000)
    before = await send(at.reception, owner, photo(seed=5))
    claimed = claim(data)
    await at.reception.announce(owner, claimed)

    def full(*paths: object) -> None:
        raise OSError(errno.ENOSPC, "full")

    with monkeypatch.context() as patched:
        patched.setattr(os, "rename", full)
        with pytest.raises(BlobsFull):
            await at.reception.append(owner, claimed.id, 0, pieces(data))
        assert at.spool.size(upload_key(owner, claimed.id)) == 3_000
        async with at.database.read() as snapshot:
            found = await stored_file(snapshot, before.id, before.sha256, [owner.account])
        assert found is not None
        assert len(await at.blobs.get(found.key, found.sha256)) == before.size
        with pytest.raises(BlobsFull):
            await at.reception.look(owner, claimed.id)
    assert (await at.reception.look(owner, claimed.id)).is_stored


async def test_a_photo_that_rotted_is_missing_until_a_device_sends_it_again(at: Centre) -> None:
    owner, data = new_owner(), photo()
    claimed = await send(at.reception, owner, data)
    async with at.database.read() as snapshot:
        found = await stored_file(snapshot, claimed.id, claimed.sha256, [owner.account])
    assert found is not None
    rotten = at.folder / "files" / "objects" / found.key
    rotten.write_bytes(data[:-1] + bytes((data[-1] ^ 1,)))
    with pytest.raises(BlobDamaged):
        await at.blobs.get(found.key, found.sha256)
    async with at.database.write() as tx:
        await mark_damaged(tx, blob_id(owner.account, claimed.sha256), at.clock.now)
    assert await state(at, owner, claimed.id) is FileState.MISSING
    again = await at.reception.announce(owner, claimed)
    assert again.offset == 0
    assert (await at.reception.append(owner, claimed.id, 0, pieces(data))).is_stored
    assert await state(at, owner, claimed.id) is FileState.STORED
    async with at.database.read() as snapshot:
        healed = await stored_file(snapshot, claimed.id, claimed.sha256, [owner.account])
    assert healed is not None
    assert await at.blobs.get(healed.key, healed.sha256) == data
    assert rotten.exists(), "what is left of the rotten one waits for the sweep"


async def test_a_large_file_in_the_spool_is_verified_as_a_whole(at: Centre) -> None:
    owner, data = new_owner(), photo(size=30_000)
    claimed = claim(data)
    await at.reception.announce(owner, claimed)
    with pytest.raises(FileHashDiffers):
        await at.reception.append(owner, claimed.id, 0, pieces(data[:9_000], bytes(21_000)))
    assert (await at.reception.look(owner, claimed.id)).offset == 0
    assert (await at.reception.append(owner, claimed.id, 0, pieces(data[:9_000], data[9_000:]))).is_stored


async def test_a_request_cancelled_at_any_await_leaves_an_upload_that_can_be_finished(at: Centre) -> None:
    owner, uploads = new_owner(), 0
    sent: list[tuple[FileClaim, bytes]] = []

    async def upload() -> None:
        data = photo(seed=len(sent) + 100, size=6_000)
        claimed = claim(data)
        sent.append((claimed, data))
        await at.reception.announce(owner, claimed)
        await at.reception.append(owner, claimed.id, 0, pieces(data[:5_000], data[5_000:]))

    async for attempt in at_every_await(upload):
        uploads += 1
        claimed, data = sent[-1]
        await at.reception.announce(owner, claimed)
        offset = (await at.reception.look(owner, claimed.id)).offset
        finished = await at.reception.append(owner, claimed.id, offset, pieces(data[offset:]))
        assert finished.is_stored, attempt
    assert uploads > 5
