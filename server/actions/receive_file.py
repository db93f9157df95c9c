"""Receives a file's bytes, in as many pieces as the line breaks them into, until its whole hash is verified.

- A file is `stored` only after its bytes are durable, of the type and hash announced, and its row is committed.
- Bytes that arrived count, however the request that brought them ended; they are told of after they were synced.
- One request at a time writes to an upload; a second is told so. Asking for the offset ends a request that hangs.
- A small file that comes in one piece never touches the spool: one write, two syncs, one shared commit.
- A content the account has already takes exactly the same steps: neither answers nor times tell.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from server.actions.upload import (
    MAGIC,
    Checksum,
    ChecksumDiffers,
    FileClaim,
    FileHashDiffers,
    FileIdReused,
    FileTooLarge,
    OffsetDiffers,
    TooManyBytes,
    TypeDiffers,
    TypeNotAllowed,
    Upload,
    UploadAbsent,
    UploadBusy,
    UploadError,
    UploadFinished,
    UploadInterrupted,
    UploadLimits,
    UploadQuotaReached,
    UploadRefused,
)
from server.storage.blobs import KEY_BYTES, Blobs, new_key
from server.storage.fence import check_leads
from server.storage.file_rows import (
    Arrived,
    FileRow,
    Owner,
    Quota,
    QuotaReached,
    UploadState,
    announce_files,
    find_file,
    keep_files,
    refuse_file,
    upload_key,
    withdraw_file,
)
from server.storage.group_commit import GroupCommit
from server.storage.spool import Spool, SpoolBusy, SpoolFile
from server.storage.unit_of_work import Database, Transaction, settle
from sync.core.messages import FileState

T = TypeVar("T")
Job = FileRow | Arrived
Tell = Callable[[Owner, str, FileState], None]


def _tell_nobody(owner: Owner, file_id: str, state: FileState) -> None:
    pass


@dataclass(slots=True)
class _Writing:
    """A request that is writing to an upload now."""

    ended: asyncio.Event = field(default_factory=asyncio.Event)
    patience: asyncio.Timeout | None = None
    arrived: int = 0

    def interrupt(self) -> None:
        if self.patience is not None:
            with contextlib.suppress(RuntimeError):  # it has just stopped waiting for bytes
                self.patience.reschedule(asyncio.get_running_loop().time())


class FileReception:
    """Every upload of this process. `now` is milliseconds since 1970; `tell` hears of files that were decided."""

    def __init__(
        self,
        database: Database,
        blobs: Blobs,
        spool: Spool,
        *,
        now: Callable[[], int],
        random_bytes: Callable[[int], bytes],
        limits: UploadLimits | None = None,
        tell: Tell = _tell_nobody,
    ) -> None:
        self.limits = limits or UploadLimits()
        self._database = database
        self._blobs = blobs
        self._spool = spool
        self._now = now
        self._random_bytes = random_bytes
        self._tell = tell
        self._writing: dict[str, _Writing] = {}
        self._commits: GroupCommit[Job, FileRow | QuotaReached | str | None] = GroupCommit(self._commit)
        self._leftovers: set[asyncio.Task[None]] = set()

    async def close(self) -> None:
        """Waits for what has begun. Requests must have ended."""
        await self._commits.close()
        if self._leftovers:
            await asyncio.wait(self._leftovers)

    async def announce(self, owner: Owner, claim: FileClaim) -> Upload:
        """Makes the upload, or finds the one this owner announced before with the same content."""
        size_max = self.limits.size_max.get(claim.type)
        if size_max is None:
            raise TypeNotAllowed(claim.type)
        if not 0 < claim.size <= size_max:
            raise FileTooLarge(f"{claim.size} of at most {size_max}")
        now = self._now()
        wanted = FileRow(
            upload=upload_key(owner, claim.id),
            account=owner.account,
            device=owner.device,
            id=claim.id,
            sha256=claim.sha256,
            size=claim.size,
            type=claim.type,
            purpose=claim.purpose,
            state=UploadState.UPLOADING,
            created_at=now,
            expires_at=now + self.limits.unfinished_ms,
        )
        standing = await self._commits.submit(wanted)
        if isinstance(standing, QuotaReached):
            raise UploadQuotaReached
        assert isinstance(standing, FileRow), "an announcement is answered with its row"
        if not standing.same_content(wanted):
            raise FileIdReused(claim.id)
        if standing.state is UploadState.REFUSED:
            raise UploadRefused(standing.refused_reason)
        offset = standing.size if standing.state is UploadState.STORED else self._spool.size(standing.upload)
        return Upload(standing, offset, is_new=standing == wanted and offset == 0)

    async def look(self, owner: Owner, file_id: str) -> Upload:
        """Where the upload stands. Ends a request that still waits for its bytes: its device is asking elsewhere."""
        file = await self._find(owner, file_id)
        writing = self._writing.get(file.upload)
        if writing is not None:
            writing.interrupt()
            await writing.ended.wait()
            file = await self._find(owner, file_id)
        if file.state is UploadState.REFUSED:
            raise UploadRefused(file.refused_reason)
        if file.state is UploadState.STORED:
            return Upload(file, file.size)
        if self._spool.size(file.upload) == 0:
            return Upload(file, 0)
        with self._alone(file):
            return await settle(self._look_at_spool(file))

    async def append(
        self,
        owner: Owner,
        file_id: str,
        offset: int,
        pieces: AsyncIterator[bytes],
        *,
        length: int | None = None,
        checksum: Checksum | None = None,
    ) -> Upload:
        """Takes bytes from `offset` on. `length` is how many are to come, where that is known.

        Whatever `pieces` raises goes on to the caller after the bytes before it were made durable.
        """
        file = await self._find(owner, file_id)
        if file.state is UploadState.REFUSED:
            raise UploadRefused(file.refused_reason)
        with self._alone(file) as writing:
            standing = file.size if file.state is UploadState.STORED else self._spool.size(file.upload)
            if offset != standing:
                raise OffsetDiffers(f"at {standing}, not {offset}")
            if length is not None and offset + length > file.size:
                raise TooManyBytes
            if file.state is UploadState.STORED:
                return Upload(file, offset)
            piece = _Piece(file, self._spool, offset, self.limits.memory_max, checksum)
            try:
                await self._take(pieces, piece, writing)
            except (TooManyBytes, ChecksumDiffers):
                await settle(piece.discard())
                raise
            except BaseException:
                await settle(piece.keep())
                raise
            return await settle(self._end_piece(piece))

    async def withdraw(self, owner: Owner, file_id: str) -> None:
        """Forgets an upload that was not stored, with its bytes."""
        file = await self._find(owner, file_id)
        with self._alone(file):
            if file.state is UploadState.STORED:
                raise UploadFinished
            await settle(self._forget(file))

    def arriving(self, owner: Owner, file_id: str) -> int:
        """How many bytes the request that is writing to the upload now has brought; 0 when there is none."""
        writing = self._writing.get(upload_key(owner, file_id))
        return writing.arrived if writing is not None else 0

    def expires_at(self, upload: Upload) -> int:
        """Until when the bytes of an unfinished upload are kept; every byte that arrives puts it off."""
        touched = self._spool.touched_ms(upload.file.upload)
        return max(upload.file.expires_at, touched + self.limits.unfinished_ms if touched else 0)

    async def _find(self, owner: Owner, file_id: str) -> FileRow:
        async with self._database.read() as snapshot:
            file = await find_file(snapshot, upload_key(owner, file_id))
        if file is None:
            raise UploadAbsent(file_id)
        return file

    @contextlib.contextmanager
    def _alone(self, file: FileRow) -> Any:
        """This process's lock on an upload; the spool's holds between processes."""
        if file.upload in self._writing:
            raise UploadBusy(file.id)
        self._writing[file.upload] = writing = _Writing()
        try:
            yield writing
        except SpoolBusy as error:
            raise UploadBusy(file.id) from error
        finally:
            del self._writing[file.upload]
            writing.ended.set()

    async def _take(self, pieces: AsyncIterator[bytes], piece: _Piece, writing: _Writing) -> None:
        loop = asyncio.get_running_loop()
        last_moment = loop.time() + self.limits.piece_s_max
        try:
            async with asyncio.timeout(self.limits.silence_s_max) as writing.patience:
                async for data in pieces:
                    await piece.take(data)
                    writing.arrived += len(data)
                    writing.patience.reschedule(min(loop.time() + self.limits.silence_s_max, last_moment))
        except TimeoutError as error:
            raise UploadInterrupted(piece.file.id) from error
        finally:
            writing.patience = None
        piece.check()

    async def _end_piece(self, piece: _Piece) -> Upload:
        whole = piece.whole()
        if whole is None:
            await piece.keep(closing=False)
            try:
                if piece.end < piece.file.size:
                    return Upload(piece.file, piece.end)
                assert piece.spooled is not None, "a file is whole in memory or in the spool"
                return await self._finish(piece.file, piece.spooled)
            finally:
                piece.close()
        try:
            return await self._finish(piece.file, whole)
        except UploadError:
            raise
        except Exception:
            # The store or the database could not take it now. The bytes did arrive: keep them if anything can.
            with contextlib.suppress(Exception):
                await piece.keep()
            raise

    async def _look_at_spool(self, file: FileRow) -> Upload:
        spooled = await asyncio.to_thread(self._spool.open, file.upload)
        try:
            await asyncio.to_thread(spooled.sync)
            if spooled.size < file.size:
                return Upload(file, spooled.size)
            return await self._finish(file, spooled)  # all had come, but the process ended before it was decided
        finally:
            spooled.close()

    async def _finish(self, file: FileRow, source: bytes | SpoolFile) -> Upload:
        """All bytes are here: verifies them, stores them, commits. The upload is this request's alone."""
        spooled = source if isinstance(source, SpoolFile) else None
        data = source if isinstance(source, bytes) else await asyncio.to_thread(source.read)
        hashed = hashlib.sha256(data) if spooled is None else await asyncio.to_thread(hashlib.sha256, data)
        owner = Owner(file.account, file.device)
        if hashed.hexdigest() != file.sha256:
            if spooled is not None:
                spooled.remove()
            raise FileHashDiffers(file.id)
        if not MAGIC[file.type](data[:16]):
            async with self._database.write() as tx:
                await refuse_file(tx, file.upload, TypeDiffers.code)
            if spooled is not None:
                spooled.remove()
            self._tell(owner, file.id, FileState.REFUSED)
            raise TypeDiffers(file.id)
        key = new_key(self._random_bytes(KEY_BYTES))
        await self._blobs.put(key, data)
        kept = await self._commits.submit(Arrived(file, key))
        if kept != key:
            self._later(self._blobs.delete(key))
        if spooled is not None:
            spooled.remove()
        if kept is None:
            raise UploadAbsent(file.id)
        self._tell(owner, file.id, FileState.STORED)
        return Upload(_stored(file), file.size)

    async def _forget(self, file: FileRow) -> None:
        await asyncio.to_thread(self._spool.remove, file.upload)
        async with self._database.write() as tx:
            await withdraw_file(tx, file.upload)

    def _later(self, work: Coroutine[Any, Any, None]) -> None:
        """Work nobody waits for. When it fails, the sweep of orphans does it."""

        async def quietly() -> None:
            with contextlib.suppress(Exception):
                await work

        task = asyncio.get_running_loop().create_task(quietly())
        self._leftovers.add(task)
        task.add_done_callback(self._leftovers.discard)

    async def _commit(self, jobs: Sequence[Job]) -> list[FileRow | QuotaReached | str | None]:
        async with self._database.write() as tx:
            await check_leads(tx)
            return await _do_jobs(tx, jobs, self.limits.quota, self._now())


async def _do_jobs(
    tx: Transaction, jobs: Sequence[Job], quota: Quota, now: int
) -> list[FileRow | QuotaReached | str | None]:
    arrived = [job for job in jobs if isinstance(job, Arrived)]
    wanted = [job for job in jobs if isinstance(job, FileRow)]
    kept = iter(await keep_files(tx, arrived, now) if arrived else [])
    announced = iter(await announce_files(tx, wanted, quota, now) if wanted else [])
    return [next(kept) if isinstance(job, Arrived) else next(announced) for job in jobs]


def _stored(file: FileRow) -> FileRow:
    return replace(file, state=UploadState.STORED)


class _Piece:
    """The bytes of one request on their way: in memory while they are few, then in the spool."""

    def __init__(self, file: FileRow, spool: Spool, offset: int, memory_max: int, checksum: Checksum | None) -> None:
        self.file = file
        self.end = offset
        self.spooled: SpoolFile | None = None
        self._start = offset
        self._spool = spool
        self._memory_max = memory_max
        self._held = bytearray()
        self._checksum = checksum
        self._hash = hashlib.new(checksum.algorithm, usedforsecurity=False) if checksum else None

    async def take(self, data: bytes) -> None:
        if self.end + len(data) > self.file.size:
            raise TooManyBytes
        self.end += len(data)
        self._held += data
        if self._hash is not None:
            self._hash.update(data)
        if len(self._held) >= self._memory_max:
            await settle(asyncio.to_thread(self._flush))

    def check(self) -> None:
        if self._hash is not None and self._checksum is not None and self._hash.digest() != self._checksum.digest:
            raise ChecksumDiffers

    def whole(self) -> bytes | None:
        """The entire file, if this piece is all of it and still in memory."""
        if self._start == 0 and self.spooled is None and self.end == self.file.size:
            return bytes(self._held)
        return None

    async def keep(self, *, closing: bool = True) -> None:
        """Makes what came durable."""
        try:
            if self._held or self.spooled is not None or (self.end == self.file.size and not closing):
                await asyncio.to_thread(self._flush, True)
        finally:
            if closing:
                self.close()

    async def discard(self) -> None:
        """As if this piece had never come."""
        self._held.clear()
        if self.spooled is not None:
            await asyncio.to_thread(self.spooled.cut, self._start)
        self.close()

    def close(self) -> None:
        if self.spooled is not None:
            self.spooled.close()
            self.spooled = None

    def _flush(self, sync: bool = False) -> None:
        if self.spooled is None:
            self.spooled = self._spool.open(self.file.upload)
            if self.spooled.size != self._start:  # another process wrote between our look and our lock
                self.spooled.close()
                self.spooled = None
                raise SpoolBusy(self.file.upload)
        try:
            self.spooled.append(self._held)
        finally:
            self._held.clear()
            if sync:
                self.spooled.sync()
