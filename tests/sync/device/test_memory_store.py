"""The store in memory does what a disk does: whole transactions or nothing."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
import pytest

from sync.core.ids import derived_id
from sync.core.messages import Evidence, Honour
from sync.device.memory_store import MemoryStore
from sync.device.state import BucketState, Entry, FileToSend, ReplicaStore, StoredRow, first_standing


def entry(position: int, seq: int = 0) -> Entry:
    name = derived_id(str(position))
    return Entry(position=position, id=name, kind="note", record="r", line=b"l", hash=b"h", captured=1, seq=seq)


def row(record: str, bucket: str = "b", version: int = 1) -> StoredRow:
    return StoredRow(record=record, bucket=bucket, version=version, kind="note", body=b"{}")


def filled() -> MemoryStore:
    store = MemoryStore(first_standing(derived_id("d")))
    with store.transaction():
        fill(store)
    return store


def fill(store: ReplicaStore) -> None:
    store.append_entries([entry(1), entry(2), entry(3)])
    store.replace_entries([entry(1, seq=1)])
    store.put_rows([row("r1"), row("r2", "c")])
    store.put_buckets([BucketState(bucket="b", generation=1)])
    store.put_restored([Honour("r", "1")], [(Evidence("note", "r", "b", 1), b"{}")])
    store.put_file(FileToSend(id="f", sha256="", size=1, type="t", purpose="p", change=""), b"x")


def everything(store: ReplicaStore) -> object:
    return (
        store.standing(),
        store.outbox(),
        store.journal(),
        store.entries_of("r"),
        store.buckets(),
        sorted(store.rows_of_kind("note"), key=lambda each: each.record),
        sorted(store.rows_in("b"), key=lambda each: each.record),
        store.honours(),
        store.evidence(10),
        store.files(),
        store.file_content("f", 0, 10),
    )


WRITES: list[Callable[[MemoryStore], None]] = [
    lambda store: store.put_standing(msgspec.structs.replace(store.standing(), epoch="e")),
    lambda store: store.append_entries([entry(4)]),
    lambda store: store.replace_entries([entry(1), entry(2, seq=5)]),
    lambda store: store.drop_entries([1, 2]),
    lambda store: store.put_rows([row("r1", "c", 2), row("r3")]),
    lambda store: store.drop_rows(["r1", "none"]),
    lambda store: store.drop_rows_in("b"),
    lambda store: store.put_buckets([BucketState(bucket="b", generation=2), BucketState(bucket="n", generation=1)]),
    lambda store: store.drop_buckets(["b", "none"]),
    lambda store: store.put_restored([Honour("r", "2")], [(Evidence("note", "s", "b", 1), b"{}")]),
    lambda store: store.drop_restored(["r"], ["r"]),
    lambda store: store.put_file(FileToSend(id="f", sha256="1", size=1, type="t", purpose="p", change=""), b"y"),
    lambda store: store.drop_file_content("f"),
]


@pytest.mark.parametrize("number", range(len(WRITES)))
def test_a_write_that_never_commits_never_was(number: int) -> None:
    store = filled()
    before = everything(store)
    with pytest.raises(KeyError), store.transaction():
        WRITES[number](store)
        assert everything(store) != before
        raise KeyError
    assert everything(store) == before


def test_a_power_cut_before_any_write_or_the_commit_undoes_all_of_it() -> None:
    writes: list[str] = []
    counting = filled()
    counting.before_write = writes.append
    with counting.transaction():
        for write in WRITES:
            write(counting)
    assert writes[-1] == "commit"
    for at in range(len(writes)):
        store = filled()
        before = everything(store)
        left = iter(range(at))

        def cut(what: str, left: object = left) -> None:
            if next(left, None) is None:  # type: ignore[call-overload]
                raise KeyboardInterrupt

        store.before_write = cut
        with pytest.raises(KeyboardInterrupt), store.transaction():
            for write in WRITES:
                write(store)
        assert everything(store) == before


def test_an_image_is_not_touched_by_what_comes_after() -> None:
    store = filled()
    image = store.clone()
    before = everything(image)
    with store.transaction():
        for write in WRITES:
            write(store)
    assert everything(image) == before
    assert everything(store) != before


def test_the_outbox_stays_in_the_order_of_capture_when_entries_come_back() -> None:
    store = filled()
    with store.transaction():
        store.replace_entries([entry(2, seq=2), entry(3, seq=3)])
        store.append_entries([entry(4)])
        store.replace_entries([entry(3), entry(1)])
    assert [each.position for each in store.outbox()] == [1, 3, 4]
    assert [each.position for each in store.outbox(2)] == [1, 3]
    assert [each.position for each in store.journal()] == [2]


def test_writes_outside_a_transaction_are_a_programmers_mistake() -> None:
    with pytest.raises(AssertionError):
        filled().drop_entries([1])
