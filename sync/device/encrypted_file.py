"""One connection to an encrypted SQLite file, and its errors in this package's words.

Laws: what a connection promises is read back before it is used; its salt is named, so that damage to the header stays
readable; SQLCipher's errors never leave here as they are.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from sqlcipher3 import dbapi2 as sqlcipher

from sync.device.errors import NotSaved, ReplicaInUse, ReplicaTooNew, ReplicaUnreadable
from sync.device.replica_schema import SCHEMA_VERSION

BUSY_S = 0.0
"""Another writer is another process: the lock was asked first, so waiting would never help."""
WAL_PAGES = 256
CACHE_KIB = 512


def connect_file(path: Path, key: bytes, check: bool) -> Any:
    """A connection whose promises were read back. The salt is named, so that damage to the header stays readable."""
    salt = hashlib.sha256(key).digest()[:16]
    try:
        connection = sqlcipher.connect(str(path), isolation_level=None, check_same_thread=False, timeout=BUSY_S)
    except sqlcipher.Error as error:
        raise translated(error) from None
    try:
        connection.execute(f"PRAGMA key = \"x'{key.hex()}{salt.hex()}'\"")
        for pragma in (
            "cipher_log_level = NONE",  # damage is told by an exception, not on somebody's terminal
            "locking_mode = EXCLUSIVE",  # no shared memory file, and a second lock against other programs
            "journal_mode = WAL",
            "synchronous = FULL",
            f"wal_autocheckpoint = {WAL_PAGES}",
            f"journal_size_limit = {WAL_PAGES * 4096}",
            f"cache_size = -{CACHE_KIB}",
            "foreign_keys = ON",
        ):
            connection.execute(f"PRAGMA {pragma}")
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        mode = connection.execute("PRAGMA journal_mode").fetchone()[0]
        level = connection.execute("PRAGMA synchronous").fetchone()[0]
        if check and connection.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok":
            raise ReplicaUnreadable("the replica's pages do not fit together")
    except sqlcipher.Error as error:
        connection.close()
        raise translated(error) from None
    except BaseException:
        connection.close()
        raise
    assert (mode, level) == ("wal", 2), "a replica writes ahead and syncs every commit"
    if version > SCHEMA_VERSION:
        connection.close()
        raise ReplicaTooNew(f"the replica is of version {version}, this program knows {SCHEMA_VERSION}")
    return connection


def translated(error: Exception) -> Exception:
    """SQLCipher's errors are not sqlite3's. A page that fails its mac is damage, like a malformed one."""
    text = str(error)
    if "database is locked" in text:
        return ReplicaInUse(text)
    if "not a database" in text or "malformed" in text or "hmac" in text:
        return ReplicaUnreadable(text)
    return NotSaved(text)
