"""Takes what is unsent out of a damaged replica file: changes, files and keys, row by row.

SQLCipher gives up at the first page whose mac fails. This reads below it: every page is decrypted on its own, the
first page (header and schema) can be replaced because all replicas are laid out alike, and a change counts only when
its line still has the hash it was stored with. Records are not saved: the centre has them.
"""

from __future__ import annotations

import hashlib
import hmac
import sqlite3
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from sync.core.chain import content_hash
from sync.core.codec import parse_change_line
from sync.core.messages import Outcome
from sync.device.errors import ReplicaUnreadable
from sync.device.replica_schema import SCHEMA, SCHEMA_VERSION
from sync.device.state import Entry, FileToSend, Standing, first_standing

PAGE = 4096
RESERVE = 80  # sixteen bytes of IV, sixty-four of mac, at the end of each page
MAGIC = b"SQLite format 3\x00"
WAL_HEADER = 32
FRAME_HEADER = 24
SKIPS_MAX = 2_000
ROWIDS_APART_MAX = 100_000
"""Beyond that a rowid is what damage left, and following it would pass over all that comes after."""


@dataclass(slots=True)
class Salvage:
    """`standing` is None when the device's position was lost. `lost` counts entries and files that are not whole."""

    standing: Standing | None = None
    entries: list[Entry] = field(default_factory=list)
    files: list[tuple[FileToSend, bytes]] = field(default_factory=list)
    secrets: dict[str, bytes] = field(default_factory=dict)
    lost: int = 0

    def standing_or(self, device: str, chain_epoch: int) -> Standing:
        """Rows are read anew. A lost position means a new chain for all: the centre knows true twins by their id."""
        top = max((entry.position for entry in self.entries), default=0) + 1
        if self.standing is not None:
            top = max(top, self.standing.next_position)
            return msgspec.structs.replace(self.standing, tag="", target=None, next_position=top)
        if not device:
            raise ReplicaUnreadable("the replica is damaged and no longer says which device it was")
        self.entries = [msgspec.structs.replace(entry, seq=0, chain_epoch=0) for entry in self.entries]
        return msgspec.structs.replace(first_standing(device, chain_epoch), restart=True, next_position=top)


def key_opens(path: Path, key: bytes) -> bool:
    """Whether any page of the file bears a mac of this key: damage is not mistaken for a wrong key."""
    salt = hashlib.sha256(key).digest()[:16]
    mac_key = hashlib.pbkdf2_hmac("sha512", key, bytes(byte ^ 0x3A for byte in salt), 2, 32)
    return any(_has_mac(mac_key, number, page) for number, page in _pages_with_log(path))


def _has_mac(mac_key: bytes, number: int, page: bytes) -> bool:
    body = page[16:-64] if number == 1 else page[:-64]
    mac = hmac.new(mac_key, body + number.to_bytes(4, "little"), "sha512").digest()
    return hmac.compare_digest(mac, page[-64:])


def salvage(path: Path, key: bytes) -> Salvage:
    """Never raises for damage: what cannot be read is left out and, where it can be known, counted."""
    pages: dict[int, bytes] = {}
    for number, page in _pages_with_log(path):
        pages[number] = _decrypted(key, number, page)
    count = max(pages, default=1)
    blank = bytes(PAGE)
    image = b"".join(pages.get(number, blank) for number in range(1, count + 1))
    found = Salvage()
    for first_page in (image[:PAGE], _template_first_page()):
        header = _header(first_page, count)
        attempt = _read_image(header + first_page[100:PAGE] + image[PAGE:])
        if (attempt.standing is not None, len(attempt.entries)) > (found.standing is not None, len(found.entries)):
            found = attempt
    return found


def log_is_whole(path: Path) -> bool:
    """False when frames of the write-ahead log lie behind a damaged one: SQLite would drop them without a word.

    A log that merely ends in a torn frame is whole: that commit was never confirmed.
    """
    log_path = Path(f"{path}-wal")
    log = log_path.read_bytes() if log_path.exists() else b""
    if len(log) <= WAL_HEADER:
        return True
    order = ">" if log[3] & 1 else "<"
    sums = _checksum(log[:24], order, (0, 0))
    broken = sums != struct.unpack(">II", log[24:32])
    for start in range(WAL_HEADER, len(log) - FRAME_HEADER - PAGE + 1, FRAME_HEADER + PAGE):
        head, page = log[start : start + FRAME_HEADER], log[start + FRAME_HEADER : start + FRAME_HEADER + PAGE]
        if head[8:16] != log[16:24]:
            return True
        if broken:
            return False
        sums = _checksum(page, order, _checksum(head[:8], order, sums))
        broken = sums != struct.unpack(">II", head[16:24])
    return True


def _checksum(data: bytes, order: str, sums: tuple[int, int]) -> tuple[int, int]:
    one, two = sums
    for left, right in struct.iter_unpack(f"{order}II", data):
        one = (one + left + two) & 0xFFFFFFFF
        two = (two + right + one) & 0xFFFFFFFF
    return one, two


def _pages_with_log(path: Path) -> Iterator[tuple[int, bytes]]:
    """Pages of the file, then those of its write-ahead log up to the last commit, which stand above them."""
    content = path.read_bytes()
    for start in range(0, len(content) - PAGE + 1, PAGE):
        yield start // PAGE + 1, content[start : start + PAGE]
    log_path = Path(f"{path}-wal")
    log = log_path.read_bytes() if log_path.exists() else b""
    salts = log[16:24]
    waiting: list[tuple[int, bytes]] = []
    for start in range(WAL_HEADER, len(log) - FRAME_HEADER - PAGE + 1, FRAME_HEADER + PAGE):
        head = log[start : start + FRAME_HEADER]
        if head[8:16] != salts:
            break
        waiting.append((int.from_bytes(head[:4], "big"), log[start + FRAME_HEADER : start + FRAME_HEADER + PAGE]))
        if int.from_bytes(head[4:8], "big"):
            yield from waiting
            waiting = []


def _decrypted(key: bytes, number: int, page: bytes) -> bytes:
    body = page[16:-RESERVE] if number == 1 else page[:-RESERVE]
    decryptor = Cipher(algorithms.AES(key), modes.CBC(page[-RESERVE : -RESERVE + 16])).decryptor()
    plain = decryptor.update(body) + decryptor.finalize()
    return (MAGIC if number == 1 else b"") + plain + page[-RESERVE:]


def _header(first_page: bytes, pages: int) -> bytes:
    """The file header as it must be: only the size differs from one replica to another."""
    header = bytearray(first_page[:100])
    header[:28] = MAGIC + PAGE.to_bytes(2, "big") + bytes([1, 1, RESERVE, 64, 32, 32]) + b"\x00\x00\x00\x01"
    header[28:32] = pages.to_bytes(4, "big")
    header[92:96] = header[24:28]
    return bytes(header)


def _template_first_page() -> bytes:
    """The schema page of an empty replica: a plain database with the same reserve puts every table at the same page."""
    plain = sqlite3.connect(":memory:")
    try:
        plain.deserialize(_empty_image())
        for statement in SCHEMA:
            plain.execute(statement)
        plain.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
        plain.commit()
        return plain.serialize()[:PAGE]
    finally:
        plain.close()


def _empty_image() -> bytes:
    page = bytearray(PAGE)
    page[:100] = _header(bytes(100), 1)
    page[44:48] = (4).to_bytes(4, "big")
    page[56:60] = (1).to_bytes(4, "big")
    page[100] = 13  # an empty table leaf
    page[105:107] = (PAGE - RESERVE).to_bytes(2, "big")
    return bytes(page)


def _read_image(image: bytes) -> Salvage:
    found = Salvage()
    plain = sqlite3.connect(":memory:")
    plain.text_factory = bytes
    try:
        plain.deserialize(image)
        plain.execute("PRAGMA cell_size_check = OFF")
        _read_standing(plain, found)
        for row in _each(
            plain, "entries", "position, id, kind, record, line, hash, captured, chain_epoch, seq, outcome, received"
        ):
            _take_entry(row, found)
        for row in _each(plain, "files", "rowid, id, body"):
            _take_file(plain, row, found)
        for row in _each(plain, "secrets", "rowid, name, value"):
            found.secrets[bytes(row[1]).decode(errors="replace")] = bytes(row[2])
    except sqlite3.Error:
        return found
    finally:
        plain.close()
    return found


def _each(plain: sqlite3.Connection, table: str, columns: str) -> Iterator[tuple[Any, ...]]:
    """Rows one by one by rowid, passing over those on pages that cannot be read."""
    after, skips = 0, 0
    while skips < SKIPS_MAX:
        try:
            row = plain.execute(f"SELECT {columns}, rowid FROM {table} WHERE rowid > ? LIMIT 1", (after,)).fetchone()  # noqa: S608
        except (sqlite3.Error, UnicodeDecodeError):
            after, skips = after + 1, skips + 1
            continue
        if row is None:
            return
        if row[-1] > after + ROWIDS_APART_MAX:
            after, skips = after + 1, skips + 1
            continue
        after = row[-1]
        yield row[:-1]


def _read_standing(plain: sqlite3.Connection, found: Salvage) -> None:
    try:
        row = plain.execute("SELECT body FROM state").fetchone()
        found.standing = msgspec.msgpack.decode(bytes(row[0]), type=Standing) if row else None
    except (sqlite3.Error, msgspec.MsgspecError, TypeError, UnicodeDecodeError):
        return


def _take_entry(row: tuple[Any, ...], found: Salvage) -> None:
    try:
        position, name, kind, record, line, content, captured, chain_epoch, seq, outcome, received = row
        if content_hash(line) != content:
            raise ValueError("the line is not the one that was stored")
        change = parse_change_line(line).change
        if change is not None:  # else another version wrote it, and only the columns beside it say what it is
            name, kind, record = change.id.encode(), change.kind.encode(), change.record.encode()
        found.entries.append(
            Entry(
                position=int(position),
                id=name.decode(),
                kind=kind.decode(),
                record=record.decode(),
                line=line,
                hash=content,
                captured=int(captured),
                chain_epoch=int(chain_epoch),
                seq=int(seq),
                outcome=None if outcome is None else msgspec.msgpack.decode(outcome, type=Outcome),
                received=int(received),
            )
        )
    except (ValueError, TypeError, AttributeError, msgspec.MsgspecError):
        found.lost += 1


def _take_file(plain: sqlite3.Connection, row: tuple[Any, ...], found: Salvage) -> None:
    """The bytes count only when they have the hash the change names."""
    try:
        file = msgspec.msgpack.decode(row[2], type=FileToSend)
        content = plain.execute("SELECT content FROM file_contents WHERE id = ?", (file.id,)).fetchone()
        if content is not None and hashlib.sha256(content[0]).hexdigest() == file.sha256:
            found.files.append((file, bytes(content[0])))
        elif content is None:
            found.files.append((file, b""))
        else:
            found.lost += 1
    except (sqlite3.Error, TypeError, msgspec.MsgspecError):
        found.lost += 1
