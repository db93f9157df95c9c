"""The device's file: after a power cut at any sync, everything that its screen called saved is there."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from sqlcipher3 import dbapi2

from fixtures.die_with_parent import die_with_parent
from sync.device.replica_store import open_replica
from tests.faults.shim import Cuts, built

KEY = b"k" * 32
SAVES = 60
WORK = Path(__file__).parents[2]

# What runs under the library: it saves, and only then says so.
CAPTURE = """
import sys
from pathlib import Path
from sync.core.chain import content_hash
from sync.device.replica_store import open_replica
from sync.device.state import Entry
replica = open_replica(Path(sys.argv[1]), b"k" * 32, device="d" * 32)
for at in range(1, int(sys.argv[2]) + 1):
    line = b"x" * 30_000
    with replica.transaction():
        entry = Entry(position=at, id=f"{at:032x}", kind="resident", record=f"{at:032x}", captured=0, line=line,
                      hash=content_hash(line))
        replica.append_entries([entry])
    print(at, flush=True)
    sys.stdin.readline()
"""
CARELESS = """
import sys
from sqlcipher3 import dbapi2
raw = dbapi2.connect(sys.argv[1], isolation_level=None)
raw.execute("PRAGMA journal_mode = wal")
raw.execute("PRAGMA synchronous = NORMAL")
for at in range(1, int(sys.argv[2]) + 1):
    raw.execute("INSERT INTO saved VALUES (?, ?)", (at, b"x" * 30_000))
    print(at, flush=True)
    sys.stdin.readline()
"""


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built(tmp_path_factory.mktemp("shim"))


def saved_by(code: str, database: Path, cuts: Cuts, library: Path) -> list[int]:
    """Runs it; for each of its saves, which cut was the last when it said so."""
    process = subprocess.Popen(
        [sys.executable, "-c", code, str(database), str(SAVES)],
        env={"LD_PRELOAD": str(library), "DISK_FAULTS_SNAPSHOTS": str(cuts.folder), "PYTHONPATH": str(WORK)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        preexec_fn=die_with_parent,  # noqa: PLW1509 - it only makes one system call
    )
    assert process.stdin is not None
    assert process.stdout is not None
    told = []
    with process:
        for _ in range(SAVES):
            assert process.stdout.readline(), "it ended before it had saved everything"
            told.append(cuts.newest())
            process.stdin.write(b"\n")
            process.stdin.flush()
    return told


def test_after_a_power_cut_at_any_sync_all_that_was_called_saved_is_there(tmp_path: Path, library: Path) -> None:
    database = tmp_path / "replica.db"
    open_replica(database, KEY, device="d" * 32).close()
    cuts = Cuts(tmp_path / "cuts", database)
    told = saved_by(CAPTURE, database, cuts, library)
    looked_at = 0
    for number, cut in cuts.take():
        replica = open_replica(cut, KEY)
        assert replica.salvaged is None, f"cut {number} left a damaged file"
        kept = {entry.position for entry in replica.outbox()}
        replica.close()
        lost = {save for save, at in enumerate(told, start=1) if at <= number} - kept
        assert not lost, f"cut {number} lost {sorted(lost)}"
        looked_at += 1
    assert looked_at >= SAVES, "a sync for each save"


def test_a_file_that_is_not_synced_at_each_commit_would_be_caught(tmp_path: Path, library: Path) -> None:
    """The same cuts find what is lost with synchronous=NORMAL: so they would find it in ours."""
    database = tmp_path / "careless.db"
    raw = dbapi2.connect(str(database))
    raw.execute("CREATE TABLE saved (at INTEGER, what BLOB)")
    raw.commit()
    raw.close()
    cuts = Cuts(tmp_path / "cuts", database)
    told = saved_by(CARELESS, database, cuts, library)
    # The power may be cut at any moment before the next sync: then the last cut is what is left.
    left: dict[int, set[int]] = {0: set()}
    for number, cut in cuts.take():
        raw = dbapi2.connect(str(cut))
        left[number] = {row[0] for row in raw.execute("SELECT at FROM saved")}
        raw.close()
    assert any(save not in left[at] for save, at in enumerate(told, start=1))
