"""When a device exchanges: a timer is always armed, failures wait, wakes and captures shorten."""

from __future__ import annotations

from sync.device.events import (
    NeedToken,
)
from sync.device.pacing import BACKOFF_MAX_MS, LEVEL_MS, REQUEST_MS
from sync.device.session import Failure
from tests.sync.device.device import Device, record_id
from tests.sync.device.fake_centre import FakeCentre


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
