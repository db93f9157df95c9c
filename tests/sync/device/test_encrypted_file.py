"""A connection's promises, read back from outside."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlcipher3 import dbapi2 as sqlcipher

from sync.device.encrypted_file import connect_file, translated
from sync.device.errors import NotSaved, ReplicaInUse, ReplicaUnreadable

KEY = b"k" * 32


def test_every_commit_is_synced_and_written_ahead(tmp_path: Path) -> None:
    connection = connect_file(tmp_path / "r.db", KEY, check=True)
    assert connection.execute("PRAGMA synchronous").fetchone()[0] == 2
    assert connection.execute("PRAGMA journal_mode").fetchone()[0] == "wal"
    assert connection.execute("PRAGMA locking_mode").fetchone()[0] == "exclusive"
    connection.close()


def test_the_sqlite_inside_has_no_known_corruption(tmp_path: Path) -> None:
    assert tuple(int(part) for part in sqlcipher.sqlite_version.split(".")) >= (3, 51, 3)


def test_another_connection_is_kept_out(tmp_path: Path) -> None:
    connection = connect_file(tmp_path / "r.db", KEY, check=True)
    connection.execute("CREATE TABLE t (a)")
    with pytest.raises(ReplicaInUse):
        connect_file(tmp_path / "r.db", KEY, check=True)
    connection.close()


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("database or disk is full", NotSaved),
        ("disk I/O error", NotSaved),
        ("attempt to write a readonly database", NotSaved),
        ("file is not a database", ReplicaUnreadable),
        ("database disk image is malformed", ReplicaUnreadable),
        ("database is locked", ReplicaInUse),
    ],
)
def test_errors_are_told_in_this_packages_words(text: str, kind: type[Exception]) -> None:
    assert type(translated(sqlcipher.OperationalError(text))) is kind
