"""What is read out of a damaged file, page by page."""

from __future__ import annotations

from pathlib import Path

import pytest

from sync.core.chain import content_hash
from sync.device.errors import ReplicaUnreadable
from sync.device.replica_store import open_replica
from sync.device.salvage import Salvage, key_opens, log_is_whole, salvage
from sync.device.state import Entry, first_standing
from tests.sync.device.test_replica_store import KEY, PHONE, damaged_replica


def test_an_undamaged_file_is_read_whole(tmp_path: Path) -> None:
    path, changes = damaged_replica(tmp_path)
    found = salvage(path, KEY)
    assert [entry.id for entry in found.entries] == changes
    assert found.standing is not None
    assert found.standing.device == PHONE
    assert found.secrets == {"device": b"k" * 32}
    assert found.lost == 0


def test_a_line_of_another_version_is_saved_too(tmp_path: Path) -> None:
    replica = open_replica(tmp_path / "r.db", KEY, device=PHONE)
    line = b'{"id":"an older app wrote this"}'
    hashed = content_hash(line)
    entry = Entry(position=1, id="i", kind="note", record="r", line=line, hash=hashed, captured=1)
    with replica.transaction():
        replica.append_entries([entry])
    replica.close()
    assert salvage(tmp_path / "r.db", KEY).entries == [entry]


def test_a_key_is_known_by_any_whole_page(tmp_path: Path) -> None:
    path, _ = damaged_replica(tmp_path)
    with path.open("r+b") as file:
        file.write(bytes(8_192))
    assert key_opens(path, KEY)
    assert not key_opens(path, b"x" * 32)


def test_noise_gives_nothing_and_raises_nothing(tmp_path: Path) -> None:
    (tmp_path / "r.db").write_bytes(bytes(range(256)) * 16 * 20)
    found = salvage(tmp_path / "r.db", KEY)
    assert (found.entries, found.files, found.standing) == ([], [], None)


def test_a_log_with_a_torn_end_is_whole_and_one_with_a_damaged_middle_is_not(tmp_path: Path) -> None:
    path, _ = damaged_replica(tmp_path, logged=True)
    log = Path(f"{path}-wal")
    content = log.read_bytes()
    assert log_is_whole(path)
    log.write_bytes(content[:-100])
    assert log_is_whole(path)
    middle = len(content) // 2
    log.write_bytes(content[:middle] + b"damage" + content[middle + 6 :])
    assert not log_is_whole(path)
    log.unlink()
    assert log_is_whole(path)


def test_a_lost_position_asks_for_a_new_chain_for_everything(tmp_path: Path) -> None:
    path, _ = damaged_replica(tmp_path)
    found = salvage(path, KEY)
    found.standing = None
    standing = found.standing_or(PHONE, 3)
    assert (standing.restart, standing.chain_epoch, standing.next_position) == (True, 3, 31)
    with pytest.raises(ReplicaUnreadable):
        found.standing_or("", 1)


def test_a_kept_position_reads_every_bucket_again() -> None:
    standing = Salvage(standing=first_standing(PHONE)).standing_or("", 1)
    assert (standing.tag, standing.restart) == ("", False)
