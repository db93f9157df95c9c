"""A copy of a database file in use is one moment of it, in one file, under the same key."""

from pathlib import Path

import pytest
from sqlcipher3 import dbapi2

from server.storage.database_file import copy_sqlite
from server.storage.errors import StorageError
from server.storage.sqlite_connection import Key, open_raw

KEY = b"k" * 32


@pytest.mark.parametrize("key", [None, KEY])
def test_what_was_committed_is_in_it_and_what_was_not_is_not(tmp_path: Path, key: bytes | None) -> None:
    raw = open_raw(str(tmp_path / "a.db"), Key(key) if key else None)
    raw.execute("CREATE TABLE t (x)")
    raw.execute("INSERT INTO t VALUES (1)")
    raw.execute("BEGIN IMMEDIATE")
    raw.execute("INSERT INTO t VALUES (2)")
    copy_sqlite(tmp_path / "a.db", tmp_path / "b.db", key)
    raw.execute("COMMIT")
    raw.close()
    assert [one.name for one in tmp_path.iterdir() if one.name.startswith("b.db")] == ["b.db"]
    copy = open_raw(str(tmp_path / "b.db"), Key(key) if key else None)
    assert copy.execute("SELECT x FROM t").fetchall() == [(1,)]
    copy.close()
    if key is not None:
        plain = dbapi2.connect(str(tmp_path / "b.db"))
        with pytest.raises(dbapi2.DatabaseError):
            plain.execute("SELECT x FROM t")
        plain.close()


def test_a_file_that_is_there_is_not_written_over(tmp_path: Path) -> None:
    (tmp_path / "b.db").touch()
    with pytest.raises(AssertionError):
        copy_sqlite(tmp_path / "a.db", tmp_path / "b.db", None)


def test_a_wrong_key_copies_nothing(tmp_path: Path) -> None:
    raw = open_raw(str(tmp_path / "a.db"), Key(KEY))
    raw.execute("CREATE TABLE t (x)")
    raw.close()
    with pytest.raises(StorageError):
        copy_sqlite(tmp_path / "a.db", tmp_path / "b.db", b"x" * 32)
