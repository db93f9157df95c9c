"""The bytes of uploads that have not ended, one file each, shared by the processes of one machine.

- An upload's offset is the length of its file. It is told only after the file was synced.
- Whoever writes, cuts or removes a file holds its lock. The kernel lets go of it when a process dies.
- What a power cut does to the tail of a file does no harm: an upload counts only once its whole hash was verified.
- No photo lies in the clear: each byte is covered where it stands (Sealing.cover), so that a file may grow and be cut
  anywhere. An upload that was underway when the ring changed its algorithm fails its hash and begins anew.
"""

from __future__ import annotations

import errno
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

from server.storage.blobs import BlobsFull, BlobsUnreachable
from server.storage.sealing import Sealing


class SpoolBusy(Exception):
    """Another request or process is writing this upload."""


class SpoolFile:
    """One upload's bytes, locked until `close`. Blocking: call it in a thread."""

    def __init__(self, path: Path, descriptor: int, is_new: bool, sealing: Sealing) -> None:
        self.path = path
        self._sealing = sealing
        self._descriptor = descriptor
        self._is_new = is_new
        self.size = os.fstat(descriptor).st_size

    def append(self, data: bytes | bytearray) -> None:
        """Adds bytes. When the disk is full, those that fitted stay and count."""
        left = memoryview(self._sealing.cover(_place_of(self.path), self.size, data))
        try:
            while left:
                written = os.write(self._descriptor, left)
                self.size += written
                left = left[written:]
        except OSError as error:
            raise _translated(error) from error

    def sync(self) -> None:
        """Makes the bytes durable. A sync that failed leaves nothing to trust: the file is emptied."""
        try:
            os.fdatasync(self._descriptor)
            if self._is_new:
                _sync_folder(self.path.parent)
                self._is_new = False
        except OSError as error:
            self.cut(0)
            raise _translated(error) from error

    def cut(self, size: int) -> None:
        os.ftruncate(self._descriptor, size)
        self.size = size

    def read(self) -> bytes:
        """All that has come, as it was sent."""
        return self._sealing.cover(_place_of(self.path), 0, self.path.read_bytes())

    def remove(self) -> None:
        """Removes the file; it may have been moved away already."""
        self.path.unlink(missing_ok=True)

    def close(self) -> None:
        os.close(self._descriptor)


class Spool:
    """The folder of unfinished uploads."""

    def __init__(self, root: Path, sealing: Sealing) -> None:
        self._root = root
        self._sealing = sealing
        root.mkdir(parents=True, exist_ok=True)

    def size(self, upload: str) -> int:
        """How many bytes are there, synced or not; 0 when there is no file."""
        try:
            return os.stat(self._root / upload).st_size
        except FileNotFoundError:
            return 0

    def touched_ms(self, upload: str) -> int:
        """When bytes last arrived; 0 when there is no file."""
        try:
            return int(os.stat(self._root / upload).st_mtime * 1000)
        except FileNotFoundError:
            return 0

    def open(self, upload: str) -> SpoolFile:
        """Opens and locks the upload's file, made when it is not there. SpoolBusy when another holds it."""
        path = self._root / upload
        while True:
            is_new = not path.exists()
            try:
                descriptor = os.open(path, os.O_CREAT | os.O_RDWR | os.O_APPEND, 0o600)
            except OSError as error:
                raise _translated(error) from error
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                os.close(descriptor)
                raise SpoolBusy(upload) from error
            # Between our open and our lock another may have finished the upload and taken the file away.
            if _is_at(descriptor, path):
                return SpoolFile(path, descriptor, is_new, self._sealing)
            os.close(descriptor)

    def remove(self, upload: str) -> None:
        """Removes the upload's file. SpoolBusy when another is writing it."""
        if not (self._root / upload).exists():
            return
        file = self.open(upload)
        try:
            file.remove()
        finally:
            file.close()

    def uploads(self) -> Iterator[str]:
        """Every upload that has a file."""
        for path in self._root.iterdir():
            yield path.name


def _place_of(path: Path) -> str:
    return f"spool/{path.name}"


def _is_at(descriptor: int, path: Path) -> bool:
    try:
        there = os.stat(path)
    except FileNotFoundError:
        return False
    return os.path.samestat(os.fstat(descriptor), there)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _translated(error: OSError) -> Exception:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return BlobsFull("no space left for files")
    return BlobsUnreachable(f"the folder of unfinished uploads failed: {error.strerror}")
