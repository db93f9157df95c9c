"""Owns the files of secrets outside the database: the master secret, and the key of an encrypted database file.

Laws: a secret is 32 random bytes, written as 64 hex digits, readable by its owner alone. One is made only for a new
database: to make another for an old one would lock everything in it away. Whoever holds a backup of the database and
not this file can open nothing that is sealed, so the file is kept apart, and kept well.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from server.credentials import MASTER_BYTES, Secrets
from server.storage.sealing import Algorithm, Sealing, SealingKey

_OPEN_TO_OTHERS = 0o077
_NUMBERS = {Algorithm.AES_256_GCM: 1, Algorithm.SM4_GCM: 2}
CIPHERS = {"aes-gcm": Algorithm.AES_256_GCM, "sm4-gcm": Algorithm.SM4_GCM}


class SecretUnusable(Exception):
    """The file is not there, holds no secret, or others may read it. Says which and what to do."""


def read_secret(path: Path) -> bytes:
    """The 32 bytes in the file. Raises SecretUnusable."""
    try:
        if path.stat().st_mode & _OPEN_TO_OTHERS:
            raise SecretUnusable(f"{path} can be read by others: chmod 600 {path}")
        raw = bytes.fromhex(path.read_text(encoding="ascii"))
    except FileNotFoundError:
        raise SecretUnusable(f"{path} is not there: put the secret of this database back in its place") from None
    except (OSError, ValueError) as error:
        raise SecretUnusable(f"{path} holds no secret of 64 hex digits: {type(error).__name__}") from None
    if len(raw) != MASTER_BYTES:
        raise SecretUnusable(f"{path} holds no secret of 64 hex digits")
    return raw


def make_secret(path: Path, randomness: Callable[[int], bytes]) -> bytes:
    """A new secret, durable when this returns; the one that is there when there is one."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:
        return read_secret(path)
    raw = randomness(MASTER_BYTES)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(raw.hex() + "\n")
        file.flush()
        os.fsync(file.fileno())
    return raw


def sealing_of(secrets: Secrets, cipher: str, randomness: Callable[[int], bytes]) -> Sealing:
    """What seals with `cipher` ("aes-gcm" or "sm4-gcm") and opens what either sealed."""
    keys = {
        number: SealingKey(algorithm, secrets.key(f"sealing-{number}")[: algorithm.key_length])
        for algorithm, number in _NUMBERS.items()
    }
    return Sealing(keys, _NUMBERS[CIPHERS[cipher]], secrets.key("index"), randomness)
