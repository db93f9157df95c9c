"""What is durable, and what an effect tells."""

from __future__ import annotations

from dataclasses import replace

import msgspec

from sync.core.changes import OutcomeCode
from sync.core.ids import derived_id
from sync.core.messages import Answer, Request, Status
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


def test_a_brief_answer_is_completed_from_its_request_and_only_where_nothing_moved() -> None:
    asked = Request(protocol=1, device="d" * 32, epoch="e1", chain_epoch=1, first_seq=4, prev_hash="h" * 43, ack="a")
    sent = Sent(at=0, chain_epoch=1, first_seq=4, prev_hash=b"3", brief=asked)
    brief = Answer(protocol=1, status=Status.OK, server_time=1, chain_epoch=1, last_seq=3)
    whole = sent.completed(brief)
    assert (whole.epoch, whole.chain_hash, whole.ack) == ("e1", "h" * 43, "a")
    moved = sent.completed(msgspec.structs.replace(brief, last_seq=9))
    assert (moved.chain_hash, moved.ack) == ("", "")
    told = msgspec.structs.replace(brief, epoch="e2", chain_hash="x" * 43)
    assert sent.completed(told) == told
    assert replace(sent, brief=None).completed(brief) == brief
