"""A line that another version of the app left in the outbox: the centre refuses it, and nothing else waits for it."""

from __future__ import annotations

import msgspec

from sync.core.chain import content_hash
from sync.core.ids import derived_id
from sync.device.state import Entry
from tests.sync.device.device import Device, record_id
from tests.sync.device.fake_centre import FakeCentre


def with_a_bad_line() -> tuple[Device, str]:
    device = Device()
    line = b'{"id":"an older app wrote this"}'
    standing = device.store.standing()
    entry = Entry(
        position=standing.next_position,
        id=derived_id("change", "bad"),
        kind="note",
        record=record_id("n"),
        line=line,
        hash=content_hash(line),
        captured=1,
    )
    with device.store.transaction():
        device.store.append_entries([entry])
        device.store.put_standing(msgspec.structs.replace(standing, next_position=standing.next_position + 1))
    return device, entry.id


def test_a_record_with_a_line_that_is_no_change_can_still_be_seen() -> None:
    device, _ = with_a_bad_line()
    device.write("n", text="still here")
    seen = device.replica.see(record_id("n"))
    assert seen is not None
    assert seen.fields["text"] == "still here"


def test_an_outcome_for_a_line_that_is_no_change_is_known_by_its_place() -> None:
    device, bad = with_a_bad_line()
    centre = FakeCentre()
    device.session.exchange_now(device.now)
    device.step(centre.exchange)
    entry = device.store.entry(bad)
    assert entry is not None
    assert entry.outcome is not None
    assert entry.outcome.reason == "malformed"
    assert device.store.outbox_size() == 0
