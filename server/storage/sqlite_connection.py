"""One connection to an SQLite file, opened as the laws of sqlite_engine.py demand, and its errors as ours."""

import re
from dataclasses import dataclass
from typing import Any

from sqlcipher3 import dbapi2

from server.storage.errors import (
    BadStatement,
    Busy,
    ConstraintViolation,
    DiskFailure,
    StorageError,
    StorageFull,
    UniqueViolation,
    UnsafeStorage,
    WrongKey,
)

Raw = Any  # a sqlcipher3 connection: it has no types

SQLITE_SAFE_FOR_SEVERAL_CONNECTIONS = (3, 51, 3)
BUSY_TIMEOUT_MS = 5_000
CACHED_STATEMENTS = 512

_BUSY, _LOCKED, _NOMEM, _IOERR, _CORRUPT, _FULL, _CONSTRAINT, _NOTADB = 5, 6, 7, 10, 11, 13, 19, 26
_UNIQUE = re.compile(r"UNIQUE constraint failed: (.+)")


@dataclass(frozen=True, slots=True)
class Key:
    """The 32 raw bytes that open an encrypted file. Never printed."""

    raw: bytes

    def __post_init__(self) -> None:
        assert len(self.raw) == 32, "a database key has 32 bytes"

    def __repr__(self) -> str:
        return "Key(…)"


def translate(error: Exception) -> StorageError:
    """A driver's error as one of ours. Only the constraint's name survives, never a row's values."""
    code = getattr(error, "sqlite_errorcode", None)
    code = code & 0xFF if code is not None else None
    text = str(error)
    match code:
        case _ if code in (_BUSY, _LOCKED):
            return Busy("another connection holds the database")
        case _ if code == _NOMEM:
            return Busy("no memory left for the database")
        case _ if code == _FULL:
            return StorageFull("no space left for the database")
        case _ if code in (_IOERR, _CORRUPT):
            return DiskFailure(f"the disk failed under the database: {text}")
        case _ if code == _NOTADB:
            return WrongKey("the key does not open the database file, or the file is not a database")
        case _ if code == _CONSTRAINT:
            unique = _UNIQUE.match(text)
            return UniqueViolation(_columns(unique[1])) if unique else ConstraintViolation(text)
        case _:
            return BadStatement(f"{type(error).__name__}: {text}")


def _columns(failed: str) -> str:
    """'t.a, t.b' as 't(a, b)'; an index on expressions is named as it is."""
    parts = [part.split(".", 1) for part in failed.split(", ")]
    if any(len(part) != 2 for part in parts):
        return failed
    return f"{parts[0][0]}({', '.join(column for _, column in parts)})"


def open_raw(path: str, key: Key | None, *, query_only: bool = False, several: bool = True) -> Raw:
    """A connection with every law asserted. Runs in the thread that will use it.

    `several`: other connections to this file will be open beside it.
    """
    if several and dbapi2.sqlite_version_info < SQLITE_SAFE_FOR_SEVERAL_CONNECTIONS:
        raise UnsafeStorage(
            f"SQLite {dbapi2.sqlite_version} can corrupt a database that has several connections; 3.51.3 cannot"
        )
    try:
        raw = dbapi2.connect(path, isolation_level=None, cached_statements=CACHED_STATEMENTS)
    except dbapi2.Error as error:
        raise UnsafeStorage(f"the database file cannot be opened: {error}") from error
    try:
        _prepare(raw, key, query_only)
    except dbapi2.Error as error:
        raw.close()
        raise translate(error) from error
    except BaseException:
        raw.close()
        raise
    return raw


def _prepare(raw: Raw, key: Key | None, query_only: bool) -> None:
    raw.execute("PRAGMA cipher_log_level = NONE")  # else a wrong key writes to the process's stderr
    if key is not None:
        raw.execute(f"PRAGMA key = \"x'{key.raw.hex()}'\"")
    raw.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
    raw.execute("SELECT count(*) FROM sqlite_master").fetchone()
    wanted = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "trusted_schema": 0}
    if query_only:
        wanted["query_only"] = 1
    for pragma, value in wanted.items():
        raw.execute(f"PRAGMA {pragma} = {value}")
        found = raw.execute(f"PRAGMA {pragma}").fetchone()[0]
        if found != value:
            raise UnsafeStorage(f"the database has {pragma}={found} and will not take {value}")
