"""Copies the ends of the audit chains, signed, to a second place, so that a log that was cut or rewritten is noticed.

    line    {"at", "epoch", "whole", "heads": [[bucket, length, link] …], "previous", "signature"}

The read log and the log of accounts are two more chains among them, by the names `reads` and `accounts`.

Laws: the file is only ever added to. Each line holds the hash of the one before it and is signed by a key that derives
from the master secret, so that who holds the database alone can forge none; with the public key alone anyone can
check them. A line tells the buckets that grew since the one before; the first of an epoch tells all.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from server.credentials import Secrets
from server.storage.read_log import CHAIN as READ_CHAIN
from server.storage.unit_of_work import Database

FILE = "log-heads.jsonl"
ACCOUNT_CHAIN = "accounts"
PURPOSE = "log-heads"


class ChainEnd(NamedTuple):
    """How long a bucket's audit chain was, and the link at its end, as hex."""

    length: int
    link: str


class _Line(msgspec.Struct, frozen=True, kw_only=True):
    at: int
    epoch: str
    whole: bool
    heads: list[tuple[str, int, str]]
    previous: str
    signature: str = ""


@dataclass(frozen=True)
class SignedHeads:
    """What the file says: the newest end of every chain of its last epoch. `faults` are lines that do not hold."""

    epoch: str = ""
    at: int = 0
    ends: Mapping[str, ChainEnd] = field(default_factory=dict)
    last_line: str = ""
    faults: tuple[str, ...] = ()
    reads: tuple[tuple[int, int], ...] = ()
    """How long the read log was at each signing: (at, length). Its beginning may be deleted, but only what is old."""


def signing_key(secrets: Secrets) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(secrets.key(PURPOSE))


def read_signed_heads(folder: Path, public: Ed25519PublicKey) -> SignedHeads:
    """Reads and checks every line. A last line without its end, cut by a crash, does not count."""
    try:
        content = (folder / FILE).read_bytes()
    except FileNotFoundError:
        return SignedHeads()
    ends: dict[str, ChainEnd] = {}
    faults: list[str] = []
    reads: list[tuple[int, int]] = []
    epoch, at, previous = "", 0, ""
    for number, raw in enumerate(content.split(b"\n")[:-1], start=1):
        line = _checked(raw, public)
        if line is None or line.previous != previous:
            faults.append(f"line {number} of {FILE} was altered, or one before it is missing")
        if line is not None:
            if line.whole:
                ends.clear()
                reads.clear()
            reads += [(line.at, length) for bucket, length, _ in line.heads if bucket == READ_CHAIN]
            ends.update((bucket, ChainEnd(length, link)) for bucket, length, link in line.heads)
            epoch, at = line.epoch, line.at
        previous = _digest(raw)
    return SignedHeads(epoch, at, ends, previous, tuple(faults), tuple(reads))


async def sign_heads(database: Database, folder: Path, key: Ed25519PrivateKey, *, now_ms: int) -> int:
    """Adds a line for what grew. How many chains it tells; 0 when nothing did and no line was added."""
    known = read_signed_heads(folder, key.public_key())
    async with database.read() as snapshot:
        centre, rows, looks, accounts = await snapshot.fetch_each(
            [
                ("SELECT epoch FROM centre WHERE id = 1", ()),
                ("SELECT id, log_length, log_hash FROM buckets WHERE log_length > 0 ORDER BY id", ()),
                ("SELECT ?, length, link FROM read_log WHERE length > 0", (READ_CHAIN,)),
                ("SELECT ?, position, link FROM account_log ORDER BY position DESC LIMIT 1", (ACCOUNT_CHAIN,)),
            ]
        )
    epoch = centre[0][0]
    whole = epoch != known.epoch
    now = {bucket: ChainEnd(length, bytes(link).hex()) for bucket, length, link in (*rows, *looks, *accounts)}
    grown = [(bucket, *end) for bucket, end in now.items() if whole or known.ends.get(bucket) != end]
    if not grown:
        return 0
    unsigned = _Line(at=now_ms, epoch=epoch, whole=whole, heads=grown, previous=known.last_line)
    signature = key.sign(msgspec.json.encode(unsigned)).hex()
    line = msgspec.json.encode(msgspec.structs.replace(unsigned, signature=signature))
    _append(folder, line + b"\n")
    return len(grown)


def _checked(raw: bytes, public: Ed25519PublicKey) -> _Line | None:
    try:
        line = msgspec.json.decode(raw, type=_Line)
        public.verify(bytes.fromhex(line.signature), msgspec.json.encode(msgspec.structs.replace(line, signature="")))
    except (msgspec.MsgspecError, InvalidSignature, ValueError):
        return None
    return line


def _append(folder: Path, line: bytes) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / FILE
    # What a crash left of a line was never told to anybody, and goes.
    whole = path.read_bytes().rfind(b"\n") + 1 if path.exists() else 0
    with path.open("ab") as file:
        file.truncate(whole)
        file.write(line)
        file.flush()
        os.fsync(file.fileno())


def _digest(raw: bytes) -> str:
    return hashlib.sha256(raw).hexdigest()
