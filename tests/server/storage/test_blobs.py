"""One contract for the local folder and for S3, and what only the local folder must do."""

import errno
import hashlib
import itertools
import os
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
import obstore
import pytest
from obstore.store import S3Store

from server.storage.blobs import (
    BlobDamaged,
    BlobMissing,
    Blobs,
    BlobsFull,
    BlobsUnreachable,
    LocalBlobs,
    RemoteBlobs,
    new_key,
    open_blobs,
)
from server.storage.sealing import SEAL_BYTES, Algorithm, Sealing, SealingKey
from tests.centre import sealing

if TYPE_CHECKING:
    from obstore.store import ClientConfig, S3Config

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from moto.server import ThreadedMotoServer

_numbers = itertools.count(1)
DATA = b"what a helper photographed" * 100
HASH = hashlib.sha256(DATA).hexdigest()


def key() -> str:
    return new_key(next(_numbers).to_bytes(16, "big"))


@pytest.fixture(scope="module")
def s3() -> Iterator[dict[str, str]]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        settings = {"endpoint": f"http://{host}:{port}", "region": "us-east-1"}
        settings |= {"access_key_id": "test", "secret_access_key": "test"}
        client = boto3.client(
            "s3",
            endpoint_url=settings["endpoint"],
            region_name="us-east-1",
            aws_access_key_id="test",
            aws_secret_access_key="test",
        )
        client.create_bucket(Bucket="files")
        client.close()
        yield settings
    finally:
        server.stop()


@pytest.fixture(params=["local", "s3"])
def blobs(request: pytest.FixtureRequest, tmp_path: Path) -> Blobs:
    if request.param == "local":
        return open_blobs(str(tmp_path / "files"), sealing())
    return open_blobs(f"s3://files/{next(_numbers)}", sealing(), s3=request.getfixturevalue("s3"))


async def test_what_was_put_is_read_back_whole(blobs: Blobs) -> None:
    at = key()
    assert not await blobs.exists(at)
    await blobs.put(at, DATA)
    assert await blobs.exists(at)
    assert await blobs.get(at, HASH) == DATA


async def test_neither_a_disk_nor_a_bucket_tells_what_was_photographed(blobs: Blobs) -> None:
    at = key()
    await blobs.put(at, DATA)
    kept = bytes(await (await obstore.get_async(blobs._store, at)).bytes_async())
    assert len(kept) == len(DATA) + SEAL_BYTES
    assert DATA[:16] not in kept


async def test_an_object_opens_under_its_own_key_and_with_the_ring_alone(blobs: Blobs) -> None:
    at, elsewhere = key(), key()
    await blobs.put(at, DATA)
    kept = bytes(await (await obstore.get_async(blobs._store, at)).bytes_async())
    await obstore.put_async(blobs._store, elsewhere, kept)
    with pytest.raises(BlobDamaged):
        await blobs.get(elsewhere, HASH)
    stranger = SealingKey(Algorithm.AES_256_GCM, b"?" * 32)
    blobs._sealing = Sealing({1: stranger}, 1, b"i" * 32, os.urandom)
    with pytest.raises(BlobDamaged):
        await blobs.get(at, HASH)


async def test_bytes_that_are_not_those_put_are_an_error_and_never_an_answer(blobs: Blobs) -> None:
    at = key()
    await blobs.put(at, DATA[:-1] + b"?")
    with pytest.raises(BlobDamaged):
        await blobs.get(at, HASH)


async def test_an_absent_object_is_missing_and_may_be_deleted(blobs: Blobs) -> None:
    at = key()
    with pytest.raises(BlobMissing):
        await blobs.get(at, HASH)
    await blobs.delete(at)
    await blobs.put(at, DATA)
    await blobs.delete(at)
    assert not await blobs.exists(at)


async def test_every_object_is_listed_with_its_size(blobs: Blobs) -> None:
    keys = {key() for _ in range(3)}
    for at in keys:
        await blobs.put(at, DATA)
    entries = [entry async for entry in blobs.entries()]
    assert {entry.key for entry in entries} == keys
    assert {entry.size for entry in entries} == {len(DATA) + SEAL_BYTES}
    assert all(entry.modified_ms > 1_600_000_000_000 for entry in entries)


async def test_a_store_that_is_away_is_unreachable() -> None:
    away: S3Config = {"endpoint": "http://127.0.0.1:9", "region": "x", "access_key_id": "x", "secret_access_key": "x"}
    options: ClientConfig = {"allow_http": True}
    gone = RemoteBlobs(
        S3Store("files", config=away, client_options=options, retry_config={"max_retries": 0}), sealing()
    )
    with pytest.raises(BlobsUnreachable):
        await gone.get(key(), HASH)


async def test_a_local_object_is_synced_before_it_has_its_name_and_its_folder_after(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []
    blobs = LocalBlobs(tmp_path, sealing())

    def tell(call: str, word: str) -> None:
        real = getattr(os, call)

        def told(*given: Any) -> None:
            done.append(word)
            real(*given)

        monkeypatch.setattr(os, call, told)

    for call, word in (("fdatasync", "file"), ("rename", "rename"), ("fsync", "folder")):
        tell(call, word)
    await blobs.put(key(), DATA)
    assert done == ["file", "rename", "folder"]


@pytest.mark.parametrize(
    ("failure", "expected"), [(errno.ENOSPC, BlobsFull), (errno.EDQUOT, BlobsFull), (errno.EIO, BlobsUnreachable)]
)
async def test_a_disk_that_fails_leaves_nothing_behind_and_reads_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failure: int, expected: type[Exception]
) -> None:
    blobs, before, after = LocalBlobs(tmp_path, sealing()), key(), key()
    await blobs.put(before, DATA)

    def fail(descriptor: int) -> None:
        raise OSError(failure, "failed")

    monkeypatch.setattr(os, "fdatasync", fail)
    with pytest.raises(expected):
        await blobs.put(after, DATA)
    assert not await blobs.exists(after)
    assert list((tmp_path / "incoming").iterdir()) == []
    assert await blobs.get(before, HASH) == DATA


async def test_half_written_files_of_dead_processes_are_removed_at_start(tmp_path: Path) -> None:
    LocalBlobs(tmp_path, sealing())
    dead = tmp_path / "incoming" / f"{2**22 + 1}-0123"
    living = tmp_path / "incoming" / "1-0123"
    dead.write_bytes(DATA)
    living.write_bytes(DATA)
    LocalBlobs(tmp_path, sealing())
    assert not dead.exists()
    assert living.exists()
