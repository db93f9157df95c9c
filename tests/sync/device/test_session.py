"""The session against a centre that keeps the protocol's rules."""

from __future__ import annotations

import pytest

from sync.core.changes import OutcomeCode
from sync.core.codec import parse_request
from sync.device.events import (
    BadAnswer,
    ForkHealed,
    Level,
    OutcomesChanged,
)
from tests.sync.device.device import Device, record_id
from tests.sync.device.fake_centre import FakeCentre


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


def test_the_outbox_goes_up_in_pages_and_one_change_at_least() -> None:
    centre, device = FakeCentre(), Device(page_bytes=4_096)
    for number in range(5):
        device.write(str(number), text="x" * 15_000)
    device.write("big", text="y" * 100_000)
    device.sync(centre.exchange)
    assert [len(request.changes) for request in centre.requests] == [1] * 6
    assert centre.requests[0].envelope.waiting == 5
    assert len(centre.effects) == 6


def test_a_failing_line_gets_smaller_pages() -> None:
    centre, device = FakeCentre(), Device()
    for number in range(40):
        device.write(str(number), text="x" * 5_000)
    for _ in range(4):
        device.step(lambda message: None)
    device.step(centre.exchange)
    assert len(centre.requests[0].changes) == 5
    device.sync(centre.exchange)
    assert len(centre.effects) == 40


def test_a_smaller_page_than_the_one_whose_reply_was_lost_is_no_fork() -> None:
    centre, device = FakeCentre(), Device()
    for number in range(40):
        device.write(str(number), text="x" * 5_000)

    def reply_lost(message: bytes) -> None:
        centre.exchange(message)

    device.step(reply_lost)
    device.sync(centre.exchange)
    assert set(centre.effects.values()) == {1}
    assert not any(isinstance(event, ForkHealed) for event in device.events)


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
