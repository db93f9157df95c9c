"""Copies an SQLite file while it is in use: what SQLite itself calls an online backup.

Law: the copy is one moment of the database, in one file without a log beside it, and durable when this returns.
"""

from __future__ import annotations

import os
from pathlib import Path

from sqlcipher3 import dbapi2

from server.storage import sqlite_connection
from server.storage.sqlite_connection import Key


def copy_sqlite(source: Path, target: Path, key: bytes | None) -> None:
    """`target` must not be there. Raises StorageError."""
    assert not target.exists(), "a backup never writes over a file"
    kept = Key(key) if key is not None else None
    raw = sqlite_connection.open_raw(str(source), kept)
    try:
        copy = dbapi2.connect(str(target), isolation_level=None)
        try:
            copy.execute("PRAGMA cipher_log_level = NONE")
            if kept is not None:
                copy.execute(f"PRAGMA key = \"x'{kept.raw.hex()}'\"")
            # All pages in one step: in WAL mode that is one snapshot, and nobody waits for it.
            raw.backup(copy)
            copy.execute("PRAGMA journal_mode = DELETE")
        finally:
            copy.close()
    except dbapi2.Error as error:
        raise sqlite_connection.translate(error) from error
    finally:
        raw.close()
    for path in (target, target.parent):
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
