"""What a person captures and sees."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from sync.core.chain import content_hash, encode_hash
from sync.core.changes import Base, Captured, OutcomeCode
from sync.core.codec import encode_body, read_change
from sync.core.errors import Malformed
from sync.core.ids import derived_id
from sync.core.messages import Outcome
from sync.device.memory_store import MemoryStore
from sync.device.replica import Draft, Replica, has_come_back, overlay
from sync.device.state import BucketState, Delivery, FileToSend, StoredRow, first_standing
from tests.sync.device.device import Device, record_id
from tests.sync.device.fake_centre import FakeCentre

RECORD = record_id("a")


def fields_of(device: Device, record: str = "a") -> dict[str, object]:
    sighting = device.replica.see(record_id(record))
    assert sighting is not None
    return sighting.fields


def draft(**fields: Any) -> Draft:
    return Draft("note", RECORD, "note.write", set=fields)


def test_a_capture_is_seen_at_once_on_top_of_the_row() -> None:
    centre, device = FakeCentre(), Device()
    centre.put(RECORD, {"text": "theirs", "other": 1})
    device.sync(centre.exchange)
    device.write("a", text="mine")
    assert fields_of(device) == {"text": "mine", "other": 1}
    assert device.replica.unsent().changes == 1
    assert device.replica.unsent().since == 1_700_000_000_001


def test_what_was_pasted_is_captured_as_a_line_can_hold_it() -> None:
    replica = Replica(MemoryStore(first_standing(derived_id("device", "d"))))
    pasted = draft(phone="\u202d138 0013 8000\u202c", notes=["e\u0301"])
    change = replica.capture(pasted, change_id=derived_id("c"), captured=Captured(1))
    assert change.set == {"phone": "138 0013 8000", "notes": ["é"]}


def test_the_first_change_to_an_unseen_record_has_no_base() -> None:
    assert Device().write("a", n=1).base is None


def test_a_change_on_a_row_names_its_epoch_rev_and_hash() -> None:
    centre, device = FakeCentre(), Device()
    centre.put(RECORD, {"n": 1})
    device.sync(centre.exchange)
    row = device.store.row(RECORD)
    assert row is not None
    assert device.write("a", n=2).base == Base(epoch="e1", rev=1, hash=encode_hash(content_hash(row.body)))


def test_a_change_on_own_unanswered_work_names_that_change() -> None:
    device = Device()
    first = device.write("a", n=1)
    second = device.write("a", n=2)
    third = device.write("a", n=3)
    assert second.base == Base(change=first.id)
    assert third.base == Base(change=second.id)
    assert device.write("b", n=1).base is None


def test_answered_work_stays_the_base_until_its_row_has_come_back() -> None:
    centre, device = FakeCentre(rows_per_page=1), Device()
    for number in range(3):
        centre.put(record_id(str(number)), {"n": number})
    first = device.write("a", n=1)
    device.step(centre.exchange)
    assert device.store.outbox_size() == 0
    assert fields_of(device) == {"n": 1}
    assert device.write("a", n=2).base == Base(change=first.id)
    device.sync(centre.exchange)
    base = device.write("a", n=3).base
    assert base is not None
    assert base.rev == 2


def test_refused_work_is_no_longer_shown_nor_built_on() -> None:
    centre, device = FakeCentre(), Device()
    centre.put(RECORD, {"n": 1})
    device.sync(centre.exchange)
    centre.refuse.add(device.write("a", n=2).id)
    device.sync(centre.exchange)
    assert fields_of(device) == {"n": 1}
    base = device.write("a", n=3).base
    assert base is not None
    assert base.rev == 1


def parked(code: OutcomeCode | None) -> Replica:
    """A device whose only change was parked, and perhaps a later word on it as a record."""
    store = MemoryStore(first_standing(derived_id("device", "d")))
    replica = Replica(store)
    change = replica.capture(draft(n=1), change_id=derived_id("c"), captured=Captured(1))
    (entry,) = store.outbox()
    outcome = Outcome(seq=1, id=change.id, code=OutcomeCode.PARKED, reason="needs")
    with store.transaction():
        store.replace_entries([msgspec.structs.replace(entry, seq=1, chain_epoch=1, outcome=outcome)])
        if code is not None:
            told: dict[str, object] = {
                "change": change.id,
                "code": code.value,
                "record": RECORD,
                "reason": "later",
                "detail": {"n": 1},
            }
            body = encode_body("outcome", change.id, 1, told)
            row = StoredRow(record=change.id, bucket="person:1", version=1, kind="outcome", body=body)
            store.put_rows([row])
    return replica


def test_parked_work_stays_on_the_screen_until_the_centre_says_more() -> None:
    assert parked(None).see(RECORD) is not None
    assert [known.code for known in parked(None).outcomes()] == [OutcomeCode.PARKED]
    assert parked(OutcomeCode.PARKED).see(RECORD) is not None
    assert parked(OutcomeCode.REFUSED).see(RECORD) is None
    released = parked(OutcomeCode.APPLIED)
    assert released.see(RECORD) is None
    assert [(known.code, known.reason, known.detail) for known in released.outcomes()] == [
        (OutcomeCode.APPLIED, "later", {"n": 1})
    ]


def test_an_outcome_of_a_newer_centre_is_shown_as_waiting() -> None:
    replica = parked(None)
    body = encode_body("outcome", derived_id("c"), 1, {"code": "blessed", "record": RECORD})
    with replica.store.transaction():
        row = StoredRow(record=derived_id("c"), bucket="person:1", version=1, kind="outcome", body=body)
        replica.store.put_rows([row])
    assert [known.code for known in replica.outcomes()] == [OutcomeCode.PARKED]


def test_members_are_put_into_and_taken_out_of_a_list() -> None:
    change = Device().replica.capture(
        Draft("note", RECORD, "note.write", add={"tags": ["b", "c"]}, remove={"gone": ["x"]}),
        change_id=derived_id("c"),
        captured=Captured(1),
    )
    fields: dict[str, object] = {"tags": ["a", "b"], "gone": ["x", "y"]}
    overlay(fields, change)
    assert fields == {"tags": ["a", "b", "c"], "gone": ["y"]}


def test_every_record_of_a_kind_is_seen_also_those_only_this_device_knows() -> None:
    centre, device = FakeCentre(), Device()
    centre.put(record_id("theirs"), {"n": 1})
    device.sync(centre.exchange)
    device.write("mine", n=2)
    device.write("theirs", n=3)
    seen = {sighting.record: sighting.fields for sighting in device.replica.see_all("note")}
    assert seen == {record_id("theirs"): {"n": 3}, record_id("mine"): {"n": 2}}
    assert list(device.replica.see_all("case")) == []


def test_what_the_centre_would_not_take_fails_while_typing_and_keeps_nothing() -> None:
    device = Device()
    with pytest.raises(Malformed):
        device.write("a", share=0.5)
    assert device.store.outbox_size() == 0
    assert device.store.standing().next_position == 1


def test_drafts_captured_together_build_on_each_other_and_stand_or_fall_together() -> None:
    device = Device()
    together = [(draft(n=number), derived_id("c", str(number)), Captured(number)) for number in range(50)]
    changes = device.replica.capture_all(together)
    assert changes[1].base == Base(change=changes[0].id)
    assert [read_change(entry.line) for entry in device.store.outbox()] == changes
    with pytest.raises(Malformed):
        device.replica.capture_all([(draft(n=1), derived_id("ok"), Captured(1)), (draft(n="\x00"), "bad", Captured(1))])
    assert device.store.outbox_size() == 50


def test_a_photo_waits_for_its_text_and_is_never_released_before_it_is_stored() -> None:
    device = Device()
    file = FileToSend(
        id=record_id("f"), sha256="", size=1, type="image/jpeg", purpose="id", change=derived_id("change", "phone", "1")
    )
    device.write("a", files=((file, b"x"),), n=1)
    assert device.replica.files_ready() == []
    assert device.replica.unsent().files == 1
    with pytest.raises(AssertionError):
        device.replica.release_file(file.id)
    assert device.store.file_content(file.id, 0, 1) == b"x"
    with device.store.transaction():
        device.store.put_file(msgspec.structs.replace(file, delivery=Delivery.STORED))
    device.replica.release_file(file.id)
    assert device.replica.unsent().files == 0


@pytest.mark.parametrize(
    ("version", "record", "back"),
    [(4, "", False), (5, "", True), (5, "9", False), (5, "b", True), (5, "c", True), (6, "0", True)],
)
def test_an_effect_has_come_back_once_the_cursor_has_reached_its_place(version: int, record: str, back: bool) -> None:
    outcome = Outcome(seq=1, id=RECORD, code=OutcomeCode.APPLIED, at=("village:1", 5))
    bucket = BucketState(bucket="village:1", generation=1, version=version, record=record)
    assert has_come_back(outcome, "b", bucket) is back


def test_an_effect_in_a_bucket_not_held_cannot_come_back_and_is_not_waited_for() -> None:
    assert has_come_back(Outcome(seq=1, id=RECORD, code=OutcomeCode.APPLIED, at=("x", 5)), RECORD, None)
