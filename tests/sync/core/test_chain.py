"""Hashes: computed here a second way, from the protocol page."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.core import chain

DEVICE = "d" * 32


def test_a_chain_begins_with_its_device_and_epoch() -> None:
    assert chain.genesis(DEVICE, 3) == hashlib.sha256(b"bangban-chain-1\n" + DEVICE.encode() + b"\n3").digest()
    assert chain.genesis(DEVICE, 3) != chain.genesis(DEVICE, 4)


def test_each_link_covers_the_one_before_its_number_and_its_line() -> None:
    line = chain.content_hash(b"line")
    assert line == hashlib.sha256(b"line").digest()
    assert chain.extend(b"p" * 32, 5, line) == hashlib.sha256(b"p" * 32 + bytes(7) + b"\x05" + line).digest()


@given(st.lists(st.binary(max_size=8), max_size=12), st.integers(0, 12))
def test_a_chain_extended_in_two_goes_is_the_chain_extended_at_once(lines: list[bytes], cut: int) -> None:
    hashes = [chain.content_hash(line) for line in lines]
    cut = min(cut, len(hashes))
    start = chain.genesis(DEVICE, 1)
    halfway = chain.extend_all(start, 1, hashes[:cut])
    assert chain.extend_all(halfway, cut + 1, hashes[cut:]) == chain.extend_all(start, 1, hashes)


def test_another_order_or_number_is_another_chain() -> None:
    one, two = chain.content_hash(b"1"), chain.content_hash(b"2")
    start = chain.genesis(DEVICE, 1)
    assert chain.extend_all(start, 1, [one, two]) != chain.extend_all(start, 1, [two, one])
    assert chain.extend_all(start, 1, [one]) != chain.extend_all(start, 2, [one])


def test_signatures_and_acknowledgements_cover_different_words() -> None:
    digest = b"h" * 32
    signed = chain.signed_payload(DEVICE, 1, 9, digest)
    told = chain.acknowledged_payload("e1", DEVICE, 1, 9, digest)
    assert signed == b"bangban-exchange-1\n" + DEVICE.encode() + b"\n1\n9\n" + digest
    assert told == b"bangban-ack-1\ne1\n" + DEVICE.encode() + b"\n1\n9\n" + digest


@given(st.binary(max_size=40))
def test_a_hash_as_text_comes_back(digest: bytes) -> None:
    assert chain.decode_hash(chain.encode_hash(digest)) == digest


@pytest.mark.parametrize("text", ["*", "a b", "aé", "a" * 5])
def test_what_is_no_base64url_is_no_hash(text: str) -> None:
    with pytest.raises(ValueError):
        chain.decode_hash(text)


ROWS = st.lists(
    st.tuples(st.sampled_from("abcdef"), st.integers(0, 99), st.binary(max_size=5)),
    unique_by=lambda row: row[0],
    max_size=6,
)


@given(ROWS.flatmap(lambda rows: st.tuples(st.just(rows), st.permutations(rows))))
def test_a_sum_does_not_depend_on_the_order_of_rows(orders: tuple[list[tuple[str, int, bytes]], ...]) -> None:
    assert chain.bucket_sum(orders[0]) == chain.bucket_sum(orders[1])


@given(ROWS)
def test_a_sum_kept_row_by_row_is_the_sum_in_full(rows: list[tuple[str, int, bytes]]) -> None:
    total = 0
    for row in rows:
        total = (total + chain.row_sum(*row)) % chain.SUM_MODULUS
    assert total == chain.bucket_sum(rows)
    for row in rows[1:]:
        total = (total - chain.row_sum(*row)) % chain.SUM_MODULUS
    assert total == chain.bucket_sum(rows[:1])
    assert len(chain.sum_text(total)) == 22


def test_a_row_counts_its_record_version_and_body() -> None:
    rows = {chain.row_sum(*row) for row in (("a", 1, b"x"), ("b", 1, b"x"), ("a", 2, b"x"), ("a", 1, b"y"))}
    assert len(rows) == 4


def test_a_state_tag_stands_for_everything_a_device_may_see_in_any_order() -> None:
    one, two = ("a", 1, 5, 10, 2), ("b", 1, 7, 11, 3)
    tag = chain.state_tag("e1", [one, two])
    assert tag == chain.state_tag("e1", [two, one])
    assert len(tag) == 22
    others = [("e2", [one, two]), ("e1", [one]), *(("e1", [one, changed]) for changed in _each_changed(two))]
    assert len({tag, *(chain.state_tag(epoch, rows) for epoch, rows in others)}) == len(others) + 1


def _each_changed(row: tuple[str, int, int, int, int]) -> list[tuple[str, int, int, int, int]]:
    bucket, generation, head, total, count = row
    return [
        ("c", generation, head, total, count),
        (bucket, generation + 1, head, total, count),
        (bucket, generation, head + 1, total, count),
        (bucket, generation, head, total + 1, count),
        (bucket, generation, head, total, count + 1),
    ]
