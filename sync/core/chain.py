"""Hashes: of a line, of a device's chain of changes, of a bucket's rows; and what signatures cover.

Laws: a line's bytes are hashed as they are, never re-serialised. A change's seq is not part of its line, so a
device that must start a new chain keeps its changes' ids and bytes.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable

SUM_MODULUS = 1 << 128


def encode_hash(digest: bytes) -> str:
    """base64url without padding: 32 bytes become 43 characters."""
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def decode_hash(text: str) -> bytes:
    """Raises ValueError when the text is not base64url."""
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)


def content_hash(line: bytes) -> bytes:
    """SHA-256 of a line without its newline: what makes two changes, or two bodies, the same."""
    return hashlib.sha256(line).digest()


def genesis(device: str, chain_epoch: int) -> bytes:
    """The chain hash before the first change of a chain."""
    return hashlib.sha256(f"bangban-chain-1\n{device}\n{chain_epoch}".encode()).digest()


def extend(previous: bytes, seq: int, line_hash: bytes) -> bytes:
    """The chain hash after change number `seq` whose line hashes to `line_hash`."""
    return hashlib.sha256(previous + seq.to_bytes(8, "big") + line_hash).digest()


def extend_all(previous: bytes, first_seq: int, line_hashes: Iterable[bytes]) -> bytes:
    for seq, line_hash in enumerate(line_hashes, start=first_seq):
        previous = extend(previous, seq, line_hash)
    return previous


def signed_payload(device: str, chain_epoch: int, last_seq: int, chain_hash: bytes) -> bytes:
    """What a device's Ed25519 key signs: everything up to `last_seq` of that chain, and its authorship."""
    return f"bangban-exchange-1\n{device}\n{chain_epoch}\n{last_seq}\n".encode() + chain_hash


def evidence_payload(epoch: str, device: str, rows: Iterable[tuple[str, str, str, int, bytes]]) -> bytes:
    """What a device's key signs of the (kind, record, bucket, version, body) that it shows a restored centre."""
    hasher = hashlib.sha256()
    for kind, record, bucket, version, body in rows:
        hasher.update(f"{kind}\n{record}\n{bucket}\n{version}\n".encode() + body + b"\n")
    return f"bangban-evidence-1\n{epoch}\n{device}\n".encode() + hasher.digest()


def acknowledged_payload(epoch: str, device: str, chain_epoch: int, last_seq: int, chain_hash: bytes) -> bytes:
    """What the centre authenticates in an acknowledgement, so that its own past can be proved to it."""
    return f"bangban-ack-1\n{epoch}\n{device}\n{chain_epoch}\n{last_seq}\n".encode() + chain_hash


def row_sum(record: str, version: int, body: bytes) -> int:
    """One row's part of a bucket sum."""
    digest = hashlib.sha256(record.encode() + version.to_bytes(8, "big") + body).digest()
    return int.from_bytes(digest[:16], "big")


def bucket_sum(rows: Iterable[tuple[str, int, bytes]]) -> int:
    """The sum mod 2^128 over (record, version, body) of every row now in a bucket."""
    return sum(row_sum(*row) for row in rows) % SUM_MODULUS


def sum_text(value: int) -> str:
    return encode_hash(value.to_bytes(16, "big"))


def state_tag(epoch: str, entitled: Iterable[tuple[str, int, int, int, int]]) -> str:
    """Stands for all that a device may see: 22 characters over (bucket, generation, head, sum, count) rows."""
    hasher = hashlib.sha256(f"bangban-state-1\n{epoch}".encode())
    for bucket, generation, head, total, count in sorted(entitled):
        hasher.update(f"\n{bucket} {generation} {head} {total:x} {count}".encode())
    return encode_hash(hasher.digest()[:16])
