"""A connection is opened as the laws demand, or not at all; its errors are told as ours."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlcipher3 import dbapi2

from server.storage.errors import BadStatement, UniqueViolation, UnsafeStorage, WrongKey
from server.storage.sqlite_connection import Key, open_raw, translate


def test_a_connection_syncs_fully_and_writes_ahead(tmp_path: Path) -> None:
    raw = open_raw(str(tmp_path / "a.sqlite3"), None)
    found = [raw.execute(f"PRAGMA {name}").fetchone()[0] for name in ("journal_mode", "synchronous", "foreign_keys")]
    raw.close()
    assert found == ["wal", 2, 1]


def test_a_file_in_no_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnsafeStorage):
        open_raw(str(tmp_path / "none" / "a.sqlite3"), None)


def test_another_key_does_not_open_a_file(tmp_path: Path) -> None:
    path = str(tmp_path / "a.sqlite3")
    raw = open_raw(path, Key(b"1" * 32))
    raw.execute("CREATE TABLE t (a)")
    raw.close()
    with pytest.raises(WrongKey):
        open_raw(path, Key(b"2" * 32))


def test_a_key_is_never_printed() -> None:
    assert "1" not in repr(Key(b"1" * 32))


def test_a_drivers_error_names_the_constraint_and_no_value(tmp_path: Path) -> None:
    raw = open_raw(str(tmp_path / "a.sqlite3"), None)
    raw.execute("CREATE TABLE t (a UNIQUE)")
    raw.execute("INSERT INTO t VALUES ('secret')")
    with pytest.raises(dbapi2.Error) as twice:
        raw.execute("INSERT INTO t VALUES ('secret')")
    with pytest.raises(dbapi2.Error) as nonsense:
        raw.execute("SELECT")
    raw.close()
    told = translate(twice.value)
    assert isinstance(told, UniqueViolation)
    assert told.constraint == "t(a)"
    assert "secret" not in str(told)
    assert isinstance(translate(nonsense.value), BadStatement)
