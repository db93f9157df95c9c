"""The rows of files and of the blobs that hold their bytes. Written in groups: one transaction, few statements.

- A file belongs to the account and device that sends it; its id is unique only there, so that nobody can occupy or
  discover another's id. Who reads a file asks for (id, sha256), as the record names it.
- A blob is shared by the files of one account that have the same content, and by no others. A client cannot tell:
  it always sends every byte, and the object it made is always written.
- `refs` is counted anew from the files each time, so that doing a thing twice does no harm.
- A blob whose object rotted or vanished is marked damaged: its files count as missing until one is sent again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from server.storage.unit_of_work import Snapshot, Statement, Transaction
from sync.core.ids import derived_id
from sync.core.messages import FileState

DAY_MS = 86_400_000


class UploadState(StrEnum):
    UPLOADING = "uploading"
    STORED = "stored"
    REFUSED = "refused"


class RenditionState(StrEnum):
    WAITING = "waiting"
    MADE = "made"
    NONE = "none"  # not a picture, or one that cannot be shown


@dataclass(frozen=True, slots=True)
class Owner:
    """Who sends a file."""

    account: str
    device: str


@dataclass(frozen=True, slots=True)
class FileRow:
    """One file as its owner announced it, and what became of it. Times are milliseconds since 1970."""

    upload: str
    id: str
    account: str
    device: str
    sha256: str
    size: int
    type: str
    purpose: str
    state: UploadState
    created_at: int
    expires_at: int
    stored_at: int = 0
    blob: str = ""
    refused_reason: str = ""
    damaged: bool = False

    def same_content(self, other: FileRow) -> bool:
        mine = (self.sha256, self.size, self.type, self.purpose)
        return mine == (other.sha256, other.size, other.type, other.purpose)


@dataclass(frozen=True, slots=True)
class Quota:
    """What one device may have in hand and send in a day."""

    unfinished: int = 200
    files_a_day: int = 5_000
    bytes_a_day: int = 4 * 2**30


class QuotaReached(Exception):
    """The device has announced more than its quota."""


@dataclass(frozen=True, slots=True)
class Arrived:
    """A file whose bytes were verified and lie in the store under `key`."""

    file: FileRow
    key: str


@dataclass(frozen=True, slots=True)
class StoredFile:
    """Where the bytes of a stored file are. `rendition` is empty until one was made, or when none can be."""

    blob: str
    key: str
    sha256: str
    size: int
    type: str
    rendition: str
    rendition_sha256: str


def upload_key(owner: Owner, file_id: str) -> str:
    """The primary key of a file: still ordered by time, and different for every owner."""
    return file_id[:12] + derived_id("upload", owner.account, owner.device, file_id)[:20]


def blob_id(account: str, sha256: str) -> str:
    """Which blob holds this content for this account."""
    return hashlib.sha256(f"bangban-blob-1\x1f{account}\x1f{sha256}".encode()).hexdigest()[:32]


_FILE = """SELECT f.upload, f.id, f.account, f.device, f.sha256, f.size, f.type, f.purpose, f.state, f.created_at,
    f.expires_at, f.stored_at, f.blob, f.refused_reason, coalesce(b.damaged_at, 0)
    FROM files f LEFT JOIN blobs b ON b.blob = f.blob """
_USED = """SELECT device, count(*) FILTER (WHERE state = 'uploading'), count(*), coalesce(sum(size), 0)
    FROM files WHERE device IN (?*) AND created_at > ? GROUP BY device"""
_ANNOUNCE = """INSERT INTO files (upload, id, account, device, sha256, size, type, purpose, state, created_at,
    expires_at, stored_at, blob, refused_reason) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'uploading', ?, ?, 0, '', '')
    ON CONFLICT (upload) DO NOTHING"""
_REOPEN = "UPDATE files SET state = 'uploading', blob = '', expires_at = ? WHERE upload = ?"
# The new object replaces one that is damaged; otherwise the older one stays and the new one is nobody's.
_KEEP_BLOB = """INSERT INTO blobs (blob, scope, sha256, size, type, object, refs, rendition_state, rendition,
    rendition_sha256, created_at, damaged_at) VALUES (?, ?, ?, ?, ?, ?, 0, ?, '', '', ?, 0)
    ON CONFLICT (blob) DO UPDATE SET damaged_at = 0,
    object = CASE WHEN blobs.damaged_at > 0 THEN excluded.object ELSE blobs.object END"""
_STORED = "UPDATE files SET state = 'stored', blob = ?, stored_at = ? WHERE upload = ? AND state = 'uploading'"
_COUNT = "UPDATE blobs SET refs = (SELECT count(*) FROM files WHERE files.blob = blobs.blob) WHERE blob = ?"


def _file(row: Sequence[Any]) -> FileRow:
    upload, file_id, account, device, sha256, size, of_type, purpose, state, *rest, damaged_at = row
    created_at, expires_at, stored_at, blob, refused_reason = rest
    return FileRow(
        *(upload, file_id, account, device, sha256, size, of_type, purpose, UploadState(state)),
        *(created_at, expires_at, stored_at, blob, refused_reason, damaged_at > 0),
    )


async def find_file(tx: Snapshot, upload: str) -> FileRow | None:
    """The file with this primary key."""
    row = await tx.fetch_one(_FILE + "WHERE f.upload = ?", (upload,))
    return _file(row) if row else None


async def announce_files(
    tx: Transaction, wanted: Sequence[FileRow], quota: Quota, now: int
) -> list[FileRow | QuotaReached]:
    """For each wanted file the row that now stands under its key, which may be older and have other content."""
    keys = [file.upload for file in wanted]
    devices = sorted({file.device for file in wanted})
    found_rows, used_rows = await tx.fetch_each(
        [(_FILE + "WHERE f.upload IN (?*)", (keys,)), (_USED, (devices, now - DAY_MS))]
    )
    found = {row.upload: row for row in map(_file, found_rows)}
    used = {device: (unfinished, count, size) for device, unfinished, count, size in used_rows}
    new: dict[str, FileRow] = {}
    again: dict[str, FileRow] = {}
    refused: set[str] = set()
    for file in wanted:
        before = found.get(file.upload)
        if before is not None:
            if before.damaged and before.state is UploadState.STORED and before.same_content(file):
                again[file.upload] = replace(before, state=UploadState.UPLOADING, blob="", damaged=False)
            continue
        if file.upload in new:
            continue
        unfinished, count, size = used.get(file.device, (0, 0, 0))
        used[file.device] = after = (unfinished + 1, count + 1, int(size) + file.size)
        if after[0] > quota.unfinished or after[1] > quota.files_a_day or after[2] > quota.bytes_a_day:
            used[file.device] = (unfinished, count, size)
            refused.add(file.upload)
        else:
            new[file.upload] = file
    writes: list[Statement] = []
    if new:
        rows = sorted((_announced(file) for file in new.values()), key=lambda row: row[0])
        writes.append((_ANNOUNCE, rows))
    if again:
        writes.append((_REOPEN, sorted((file.expires_at, key) for key, file in again.items())))
    if writes:
        await tx.batch(writes)
        # Another process may have announced the same file between our look and our insert.
        standing = await tx.fetch(_FILE + "WHERE f.upload IN (?*)", (list(new | again),))
        found |= {row.upload: row for row in map(_file, standing)}
    return [QuotaReached() if file.upload in refused else found[file.upload] for file in wanted]


def _announced(file: FileRow) -> tuple[Any, ...]:
    return (
        *(file.upload, file.id, file.account, file.device, file.sha256, file.size),
        *(file.type, file.purpose, file.created_at, file.expires_at),
    )


async def keep_files(tx: Transaction, arrived: Sequence[Arrived], now: int) -> list[str | None]:
    """Marks files stored. For each the key of the object that holds it now, or None when the file was withdrawn.

    The key is another than its own when the account had this content already: the new object is then nobody's.
    """
    blobs = {blob_id(one.file.account, one.file.sha256): one for one in arrived}
    kept = [
        (blob, one.file.account, one.file.sha256, one.file.size, one.file.type, one.key, _first_state(one.file), now)
        for blob, one in sorted(blobs.items())
    ]
    marks = sorted((blob_id(one.file.account, one.file.sha256), now, one.file.upload) for one in arrived)
    await tx.batch([(_KEEP_BLOB, kept), (_STORED, marks), (_COUNT, [(blob,) for blob in sorted(blobs)])])
    objects, stored = await tx.fetch_each(
        [
            ("SELECT blob, object FROM blobs WHERE blob IN (?*)", (list(blobs),)),
            ("SELECT upload FROM files WHERE state = 'stored' AND upload IN (?*)", ([a.file.upload for a in arrived],)),
        ]
    )
    object_of: dict[str, str] = dict(objects)
    standing = {upload for (upload,) in stored}
    return [
        object_of[blob_id(one.file.account, one.file.sha256)] if one.file.upload in standing else None
        for one in arrived
    ]


def _first_state(file: FileRow) -> RenditionState:
    return RenditionState.WAITING if file.type.startswith("image/") else RenditionState.NONE


async def refuse_file(tx: Transaction, upload: str, reason: str) -> None:
    """The file will never count: its bytes are not what it was announced as."""
    await tx.execute(
        "UPDATE files SET state = 'refused', refused_reason = ? WHERE upload = ? AND state = 'uploading'",
        (reason, upload),
    )


async def withdraw_file(tx: Transaction, upload: str) -> bool:
    """Forgets a file that was not stored; whether there was one."""
    return await tx.execute("DELETE FROM files WHERE upload = ? AND state <> 'stored'", (upload,)) > 0


async def erase_files(tx: Transaction, file_id: str) -> None:
    """Lawful erasure: forgets every file of this id; the sweep then removes bytes that no file points to."""
    blobs = await tx.fetch("SELECT blob FROM files WHERE id = ? AND blob <> ''", (file_id,))
    erase: Statement = ("DELETE FROM files WHERE id = ?", [(file_id,)])
    await tx.batch([erase, (_COUNT, sorted({(blob,) for (blob,) in blobs}))])


async def file_states(tx: Snapshot, ids: Sequence[str], account: str) -> dict[str, FileState]:
    """What the centre has of the files that this account asks about; another's file is as missing as an unknown."""
    states = dict.fromkeys(ids, FileState.MISSING)
    if not ids:
        return states
    rows = await tx.fetch(
        """SELECT f.id, f.state, coalesce(b.damaged_at, 0) FROM files f LEFT JOIN blobs b ON b.blob = f.blob
           WHERE f.account = ? AND f.id IN (?*)""",
        (account, list(states)),
    )
    for file_id, state, damaged_at in rows:
        if state == UploadState.STORED and not damaged_at:
            states[file_id] = FileState.STORED
        elif state == UploadState.REFUSED and states[file_id] is FileState.MISSING:
            states[file_id] = FileState.REFUSED
    return states


async def stored_file(tx: Snapshot, file_id: str, sha256: str, accounts: Sequence[str]) -> StoredFile | None:
    """The bytes that a record names by id and hash, if one of these accounts sent them. Who may see the record, and
    whose files it may name, is for the caller to know.
    """
    rows = await tx.fetch(
        """SELECT b.blob, b.object, b.sha256, b.size, b.type, b.rendition, b.rendition_sha256
           FROM files f JOIN blobs b ON b.blob = f.blob
           WHERE f.id = ? AND f.sha256 = ? AND f.state = 'stored' AND f.account IN (?*)
           ORDER BY b.damaged_at, b.blob LIMIT 1""",
        (file_id, sha256, list(accounts)),
    )
    return StoredFile(*rows[0]) if rows else None


async def mark_damaged(tx: Transaction, blob: str, now: int) -> None:
    """The blob's object cannot be read whole. Its files count as missing, and a device that has one sends it."""
    await tx.execute("UPDATE blobs SET damaged_at = ? WHERE blob = ? AND damaged_at = 0", (now, blob))


@dataclass(frozen=True, slots=True)
class WaitingBlob:
    """A picture that has no rendition yet."""

    blob: str
    key: str
    sha256: str
    type: str


@dataclass(frozen=True, slots=True)
class Rendered:
    """Where a blob's rendition lies; an empty key when it can have none."""

    blob: str
    key: str = ""
    sha256: str = ""


async def waiting_blobs(tx: Snapshot, limit: int) -> list[WaitingBlob]:
    """The pictures that wait longest for their rendition."""
    rows = await tx.fetch(
        """SELECT blob, object, sha256, type FROM blobs
           WHERE rendition_state = 'waiting' AND damaged_at = 0 ORDER BY created_at LIMIT ?""",
        (limit,),
    )
    return [WaitingBlob(*row) for row in rows]


async def keep_renditions(tx: Transaction, rendered: Sequence[Rendered]) -> None:
    """Notes renditions. Where another process was faster its rendition stays, and ours is swept."""
    rows = [
        (RenditionState.MADE if one.key else RenditionState.NONE, one.key, one.sha256, one.blob) for one in rendered
    ]
    await tx.batch(
        [
            (
                """UPDATE blobs SET rendition_state = ?, rendition = ?, rendition_sha256 = ?
                   WHERE blob = ? AND rendition_state = 'waiting'""",
                sorted(rows, key=lambda row: row[3]),
            )
        ]
    )


async def render_again(tx: Transaction, blob: str) -> None:
    """The rendition cannot be read whole: it is made anew from the original."""
    await tx.execute(
        """UPDATE blobs SET rendition_state = 'waiting', rendition = '', rendition_sha256 = ''
           WHERE blob = ? AND rendition_state = 'made'""",
        (blob,),
    )


async def expired_uploads(tx: Snapshot, now: int, limit: int) -> list[tuple[str, int]]:
    """Unfinished uploads whose time is over by their row, the oldest first; the spool may know better."""
    rows = await tx.fetch(
        "SELECT upload, expires_at FROM files WHERE state = 'uploading' AND expires_at < ? ORDER BY expires_at LIMIT ?",
        (now, limit),
    )
    return [(upload, expires_at) for upload, expires_at in rows]


async def put_off(tx: Transaction, upload: str, expires_at: int) -> None:
    """Bytes arrived lately: the upload lives on."""
    await tx.execute("UPDATE files SET expires_at = ? WHERE upload = ? AND state = 'uploading'", (expires_at, upload))


async def unfinished_uploads(tx: Snapshot, uploads: Sequence[str]) -> set[str]:
    """Those of `uploads` that still wait for bytes."""
    rows = await tx.fetch("SELECT upload FROM files WHERE state = 'uploading' AND upload IN (?*)", (list(uploads),))
    return {upload for (upload,) in rows}


async def known_objects(tx: Snapshot, keys: Sequence[str]) -> set[str]:
    """Those of `keys` that a blob points to, as its original or its rendition."""
    rows = await tx.fetch_each(
        [
            ("SELECT object FROM blobs WHERE object IN (?*)", (list(keys),)),
            ("SELECT rendition FROM blobs WHERE rendition IN (?*)", (list(keys),)),
        ]
    )
    return {key for found in rows for (key,) in found}


async def forget_unused_blobs(tx: Transaction, limit: int) -> int:
    """Forgets blobs that no file points to; their objects become orphans. How many there were."""
    rows = await tx.fetch("SELECT blob FROM blobs WHERE refs = 0 ORDER BY blob LIMIT ?", (limit,))
    blobs = [blob for (blob,) in rows]
    return await tx.execute("DELETE FROM blobs WHERE refs = 0 AND blob IN (?*)", (blobs,)) if blobs else 0


async def blobs_after(tx: Snapshot, blob: str, limit: int) -> list[StoredFile]:
    """Blobs in the order of their ids after `blob` ("" for the first), for whoever must look at every one."""
    rows = await tx.fetch(
        """SELECT blob, object, sha256, size, type, rendition, rendition_sha256 FROM blobs
           WHERE blob > ? AND damaged_at = 0 ORDER BY blob LIMIT ?""",
        (blob, limit),
    )
    return [StoredFile(*row) for row in rows]
