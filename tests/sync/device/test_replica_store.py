"""The encrypted file: what was captured survives kill -9, a power cut, damage and a full disk."""

from __future__ import annotations

import os
import random
import resource
import select
import shutil
import signal
from pathlib import Path

import pytest

from sync.core.changes import Captured
from sync.core.ids import derived_id
from sync.device.errors import NotSaved, ReplicaInUse, ReplicaLocked, ReplicaTooNew, ReplicaUnreadable
from sync.device.replica import Draft, Replica
from sync.device.replica_store import ReplicaFile, open_replica
from sync.device.state import FileToSend
from tests.sync.device.device import Device, record_id
from tests.sync.device.fake_centre import FakeCentre

KEY = bytes(range(32))
PHONE = derived_id("device", "phone")


def opened(path: Path, **options: object) -> ReplicaFile:
    return open_replica(path, KEY, device=PHONE, **options)  # type: ignore[arg-type]


def capture(replica: ReplicaFile, number: int, text: str = "x") -> str:
    change = derived_id("change", "phone", str(number))
    draft = Draft("note", record_id(str(number)), "note.write", set={"text": text})
    Replica(replica).capture(draft, change_id=change, captured=Captured(number))
    return change


def copied(path: Path, to: Path) -> Path:
    for suffix in ("", "-wal"):
        if Path(f"{path}{suffix}").exists():
            shutil.copy(f"{path}{suffix}", f"{to}{suffix}")
    return to


def test_what_was_captured_is_there_when_opened_again(tmp_path: Path) -> None:
    replica = opened(tmp_path / "r.db")
    changes = [capture(replica, number) for number in range(3)]
    replica.close()
    again = open_replica(tmp_path / "r.db", KEY)
    assert [entry.id for entry in again.outbox()] == changes
    assert again.standing().next_position == 4
    again.close()


def test_a_session_over_the_file_does_what_it_does_in_memory(tmp_path: Path) -> None:
    centre, replica = FakeCentre(rows_per_page=4), opened(tmp_path / "r.db")
    device = Device(store=replica)
    for number in range(10):
        centre.put(record_id(f"c{number}"), {"n": number})
        device.write(str(number), n=number)
    centre.durable = True
    device.sync(centre.exchange)
    device.write("0", n=100)
    device.sync(centre.exchange)
    assert len(list(replica.rows_of_kind("note"))) == 20
    assert len(replica.rows_held([record_id(str(number)) for number in range(10)])) == 10
    assert set(centre.effects.values()) == {1}
    backup = centre.backup()
    centre.put(record_id("case"), {"number": "1"}, kind="case")
    device.sync(centre.exchange)
    backup.restore_as("e2")
    device.sync(backup.exchange)
    assert backup.honoured == {record_id("case"): "1"}
    replica.close()


def test_nothing_of_a_change_can_be_read_without_the_key(tmp_path: Path) -> None:
    replica = opened(tmp_path / "r.db")
    capture(replica, 1, "a name nobody should read")
    file = FileToSend(id=record_id("f"), sha256="", size=5, type="image/jpeg", purpose="id", change="")
    with replica.transaction():
        replica.put_file(file, b"a photo nobody should see")
    assert replica.file_content(file.id, 2, 5) == b"photo"
    stored = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    replica.close()
    assert b"nobody" not in stored + b"".join(file.read_bytes() for file in tmp_path.iterdir())


def test_another_key_opens_nothing_and_damages_nothing(tmp_path: Path) -> None:
    replica = opened(tmp_path / "r.db")
    change = capture(replica, 1)
    replica.close()
    with pytest.raises(ReplicaLocked):
        open_replica(tmp_path / "r.db", b"x" * 32, device=PHONE)
    replica = opened(tmp_path / "r.db")
    assert [entry.id for entry in replica.outbox()] == [change]
    replica.close()


def test_a_second_program_is_told_that_the_replica_is_in_use(tmp_path: Path) -> None:
    replica = opened(tmp_path / "r.db")
    with pytest.raises(ReplicaInUse):
        opened(tmp_path / "r.db")
    replica.close()
    opened(tmp_path / "r.db").close()


def test_a_replica_of_a_newer_program_is_refused(tmp_path: Path) -> None:
    replica = opened(tmp_path / "r.db")
    replica._run("PRAGMA user_version = 99")
    replica.close()
    with pytest.raises(ReplicaTooNew):
        opened(tmp_path / "r.db")


def test_there_is_no_replica_without_a_device(tmp_path: Path) -> None:
    with pytest.raises(ReplicaUnreadable):
        open_replica(tmp_path / "r.db", KEY)


def test_an_exception_keeps_nothing_of_its_transaction(tmp_path: Path) -> None:
    replica = opened(tmp_path / "r.db")
    with pytest.raises(KeyError), replica.transaction():
        replica.put_secret("a", b"1")
        raise KeyError
    assert replica.secret("a") is None
    replica.close()


def test_wiping_leaves_no_file(tmp_path: Path) -> None:
    replica = opened(tmp_path / "r.db")
    capture(replica, 1)
    replica.wipe()
    assert list(tmp_path.iterdir()) == []


# Failures of the machine


def capture_until_killed(path: Path, confirm: int) -> None:
    """Runs in a child: confirms each change once it is saved, as a program that told a person would."""
    replica = opened(path, check=False)
    number = replica.outbox_size()
    while True:
        number += 1
        capture(replica, number, "x" * 700)
        os.write(confirm, number.to_bytes(4, "big"))


def test_a_program_killed_at_any_moment_has_lost_nothing_it_confirmed(tmp_path: Path) -> None:
    chance = random.Random(7)
    path, confirmed = tmp_path / "r.db", 0
    opened(path).close()
    for _ in range(40):
        heard, confirm = os.pipe()
        child = os.fork()
        if child == 0:
            try:
                capture_until_killed(path, confirm)
            finally:
                os._exit(1)
        os.close(confirm)
        for _ in range(chance.randint(1, 6)):
            confirmed = int.from_bytes(os.read(heard, 4), "big")
        select.select([], [], [], chance.random() * 0.002)
        os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        assert os.WIFSIGNALED(status)
        while told := os.read(heard, 4):
            confirmed = int.from_bytes(told, "big")
        os.close(heard)
    replica = opened(path)
    positions = [entry.position for entry in replica.outbox()]
    assert positions == list(range(1, len(positions) + 1))
    assert len(positions) >= confirmed >= 40
    assert replica.salvaged is None
    replica.close()


def test_a_log_cut_anywhere_leaves_the_last_whole_commits(tmp_path: Path) -> None:
    replica = opened(tmp_path / "r.db")
    sizes: list[int] = []
    for number in range(1, 13):
        capture(replica, number, "x" * 900)
        sizes.append((tmp_path / "r.db-wal").stat().st_size)
    image = copied(tmp_path / "r.db", tmp_path / "image.db")
    replica.close()
    length = sizes[-1]
    for cut in [*range(0, length, 512 * 7), *sizes]:
        trial = copied(image, tmp_path / "trial.db")
        os.truncate(f"{trial}-wal", cut)
        again = opened(trial)
        whole = sum(size <= cut for size in sizes)
        assert [entry.position for entry in again.outbox()] == list(range(1, whole + 1)), cut
        assert again.salvaged is None
        again.close()
        for left in tmp_path.glob("trial.db*"):
            left.unlink()


def test_a_full_disk_says_not_saved_and_keeps_what_was_there(tmp_path: Path) -> None:
    replica = opened(tmp_path / "r.db")
    kept = [capture(replica, number) for number in range(1, 4)]
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, ((tmp_path / "r.db-wal").stat().st_size + 5_000, limits[1]))
    try:
        with pytest.raises(NotSaved):
            capture(replica, 4, "x" * 100_000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, ignored)
    kept.append(capture(replica, 5))
    assert [entry.id for entry in replica.outbox()] == kept
    replica.close()
    again = opened(tmp_path / "r.db")
    assert [entry.id for entry in again.outbox()] == kept
    again.close()


def damaged_replica(folder: Path, *, logged: bool = False) -> tuple[Path, list[str]]:
    """A replica with thirty unsent changes and a photo; `logged` leaves them in the write-ahead log."""
    replica = opened(folder / "r.db")
    changes = [capture(replica, number, "x" * 600) for number in range(1, 31)]
    with replica.transaction():
        replica.put_secret("device", b"k" * 32)
    if logged:
        image = copied(folder / "r.db", folder / "image.db")
        replica.close()
        (folder / "r.db").unlink()
        return image, changes
    replica.close()
    return folder / "r.db", changes


def flip(path: Path, page: int, at: int = 1_000) -> None:
    with path.open("r+b") as file:
        file.seek((page - 1) * 4096 + at)
        byte = file.read(1)[0]
        file.seek((page - 1) * 4096 + at)
        file.write(bytes([byte ^ 0x10]))


def test_one_damaged_byte_in_any_page_costs_at_most_that_page(tmp_path: Path) -> None:
    path, changes = damaged_replica(tmp_path)
    for page in range(1, path.stat().st_size // 4096 + 1):
        trial = copied(path, tmp_path / f"trial{page}.db")
        flip(trial, page)
        again = opened(trial)
        assert again.salvaged is not None, page
        assert Path(f"{trial}.damaged-1").exists()
        saved = [entry.id for entry in again.outbox()]
        assert len(saved) >= len(changes) - 4, page
        assert saved == [change for change in changes if change in set(saved)]
        assert len(saved) + again.salvaged.lost >= len(changes) - 3
        assert again.standing().device == PHONE
        fresh = capture(again, 99)
        assert again.outbox()[-1].id == fresh
        again.close()


def test_a_damaged_first_page_costs_nothing(tmp_path: Path) -> None:
    path, changes = damaged_replica(tmp_path)
    flip(path, 1, at=50)
    flip(path, 1, at=2_000)
    again = opened(path)
    assert [entry.id for entry in again.outbox()] == changes
    assert again.secret("device") == b"k" * 32
    again.close()


def test_what_only_the_log_holds_is_salvaged_too(tmp_path: Path) -> None:
    path, changes = damaged_replica(tmp_path, logged=True)
    size = path.stat().st_size
    with path.open("r+b") as file:
        file.write(os.urandom(size))
    with Path(f"{path}-wal").open("r+b") as file:
        file.seek(32 + 24 + 700)
        file.write(b"damage")
    again = opened(path)
    assert len(again.outbox()) >= len(changes) - 4
    again.close()


def test_a_damaged_byte_in_the_middle_of_the_log_drops_no_later_commit(tmp_path: Path) -> None:
    path, changes = damaged_replica(tmp_path, logged=True)
    length = Path(f"{path}-wal").stat().st_size
    with Path(f"{path}-wal").open("r+b") as file:
        file.seek(length // 2)
        file.write(b"damage")
    again = opened(path)
    assert again.salvaged is not None
    assert len(again.outbox()) >= len(changes) - 4
    assert again.outbox()[-1].id == changes[-1]
    again.close()


def test_a_crash_while_rebuilding_is_finished_at_the_next_open(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, changes = damaged_replica(tmp_path)
    flip(path, 1)
    real = os.replace

    def cut(old: object, new: object) -> None:
        if str(new) == str(path):
            raise KeyboardInterrupt
        real(old, new)  # type: ignore[arg-type]

    monkeypatch.setattr(os, "replace", cut)
    with pytest.raises(KeyboardInterrupt):
        opened(path)
    monkeypatch.setattr(os, "replace", real)
    again = opened(path)
    assert [entry.id for entry in again.outbox()] == changes
    assert len(list(tmp_path.glob("*.damaged-*"))) == 1
    again.close()


def test_salvaged_work_reaches_the_centre_once(tmp_path: Path) -> None:
    centre, replica = FakeCentre(), opened(tmp_path / "r.db")
    device = Device(store=replica)
    for number in range(12):
        device.write(str(number), text="x" * 600)
    device.sync(centre.exchange)
    late = device.write("late", text="y")
    replica.close()
    flip(tmp_path / "r.db", 1)
    again = opened(tmp_path / "r.db")
    assert again.salvaged is not None
    device.store = again
    device.open()
    device.sync(centre.exchange)
    assert centre.effects[late.id] == 1
    assert set(centre.effects.values()) == {1}
    assert len(list(again.rows_of_kind("note"))) == 13
    again.close()
