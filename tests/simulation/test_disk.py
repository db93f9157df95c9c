"""A disk that fails keeps its laws: what is committed stays, what is not is gone as a whole."""

from __future__ import annotations

import msgspec
import pytest

from fixtures.simulation.disk import Disk, Killed
from sync.core.ids import derived_id
from sync.device.errors import NotSaved, ReplicaInUse
from sync.device.state import Entry, first_standing

DEVICE = derived_id("device", "phone")


def entry(position: int) -> Entry:
    ident = derived_id("change", str(position))
    return Entry(position=position, id=ident, kind="note", record=ident, line=b"{}", hash=b"h" * 32, captured=1)


def disk_with(*positions: int) -> Disk:
    disk = Disk(first_standing(DEVICE))
    for position in positions:
        with disk.transaction():
            disk.append_entries([entry(position)])
    return disk


def test_a_kill_between_two_writes_leaves_neither() -> None:
    disk = disk_with()
    disk.writes_until_kill = 1
    with pytest.raises(Killed), disk.transaction():
        disk.append_entries([entry(1), entry(2)])
    assert disk.outbox_size() == 0


def test_a_kill_after_the_commit_leaves_everything() -> None:
    disk = disk_with()
    disk.kill_after_commit = True
    with pytest.raises(Killed), disk.transaction():
        disk.append_entries([entry(1)])
    assert disk.outbox_size() == 1


def test_a_full_disk_says_so_and_keeps_what_it_has() -> None:
    disk = disk_with(1)
    disk.full = True
    with pytest.raises(NotSaved), disk.transaction():
        disk.append_entries([entry(2)])
    assert disk.outbox_size() == 1


def test_only_a_disk_that_lies_loses_commits_at_a_power_cut() -> None:
    honest = disk_with(1, 2)
    assert honest.after_power_cut().outbox_size() == 2
    liar = Disk(first_standing(DEVICE))
    liar.sync_every = 2
    for position in (1, 2, 3):
        with liar.transaction():
            liar.append_entries([entry(position)])
    assert liar.after_power_cut().outbox_size() == 2


def test_one_process_at_a_time_has_it_open() -> None:
    disk = disk_with()
    disk.open()
    with pytest.raises(ReplicaInUse):
        disk.open()
    disk.close()
    disk.open()


def test_an_image_is_a_disk_of_its_own() -> None:
    disk = disk_with(1)
    image = disk.image()
    with disk.transaction():
        disk.drop_entries([1])
        disk.put_standing(msgspec.structs.replace(disk.standing(), acked_seq=9))
    assert image.outbox_size() == 1
    assert image.standing().acked_seq == 0
