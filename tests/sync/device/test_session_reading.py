"""What a session reads: pages, buckets, sums, moves, files."""

from __future__ import annotations

import msgspec

from sync.core.messages import FileState
from sync.device.events import (
    BadAnswer,
    BucketReset,
)
from sync.device.state import Delivery, FileToSend
from tests.sync.device.device import Device, record_id
from tests.sync.device.fake_centre import Bucket, FakeCentre


def test_an_ok_without_an_outcome_for_every_change_is_no_answer() -> None:
    centre, device = FakeCentre(), Device()
    device.write("a", text="x")

    def forgetful(message: bytes) -> bytes:
        answer = centre.exchange(message)
        begin, end = answer.index(b'"outcomes":['), answer.index(b'"tag":')
        return answer[:begin] + b'"outcomes":[],' + answer[end:]

    device.step(forgetful)
    assert device.store.outbox_size() == 1
    assert any(isinstance(event, BadAnswer) for event in device.events)


def test_pages_end_at_their_target_while_others_write() -> None:
    centre, device = FakeCentre(rows_per_page=3), Device()
    for number in range(10):
        centre.put(record_id(str(number)), {"n": number})

    def busy(message: bytes) -> bytes:
        answer = centre.exchange(message)
        if len(centre.requests) < 6:
            centre.put(record_id(f"new {len(centre.requests)}"), {"n": 0})
        return answer

    device.sync(busy)
    assert len(list(device.store.rows_of_kind("note"))) == 15
    assert centre.requests[1].envelope.target is not None


def test_a_crash_in_the_middle_of_reading_goes_on_from_the_cursor() -> None:
    centre, device = FakeCentre(rows_per_page=3), Device()
    for number in range(7):
        centre.put(record_id(str(number)), {"n": number})
    device.step(centre.exchange)
    device.open()
    device.sync(centre.exchange)
    cursors = centre.requests[1].envelope.cursors
    assert cursors is not None
    assert cursors[0].version == 3
    assert len(list(device.store.rows_of_kind("note"))) == 7


def test_a_bucket_with_another_sum_is_read_again_and_the_outbox_kept() -> None:
    centre, device = FakeCentre(), Device()
    centre.buckets["unit:1"] = Bucket()
    centre.granted.append("unit:1")
    centre.put(record_id("a"), {"n": 1})
    centre.put(record_id("u"), {"n": 1}, bucket="unit:1")
    device.sync(centre.exchange)
    row = device.store.row(record_id("a"))
    assert row is not None
    with device.store.transaction():
        device.store.drop_rows([row.record])
        state = device.store.bucket("village:1")
        assert state is not None
        device.store.put_buckets([msgspec.structs.replace(state, sum=5)])
    centre.put(record_id("b"), {"n": 2})
    device.write("c", n=3)
    device.sync(centre.exchange)
    assert [event for event in device.events if isinstance(event, BucketReset)] == [BucketReset("village:1", "sum")]
    assert device.store.row(row.record) is not None
    assert len(centre.effects) == 1


def test_rows_lost_by_the_disk_are_found_by_the_full_check() -> None:
    centre, device = FakeCentre(), Device()
    device.steps._full_check_every = 2
    centre.put(record_id("a"), {"n": 1})
    device.sync(centre.exchange)
    with device.store.transaction():
        device.store.drop_rows([record_id("a")])
    for _ in range(4):
        device.step(centre.exchange)
    assert BucketReset("village:1", "sum") in device.events
    assert device.store.row(record_id("a")) is not None


def test_a_bucket_no_longer_granted_is_forgotten() -> None:
    centre, device = FakeCentre(), Device()
    centre.buckets["unit:1"] = Bucket()
    centre.granted.append("unit:1")
    centre.put(record_id("u"), {"n": 1}, bucket="unit:1")
    device.sync(centre.exchange)
    centre.granted.remove("unit:1")
    device.sync(centre.exchange)
    assert device.store.row(record_id("u")) is None
    assert [state.bucket for state in device.store.buckets()] == ["village:1"]


def test_a_new_generation_is_read_from_the_start() -> None:
    centre, device = FakeCentre(), Device()
    centre.put(record_id("old"), {"n": 1})
    device.sync(centre.exchange)
    centre.buckets["village:1"] = Bucket(generation=2)
    centre.put(record_id("new"), {"n": 1})
    device.sync(centre.exchange)
    assert [row.record for row in device.store.rows_of_kind("note")] == [record_id("new")]


def test_a_record_that_moves_between_buckets_is_held_once_whichever_is_read_first() -> None:
    for order in (["village:1", "unit:1"], ["unit:1", "village:1"]):
        centre, device = FakeCentre(), Device()
        centre.buckets["unit:1"] = Bucket()
        centre.granted = order
        centre.put(record_id("a"), {"n": 1})
        device.sync(centre.exchange)
        centre.put(record_id("a"), {"n": 2}, bucket="unit:1")
        device.sync(centre.exchange)
        centre.put(record_id("a"), {"n": 3}, bucket="village:1")
        device.sync(centre.exchange)
        row = device.store.row(record_id("a"))
        assert row is not None
        assert row.bucket == "village:1"
        assert not any(isinstance(event, BucketReset) for event in device.events)


def test_a_file_is_asked_for_once_its_bytes_are_up_and_kept_until_stored() -> None:
    centre, device = FakeCentre(), Device()
    file = FileToSend(id=record_id("f"), sha256="0" * 64, size=3, type="image/jpeg", purpose="id", change="")
    change = device.write("a", text="x", files=((file, b"abc"),))
    waiting = device.store.file(file.id)
    assert waiting is not None
    with device.store.transaction():
        device.store.put_file(msgspec.structs.replace(file, change=change.id))
    assert device.replica.files_ready() == []
    device.step(centre.exchange)
    assert [ready.id for ready in device.replica.files_ready()] == [file.id]
    with device.store.transaction():
        device.store.put_file(msgspec.structs.replace(file, delivery=Delivery.SENT))
    centre.stored_files.add(file.id)
    device.session.exchange_now(device.now)
    device.step(centre.exchange)
    stored = device.store.file(file.id)
    assert stored is not None
    assert stored.delivery is Delivery.STORED
    device.replica.release_file(file.id)
    assert device.store.file_content(file.id, 0, 3) == b""


def test_a_file_the_centre_misses_goes_up_again() -> None:
    device = Device()
    file = FileToSend(
        id=record_id("f"), sha256="0" * 64, size=3, type="image/jpeg", purpose="id", change="", delivery=Delivery.SENT,
        offset=3, location="/v1/uploads/1",
    )  # fmt: skip
    with device.store.transaction():
        device.store.put_file(file, b"abc")
    device.session.files_told({file.id: FileState.MISSING}, 0)
    again = device.store.file(file.id)
    assert again is not None
    assert (again.delivery, again.offset, again.location) == (Delivery.WAITING, 0, "")
