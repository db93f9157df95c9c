"""The session against a centre that keeps the protocol's rules."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec
import pytest

from sync.core.changes import OutcomeCode
from sync.core.codec import parse_request
from sync.core.messages import FileState, Status
from sync.device.events import (
    BadAnswer,
    BucketReset,
    EpochChanged,
    ForkHealed,
    GapFound,
    Level,
    NeedToken,
    OutcomesChanged,
    Revoked,
    WipeNow,
)
from sync.device.memory_store import MemoryStore
from sync.device.pacing import BACKOFF_MAX_MS, LEVEL_MS, REQUEST_MS
from sync.device.session import Failure
from sync.device.state import Delivery, FileToSend
from tests.sync.device.device import Device, record_id
from tests.sync.device.fake_centre import Bucket, Chain, FakeCentre


def ids(device: Device) -> list[str]:
    return [entry.id for entry in device.store.outbox()]


def test_a_capture_reaches_the_centre_and_comes_back_in_one_exchange() -> None:
    centre, device = FakeCentre(), Device()
    change = device.write("a", text="hello")
    assert device.sync(centre.exchange) == 1
    row = device.store.row(record_id("a"))
    assert row is not None
    assert centre.effects == {change.id: 1}
    assert device.replica.see(record_id("a")).fields == {"text": "hello"}  # type: ignore[union-attr]
    assert device.store.outbox_size() == 0
    assert any(isinstance(event, Level) for event in device.events)
    assert any(isinstance(event, OutcomesChanged) for event in device.events)


def test_a_level_device_asks_with_its_tag_alone() -> None:
    centre, device = FakeCentre(), Device()
    centre.put(record_id("a"), {"text": "x"})
    device.sync(centre.exchange)
    device.step(centre.exchange)
    last = centre.requests[-1].envelope
    assert last.cursors is None
    assert last.tag
    assert device.replica.is_level()


def test_an_old_tag_is_followed_by_cursors() -> None:
    centre, device = FakeCentre(), Device()
    device.sync(centre.exchange)
    centre.put(record_id("a"), {"text": "x"})
    device.step(centre.exchange)
    assert not device.replica.is_level()
    device.step(centre.exchange)
    assert centre.requests[-1].envelope.cursors is not None
    assert device.store.row(record_id("a")) is not None


def test_a_lost_reply_is_answered_again_with_one_effect() -> None:
    centre, device = FakeCentre(), Device()
    change = device.write("a", text="x")

    def reply_lost(message: bytes) -> None:
        centre.exchange(message)

    device.step(reply_lost)
    assert ids(device) == [change.id]
    device.sync(centre.exchange)
    assert centre.effects == {change.id: 1}
    assert ids(device) == []


def test_a_repeated_reply_changes_nothing() -> None:
    centre, device = FakeCentre(), Device()
    device.write("a", text="x")
    message = device.session.next_request(10_000)
    assert message is not None
    answer = centre.exchange(message)
    device.session.receive_answer(answer, 10_000)
    standing = device.store.standing()
    device.session.receive_answer(answer, 10_001)
    assert device.store.standing() == standing


def test_a_login_page_is_no_answer() -> None:
    centre, device = FakeCentre(), Device()
    device.write("a", text="x")
    device.step(lambda message: b"<html>please pay</html>")
    assert any(isinstance(event, BadAnswer) for event in device.events)
    assert device.store.outbox_size() == 1
    device.sync(centre.exchange)


@pytest.mark.parametrize("where", [0.3, 0.9, 0.999])
def test_a_cut_answer_is_no_answer(where: float) -> None:
    centre, device = FakeCentre(), Device()
    device.write("a", text="x")
    device.step(lambda message: (answer := centre.exchange(message))[: int(len(answer) * where)])
    assert device.store.outbox_size() == 1
    assert not list(device.store.rows_of_kind("note"))
    device.sync(centre.exchange)


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


def test_the_outbox_goes_up_in_pages_and_one_change_at_least() -> None:
    centre, device = FakeCentre(), Device(page_bytes=4_096)
    for number in range(5):
        device.write(str(number), text="x" * 3_000)
    device.write("big", text="y" * 20_000)
    device.sync(centre.exchange)
    assert [len(request.changes) for request in centre.requests] == [1] * 6
    assert centre.requests[0].envelope.waiting == 5
    assert len(centre.effects) == 6


def test_a_failing_line_gets_smaller_pages() -> None:
    centre, device = FakeCentre(), Device()
    for number in range(40):
        device.write(str(number), text="x" * 1_000)
    for _ in range(4):
        device.step(lambda message: None)
    device.step(centre.exchange)
    assert len(centre.requests[0].changes) == 3
    device.sync(centre.exchange)
    assert len(centre.effects) == 40


def test_a_smaller_page_than_the_one_whose_reply_was_lost_is_no_fork() -> None:
    centre, device = FakeCentre(), Device()
    for number in range(40):
        device.write(str(number), text="x" * 1_000)

    def reply_lost(message: bytes) -> None:
        centre.exchange(message)

    device.step(reply_lost)
    device.sync(centre.exchange)
    assert set(centre.effects.values()) == {1}
    assert not any(isinstance(event, ForkHealed) for event in device.events)


def test_a_cloned_phone_gets_a_new_chain_and_both_keep_their_work() -> None:
    centre, device = FakeCentre(), Device()
    device.write("a", text="x")
    device.sync(centre.exchange)
    assert isinstance(device.store, MemoryStore)
    twin = Device(store=device.store.clone())
    twin.made = 100
    mine, other = device.write("b", text="mine"), twin.write("b", text="other")
    device.sync(centre.exchange)
    twin.sync(centre.exchange)
    assert centre.effects[mine.id] == centre.effects[other.id] == 1
    assert set(centre.effects.values()) == {1}
    assert any(isinstance(event, ForkHealed) for event in twin.events)
    assert twin.store.standing().chain_epoch == 2


def test_an_old_image_of_a_phone_takes_a_new_chain_and_loses_nothing() -> None:
    centre, device = FakeCentre(), Device()
    device.write("a", text="1")
    device.sync(centre.exchange)
    assert isinstance(device.store, MemoryStore)
    image = device.store.clone()
    device.write("a", text="2")
    device.sync(centre.exchange)
    restored = Device(store=image)
    restored.made = 50
    restored.sync(centre.exchange)
    late = restored.write("a", text="3")
    restored.sync(centre.exchange)
    assert centre.effects[late.id] == 1
    assert set(centre.effects.values()) == {1}
    assert restored.replica.see(record_id("a")).fields == {"text": "3"}  # type: ignore[union-attr]


def test_a_fork_puts_the_journal_before_the_outbox_with_unchanged_lines() -> None:
    centre, device = FakeCentre(), Device()
    changes = [device.write(str(number), n=number) for number in range(3)]
    device.sync(centre.exchange)
    changes.append(device.write("3", n=3))
    lines = [entry.line for entry in [*device.store.journal(), *device.store.outbox()]]
    centre.chains[device.id, 1] = chain_of_a_stranger()
    device.sync(centre.exchange)
    resent = [line.line for request in centre.requests[-1:] for line in request.changes]
    assert resent == lines
    assert set(centre.effects.values()) == {1}
    assert [entry.id for entry in device.store.journal()] == [change.id for change in changes]


def chain_of_a_stranger() -> Chain:
    other, stranger = FakeCentre(), Device("stranger")
    for number in range(6):
        stranger.write(f"s{number}", n=number)
    stranger.sync(other.exchange)
    return other.chains[stranger.id, 1]


def test_a_gap_is_filled_from_the_journal() -> None:
    centre, device = FakeCentre(), Device()
    for number in range(4):
        device.write(str(number), n=number)
    device.sync(centre.exchange)
    held = centre.chains[device.id, 1]
    del held.lines[2:], held.outcomes[2:]
    device.write("4", n=4)
    device.sync(centre.exchange)
    assert GapFound(2, restart=False) in device.events
    assert len(held.lines) == 5
    assert set(centre.effects.values()) == {1}


def test_a_gap_that_the_journal_cannot_fill_asks_for_a_new_chain() -> None:
    centre, device = FakeCentre(), Device()
    for number in range(4):
        device.write(str(number), n=number)
    device.sync(centre.exchange)
    centre.durable = True
    device.write("4", n=4)
    device.sync(centre.exchange)
    device.write("5", n=5)
    device.sync(centre.exchange)
    assert len(device.store.journal()) < 6
    held = centre.chains[device.id, 1]
    del held.lines[1:], held.outcomes[1:]
    late = device.write("6", n=6)
    device.sync(centre.exchange)
    assert GapFound(0, restart=True) in device.events
    assert device.store.standing().chain_epoch == 2
    assert centre.effects[late.id] == 1


def test_a_durable_change_leaves_the_journal_once_its_row_is_back() -> None:
    centre, device = FakeCentre(), Device()
    centre.durable = True
    device.write("a", n=1)
    device.sync(centre.exchange)
    device.write("b", n=2)
    device.sync(centre.exchange)
    assert [entry.record for entry in device.store.journal()] == [record_id("b")]


def test_a_refused_change_stays_for_its_author_even_when_durable() -> None:
    centre, device = FakeCentre(), Device()
    centre.durable = True
    change = device.write("a", n=1)
    centre.refuse.add(change.id)
    device.sync(centre.exchange)
    device.write("b", n=2)
    device.sync(centre.exchange)
    device.write("c", n=3)
    device.sync(centre.exchange)
    assert [(known.change, known.code) for known in device.replica.outcomes()] == [(change.id, OutcomeCode.REFUSED)]
    assert device.replica.see(record_id("a")) is None


def test_a_restored_centre_gets_back_what_it_lost() -> None:
    centre, device = FakeCentre(), Device()
    device.write("a", n=1)
    device.sync(centre.exchange)
    backup = centre.backup()
    lost = [device.write("b", n=2), device.write("c", n=3)]
    centre.put(record_id("case"), {"number": "3418-1"}, kind="case")
    device.sync(centre.exchange)
    backup.restore_as("e2")
    fresh = device.write("d", n=4)
    device.sync(backup.exchange)
    assert any(isinstance(event, EpochChanged) and event.resent == 2 for event in device.events)
    assert all(backup.effects[change.id] == 1 for change in [*lost, fresh])
    assert backup.honoured == {record_id("case"): "3418-1"}
    assert any(b"3418-1" in body for body in backup.evidence)
    assert device.store.standing().epoch == "e2"
    assert device.store.evidence_size() == 0
    assert device.store.honours() == []
    assert device.replica.see(record_id("d")).fields == {"n": 4}  # type: ignore[union-attr]


def test_a_device_that_never_spoke_to_the_lost_centre_reads_on() -> None:
    centre, device = FakeCentre(), Device()
    device.sync(centre.exchange)
    centre.restore_as("e2")
    device.sync(centre.exchange)
    assert device.store.standing().epoch == "e2"


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


def test_a_revoked_device_deposits_everything_and_then_wipes() -> None:
    centre, device = FakeCentre(), Device(page_bytes=4_096)
    centre.put(record_id("secret"), {"n": 1})
    device.sync(centre.exchange)
    for number in range(4):
        device.write(str(number), text="x" * 3_000)
    centre.revoked = True
    device.step(centre.exchange)
    assert any(isinstance(event, Revoked) for event in device.events)
    assert device.store.row(record_id("secret")) is None
    for _ in range(4):
        device.step(centre.exchange)
    assert device.events[-1] == WipeNow()
    assert len(centre.quarantine) == 4
    assert device.session.next_due(device.now) is None


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


# Timers


def test_a_timer_is_armed_after_every_kind_of_failure() -> None:
    device = Device()
    device.write("a", n=1)
    for failure in Failure:
        due = device.session.next_due(device.now)
        assert due is not None
        device.now = max(device.now, due)
        assert device.session.next_request(device.now) is not None
        device.session.receive_failure(failure, device.now)
        due = device.session.next_due(device.now)
        assert due is not None
        assert due <= device.now + max(BACKOFF_MAX_MS, LEVEL_MS + 1_000)
    assert NeedToken(0) in device.session.take_events()


def test_backoff_doubles_up_to_five_minutes() -> None:
    device = Device()
    device.session._pacing._random = lambda: 0.999
    waits = []
    for _ in range(12):
        device.step(lambda message: None)
        due = device.session.next_due(device.now)
        assert due is not None
        waits.append(round((due - device.now) / 1_000))
    assert waits == [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300]


def test_the_centres_own_word_overrides_backoff_captures_and_wakes() -> None:
    device = Device()
    device.session.exchange_now(0)
    device.session.next_request(0)
    device.session.receive_failure(Failure.BUSY, 0, retry_after_ms=20_000)
    device.session.captured(0)
    device.session.wake(["village:1"], 0)
    due = device.session.next_due(0)
    assert due is not None
    assert due >= 20_000


def test_a_request_without_an_answer_fails_after_thirty_seconds() -> None:
    device = Device()
    device.session.exchange_now(0)
    assert device.session.next_request(0) is not None
    assert device.session.next_request(REQUEST_MS - 1) is None
    assert device.session.next_due(0) == REQUEST_MS
    assert device.session.next_request(REQUEST_MS) is None
    assert not device.session.in_flight


def test_a_capture_waits_a_second_and_a_level_device_about_fifteen_minutes() -> None:
    centre, device = FakeCentre(), Device()
    device.sync(centre.exchange)
    due = device.session.next_due(device.now)
    assert due is not None
    assert 0.85 * LEVEL_MS <= due - device.now <= LEVEL_MS
    device.write("a", n=1)
    assert device.session.next_due(device.now) == device.now + 1_000


def test_a_wake_brings_news_without_waiting_for_the_timer() -> None:
    centre, device = FakeCentre(), Device()
    device.sync(centre.exchange)
    centre.put(record_id("a"), {"n": 1})
    before = device.now
    device.session.wake(["village:1"], device.now)
    device.step(centre.exchange)
    assert device.now <= before + 1_000
    assert device.store.row(record_id("a")) is not None


def test_a_wake_during_a_request_is_not_forgotten() -> None:
    centre, device = FakeCentre(), Device()
    device.sync(centre.exchange)
    device.session.exchange_now(device.now)
    message = device.session.next_request(device.now)
    assert message is not None
    answer = centre.exchange(message)
    centre.put(record_id("a"), {"n": 1})
    device.session.wake(["village:1"], device.now)
    device.session.receive_answer(answer, device.now)
    due = device.session.next_due(device.now)
    assert due is not None
    assert due <= device.now + 1_000
    device.step(centre.exchange)
    assert device.store.row(record_id("a")) is not None


def test_a_centre_that_repeats_itself_without_progress_is_not_asked_in_a_loop() -> None:
    centre, device = FakeCentre(), Device()
    device.write("a", n=1)

    @dataclass
    class Stuck:
        asked: int = 0

        def __call__(self, message: bytes) -> bytes:
            self.asked += 1
            return centre._answer(parse_request(message), Status.FORK, chain_epoch=self.asked + 1)

    stuck = Stuck()
    for _ in range(30):
        device.step(stuck)
    assert device.now > 60_000
    assert device.store.outbox_size() == 1


def test_an_exported_outbox_is_taken_from_any_carrier_and_known_when_sent_again() -> None:
    centre, device = FakeCentre(), Device()
    change = device.write("a", n=1)
    (message,) = device.session.export_outbox()
    envelope = parse_request(message).envelope
    assert envelope.cursors is None
    assert envelope.tag == ""
    centre.exchange(message)
    assert ids(device) == [change.id]
    device.sync(centre.exchange)
    assert centre.effects == {change.id: 1}


def test_an_answer_of_another_epoch_that_does_not_say_so_is_no_answer() -> None:
    centre, device = FakeCentre(), Device()
    device.sync(centre.exchange)
    device.write("a", n=1)

    def other(message: bytes) -> bytes:
        answer = centre.exchange(message)
        return answer.replace(b'"epoch":"e1"', b'"epoch":"e9"', 1)

    device.step(other)
    assert device.store.outbox_size() == 1
    assert device.store.standing().epoch == "e1"
