"""Values: where a device begins, and when a bucket agrees."""

from __future__ import annotations

import msgspec

from sync.core.chain import genesis
from sync.core.ids import derived_id
from sync.core.messages import Target
from sync.device.state import BucketState, Standing, first_standing

PHONE = derived_id("device", "phone")


def test_a_new_device_stands_before_the_first_change_of_its_chain() -> None:
    standing = first_standing(PHONE, 7)
    assert (standing.acked_seq, standing.acked_hash) == (0, genesis(PHONE, 7))


def test_a_standing_is_stored_and_read_back_as_it_was() -> None:
    standing = msgspec.structs.replace(first_standing(PHONE), target=(Target("b", 3),), epoch="e")
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(standing), type=Standing) == standing


def test_a_bucket_agrees_only_at_its_head_with_sum_and_count() -> None:
    good = BucketState(bucket="b", generation=1, version=3, head=3, sum=9, head_sum=9, count=2, head_count=2)
    assert good.agrees
    for change in ({"version": 2}, {"sum": 8}, {"count": 1}):
        assert not msgspec.structs.replace(good, **change).agrees
