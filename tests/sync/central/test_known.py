"""What is known: loaded, proven absent, or named as missing; layers that can be dropped."""

from __future__ import annotations

import pytest

from sync.central.known import GRACE_AFTER_MOVE_MS, Author, Known, NotLoaded, Record, Wants


def record(rev: int = 1) -> Record:
    return Record("case", "a", rev, "b", 1, b'{"fields":{"x":1}}', {})


def test_what_was_not_loaded_is_named() -> None:
    with pytest.raises(NotLoaded) as missing:
        Known().record("case", "a")
    assert missing.value.wants.records == {("case", "a")}


def test_a_proven_absence_is_known() -> None:
    assert Known(records={("case", "a"): None}).record("case", "a") is None


def test_a_layer_hides_what_lies_below_until_it_is_dropped_or_absorbed() -> None:
    known = Known(records={("case", "a"): record()})
    layer = known.layer()
    layer.records["case", "a"] = record(2)
    assert known.record("case", "a") == record()
    assert layer.record("case", "a") == record(2)
    known.absorb(layer)
    assert known.record("case", "a") == record(2)


def test_wants_beyond_what_is_known_are_what_is_still_to_load() -> None:
    wants = Wants(records={("case", "a"), ("case", "b")}, keys={"k"})
    left = wants.beyond(Known(records={("case", "a"): None}).layer())
    assert (left.records, left.keys, bool(left)) == ({("case", "b")}, {"k"}, True)
    assert not (left | Wants()).beyond(Known(records={("case", "b"): None}, keys={"k": None}))


def test_the_current_body_needs_no_history() -> None:
    past = Known().body_at(record(), 1)
    assert past is not None
    assert past.fields == {"x": 1}


def test_a_grant_ends_after_its_grace() -> None:
    author = Author(account="a", device="d", role="helper", grants={"held": 0, "ended": 1_000})
    assert author.may_write("held", 10**15)
    assert author.may_write("ended", 1_000 + GRACE_AFTER_MOVE_MS)
    assert not author.may_write("ended", 1_001 + GRACE_AFTER_MOVE_MS)
    assert not author.may_write("never", 0)


def test_a_record_made_on_a_layer_adds_its_kind_to_those_under_its_id() -> None:
    layer = Known(kinds={"a": frozenset({"case"})}).layer()
    layer.note_kind("notice", "a")
    layer.note_kind("outcome", "b")
    assert layer.kinds_of("a") == {"case", "notice"}
    assert layer.kinds_of("b") == {"outcome"}
    with pytest.raises(NotLoaded):
        layer.kinds_of("c")
