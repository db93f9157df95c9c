"""Saving: versions are given out once a transaction, sums follow the rows, the audit chain takes every change."""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from sync.central.known import Author, ChainState, KnownChange, Record
from sync.central.plan import EMPTY_HEAD, Head, LogEntry, Plan, chained_hash, finish, touched_buckets
from sync.core.chain import bucket_sum
from sync.core.changes import OutcomeCode
from sync.core.messages import Status

SALTS = itertools.repeat(b"s" * 16)
AUTHOR = Author(account="a", device="d", role="helper", grants={})


def record(name: str, bucket: str, rev: int = 1, version: int = 0) -> Record:
    return Record("case", name, rev, bucket, version, f"{name} {rev}".encode(), {})


def change(name: str, bucket: str = "", code: OutcomeCode = OutcomeCode.APPLIED) -> KnownChange:
    return KnownChange(
        id=name,
        account="a",
        device="d",
        chain_epoch=1,
        seq=1,
        hash=name.encode(),
        kind="case",
        name="case.edit",
        record="r",
        received_at=5,
        code=code,
        bucket=bucket,
    )


def entry(name: str, bucket: str, code: OutcomeCode = OutcomeCode.APPLIED) -> LogEntry:
    decided = change(name, bucket if code.has_effect else "", code)
    return LogEntry(
        change=decided, line=b"", name="", author=AUTHOR, carrier="d", received_at=5, captured_wall=0, bucket=bucket
    )


def plan(*records: Record, log: tuple[LogEntry, ...] = ()) -> Plan:
    chain = ChainState(1, 1, b"")
    return Plan(status=Status.OK, chain=chain, log=log, records={(one.kind, one.id): one for one in records})


def test_all_rows_of_a_bucket_in_one_transaction_share_its_next_version() -> None:
    save = finish(
        [plan(record("a", "x")), plan(record("b", "x"), record("c", "y"))], {}, {"x": Head(7, 0, 0, b"", 0)}, SALTS
    )
    assert {one.id: one.version for one in save.records} == {"a": 8, "b": 8, "c": 1}
    assert save.heads["x"].version == 8


def test_a_record_that_moves_leaves_an_exit_where_it_was() -> None:
    old = record("a", "x", version=3)
    heads = {"x": Head(3, bucket_sum([("a", 3, old.body)]), 1, b"", 0)}
    save = finish([plan(record("a", "y", rev=2))], {("case", "a"): old}, heads, SALTS)
    assert [(one.bucket, one.version, one.record) for one in save.exits] == [("x", 4, "a")]
    assert (save.heads["x"].rows, save.heads["x"].sum) == (0, 0)
    assert (save.heads["y"].rows, save.heads["y"].version) == (1, 1)


def test_an_effect_lands_at_the_version_its_bucket_gets() -> None:
    save = finish([plan(record("a", "x"), log=(entry("one", "x"),))], {}, {"x": Head(7, 0, 0, b"", 0)}, SALTS)
    assert save.log[0].entry.change.version == 8
    assert save.landed(change("one", "x")).version == 8


def test_a_change_without_rows_raises_no_version_but_is_chained() -> None:
    save = finish([plan(log=(entry("one", "person:a", OutcomeCode.REFUSED),))], {}, {}, SALTS)
    head = save.heads["person:a"]
    assert (head.version, head.log_length) == (0, 1)
    assert head.log_hash == chained_hash(EMPTY_HEAD.log_hash, b"s" * 16, change("one"), "a", 5)


def test_touched_buckets_are_those_written_left_and_logged() -> None:
    plans = [plan(record("a", "y"), log=(entry("one", "person:a", OutcomeCode.PARKED),))]
    assert touched_buckets(plans, {("case", "a"): record("a", "x", version=1)}) == {"x", "y", "person:a"}


@given(st.lists(st.lists(st.tuples(st.sampled_from("abcd"), st.sampled_from("xyz")), max_size=4), max_size=8))
def test_sums_and_counts_always_equal_those_of_the_rows(transactions: list[list[tuple[str, str]]]) -> None:
    rows: dict[tuple[str, str], Record] = {}
    heads: dict[str, Head] = {}
    for writes in transactions:
        plans = []
        latest = dict(rows)
        for name, bucket in writes:
            before = latest.get(("case", name))
            latest["case", name] = record(name, bucket, rev=before.rev + 1 if before else 1)
            plans.append(plan(latest["case", name]))
        save = finish(plans, rows, heads, SALTS)
        heads.update(save.heads)
        rows.update({(one.kind, one.id): one for one in save.records})
    for bucket, head in heads.items():
        held = [(one.id, one.version, one.body) for one in rows.values() if one.bucket == bucket]
        assert (head.sum, head.rows) == (bucket_sum(held), len(held))
        assert all(version <= head.version for _, version, _ in held)
