"""Where the bytes of files and their renditions lie, sealed: in a local folder, or in S3 by setting.

- An object's key is random and never used twice: what nobody points to can be swept without a lock.
- `put` returns when the object is durable and whole; before that it is not there at all.
- Whoever takes the disk or the bucket and not the key ring sees no photo. An object opens under its own key only.
- `get` checks the hash: bytes that rotted on the disk are a BlobDamaged, never an answer.
- The local folder is read and listed through obstore; its writes are our own, because obstore renames without an
  fsync, and a photo that a device was told is `stored` must survive a power cut.

BlobError
├── BlobMissing       no such object
├── BlobDamaged       an object whose bytes are not those that were put
└── BlobsUnreachable  the store cannot be used now; nothing is known to be written (503)
BlobsFull is a StorageFull: no space left, reads go on (507).
"""

from __future__ import annotations

import asyncio
import errno
import hashlib
import os
import re
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import obstore
from obstore.exceptions import BaseError, NotFoundError
from obstore.store import LocalStore, ObjectStore, S3Store

from server.storage.errors import StorageFull
from server.storage.sealing import SealBroken, Sealing

KEY_BYTES = 16
_KEY = re.compile(r"[0-9a-f]{2}/[0-9a-f]{32}")
_NO_SPACE = (errno.ENOSPC, errno.EDQUOT)
_TIMEOUT = timedelta(seconds=20)


class BlobError(Exception):
    """The root of the tree."""


class BlobMissing(BlobError):
    """No object has this key."""


class BlobDamaged(BlobError):
    """The object's bytes are not those that were put. Another copy, at a device or in a backup, must replace it."""


class BlobsUnreachable(BlobError):
    """The store failed or cannot be reached; try again."""


class BlobsFull(StorageFull):
    """No space left for files."""


@dataclass(frozen=True, slots=True)
class BlobEntry:
    """One object as the store lists it, with its size as it lies there. `modified_ms` is the store's clock."""

    key: str
    size: int
    modified_ms: int


def new_key(random_bytes: bytes) -> str:
    """The key of a new object: a shard and 32 hex digits, nothing that a client chose."""
    assert len(random_bytes) == KEY_BYTES, "a key takes sixteen random bytes"
    name = random_bytes.hex()
    return f"{name[:2]}/{name}"


class Blobs(ABC):
    """A place for objects. Every key comes from `new_key`."""

    def __init__(self, store: ObjectStore, sealing: Sealing) -> None:
        self._store = store
        self._sealing = sealing

    async def put(self, key: str, data: bytes) -> None:
        """Writes a new object; durable when this returns."""
        # To seal, to open and to hash 20 MB each take long enough to be worth a thread.
        await self._write(key, await asyncio.to_thread(self._sealing.seal, _place_of(key), data))

    @abstractmethod
    async def _write(self, key: str, sealed: bytes) -> None: ...

    async def get(self, key: str, sha256: str) -> bytes:
        """The object's bytes, checked against the hex hash they must have."""
        with _translated(key):
            kept = bytes(await (await obstore.get_async(self._store, key)).bytes_async())
        return await asyncio.to_thread(self._open, key, kept, sha256)

    def _open(self, key: str, kept: bytes, sha256: str) -> bytes:
        try:
            data = self._sealing.open(_place_of(key), kept)
        except SealBroken:
            raise BlobDamaged(key) from None
        if hashlib.sha256(data).hexdigest() != sha256:
            raise BlobDamaged(key)
        return data

    async def exists(self, key: str) -> bool:
        """Whether there is such an object; it may be damaged all the same."""
        try:
            with _translated(key):
                await obstore.head_async(self._store, key)
        except BlobMissing:
            return False
        return True

    async def delete(self, key: str) -> None:
        """Removes the object; nothing happens when it is not there."""
        with suppress(BlobMissing), _translated(key):
            await obstore.delete_async(self._store, key)

    async def entries(self) -> AsyncIterator[BlobEntry]:
        """Every object, in no order. What was put or deleted meanwhile may or may not be listed."""
        with _translated(""):
            async for page in obstore.list(self._store):
                for meta in page:
                    if _KEY.fullmatch(meta["path"]):
                        yield BlobEntry(meta["path"], meta["size"], int(meta["last_modified"].timestamp() * 1000))


class LocalBlobs(Blobs):
    """Objects as files under `root`/objects. Half-written ones lie in `root`/incoming, on the same file system."""

    def __init__(self, root: Path, sealing: Sealing) -> None:
        self._objects = root / "objects"
        self._incoming = root / "incoming"
        self._incoming.mkdir(parents=True, exist_ok=True)
        for shard in range(256):
            (self._objects / f"{shard:02x}").mkdir(parents=True, exist_ok=True)
        for left in self._incoming.iterdir():
            if _is_left_behind(left):
                left.unlink(missing_ok=True)
        for folder in (self._objects, root):
            _sync_folder(folder)
        super().__init__(LocalStore(self._objects), sealing)

    async def _write(self, key: str, sealed: bytes) -> None:
        await asyncio.to_thread(self._put, key, sealed)

    def _put(self, key: str, data: bytes) -> None:
        part = self._incoming / f"{os.getpid()}-{key[3:]}"
        with _translated(key):
            try:
                _write_synced(part, data)
                self._place(part, key)
            except OSError:
                part.unlink(missing_ok=True)
                raise

    def _place(self, part: Path, key: str) -> None:
        assert _KEY.fullmatch(key), "an object's key comes from new_key"
        os.rename(part, self._objects / key)
        _sync_folder(self._objects / key[:2])


class RemoteBlobs(Blobs):
    """Objects in a store that answers only when an object is durable, such as S3."""

    async def _write(self, key: str, sealed: bytes) -> None:
        with _translated(key):
            await obstore.put_async(self._store, key, sealed)


def open_blobs(place: str, sealing: Sealing, *, s3: Mapping[str, Any] | None = None) -> Blobs:
    """The store that the setting names: a folder's path, or s3://bucket/prefix.

    `s3` holds obstore's names (endpoint, region, access_key_id, secret_access_key …); what it lacks is taken from
    the AWS_ variables of the environment.
    """
    if not place.startswith("s3://"):
        return LocalBlobs(Path(place.removeprefix("file://")), sealing)
    config: Any = dict(s3 or {})
    plain = str(config.get("endpoint", "")).startswith("http://")
    return RemoteBlobs(
        S3Store.from_url(
            place,
            config=config,
            client_options={"timeout": _TIMEOUT, "allow_http": plain},
            retry_config={"max_retries": 2, "retry_timeout": _TIMEOUT},
        ),
        sealing,
    )


def _place_of(key: str) -> str:
    return f"blobs/{key}"


def _write_synced(path: Path, data: bytes) -> None:
    descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    try:
        view = memoryview(data)
        while view:
            view = view[os.write(descriptor, view) :]
        os.fdatasync(descriptor)
    finally:
        os.close(descriptor)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _is_left_behind(part: Path) -> bool:
    """Whether the process that was writing this file has ended. Other processes share the folder."""
    owner = part.name.partition("-")[0]
    return not owner.isdigit() or int(owner) == os.getpid() or not Path(f"/proc/{owner}").exists()


@contextmanager
def _translated(key: str) -> Iterator[None]:
    try:
        yield
    except (FileNotFoundError, NotFoundError) as error:
        raise BlobMissing(key) from error
    except OSError as error:
        if error.errno in _NO_SPACE:
            raise BlobsFull("no space left for files") from error
        raise BlobsUnreachable(f"the store of files failed: {error.strerror}") from error
    except BaseError as error:
        raise BlobsUnreachable(f"the store of files failed: {type(error).__name__}") from error
