"""What is durable, and what an effect tells."""

from __future__ import annotations

import msgspec

from sync.core.changes import OutcomeCode
from sync.core.ids import derived_id
from sync.device.effect import Effect, Sent, is_durable, with_events
from sync.device.events import BucketReset, OutcomesChanged, RowsChanged
from sync.device.state import Entry, first_standing

ENTRY = Entry(position=1, id="c", kind="note", record="r", line=b"", hash=b"", captured=0)


def test_a_change_is_durable_up_to_the_centres_word_or_when_its_chain_has_ended() -> None:
    standing = msgspec.structs.replace(first_standing(derived_id("d"), 2), durable_upto=5)
    held = msgspec.structs.replace(ENTRY, chain_epoch=2, seq=5)
    assert is_durable(held, standing)
    assert not is_durable(msgspec.structs.replace(held, seq=6), standing)
    assert is_durable(msgspec.structs.replace(held, seq=6, chain_epoch=1), standing)
    assert not is_durable(ENTRY, standing)


def test_a_request_knows_its_chain_hash_at_every_seq() -> None:
    sent = Sent(at=0, chain_epoch=1, first_seq=4, prev_hash=b"3", entries=(ENTRY, ENTRY), hashes=(b"4", b"5"))
    assert [sent.hash_at(seq) for seq in (3, 4, 5)] == [b"3", b"4", b"5"]
    assert sent.last_seq == 5


def test_an_effect_tells_each_thing_once() -> None:
    effect = Effect(resets={"b": "sum"}, changed=["r", "r"], outcomes=[("c", OutcomeCode.MERGED)])
    assert with_events(effect).events == [
        BucketReset("b", "sum"),
        RowsChanged(("r",)),
        OutcomesChanged((("c", OutcomeCode.MERGED),)),
    ]
    assert with_events(Effect()).events == []
