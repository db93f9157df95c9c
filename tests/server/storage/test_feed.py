"""Reading along: in order, within the budget, to the target, nothing twice and nothing left out."""

from typing import Any

import pytest

from server.storage.feed import AFTER_ALL, PACKED, Asked, Down, heads_told, read_feed
from server.storage.memory import CentreMemory, MemoryRead, MemoryStore
from server.storage.store import CentreState, EntitledBucket
from sync.central.known import Record
from sync.central.plan import Exit, Head
from sync.core.messages import Cursor, Target


def centre(rows: dict[str, list[tuple[str, int, int]]], exits: tuple[Exit, ...] = ()) -> MemoryRead:
    """Bucket → (record, version, length of body)."""
    state = CentreMemory(CentreState("epoch", 0))
    for bucket, found in rows.items():
        for record, version, length in found:
            state.records["case", record] = Record("case", record, 1, bucket, version, b"x" * length, {})
    state.exits.update(((one.bucket, one.record), one) for one in exits)
    return MemoryRead(state, MemoryStore(state))


def entitled(**heads: int) -> list[EntitledBucket]:
    return [EntitledBucket(name, 1, Head(version, version, version, b"", 0)) for name, version in heads.items()]


def asked(cursors: list[Cursor] | None, **more: Any) -> Asked:
    return Asked(**{"tag": "", "cursors": cursors, "target": None, "max_bytes": 4096, **more})


async def read_to_the_end(
    unit: MemoryRead, buckets: list[EntitledBucket], max_bytes: int
) -> list[tuple[str, int, bool]]:
    cursors: dict[str, Cursor] = {}
    target: list[Target] | None = None
    found: list[tuple[str, int, bool]] = []
    for _ in range(1000):
        ask = asked(list(cursors.values()), target=target, max_bytes=max_bytes)
        down = await read_feed(unit, "epoch", buckets, ask)
        assert sum(not row.exit for page in down.pages for row in page.rows) == len(down.bodies)
        for page in down.pages:
            found += [(row.record, row.version, row.exit) for row in page.rows]
            cursors[page.bucket] = Cursor(page.bucket, page.generation, *page.upto)
        if not down.more:
            return found
        target = down.target
    raise AssertionError("reading never ended")


@pytest.mark.parametrize("max_bytes", [1, 100, 1_000, 100_000])
async def test_whatever_the_budget_every_row_comes_once_and_in_order(max_bytes: int) -> None:
    rows = [(f"{number:032x}", 1 + number // 3, 50 * number) for number in range(40)]
    unit = centre({"a": rows, "b": [("f" * 32, 2, 10)]}, (Exit("a", 5, "case", "e" * 32),))
    found = await read_to_the_end(unit, entitled(a=14, b=2), max_bytes)
    expected = [(record, version, False) for record, version, _ in rows] + [("e" * 32, 5, True)]
    assert found[:-1] == sorted(expected, key=lambda row: (row[1], row[0]))
    assert found[-1] == ("f" * 32, 2, False)


async def test_a_page_keeps_to_its_budget_but_always_holds_a_row() -> None:
    unit = centre({"a": [(f"{n:032x}", n + 1, 1000) for n in range(50)]})
    down = await read_feed(unit, "epoch", entitled(a=50), asked([]))
    assert 4096 * PACKED <= sum(map(len, down.bodies)) + 64 * len(down.bodies) < 4096 * PACKED + 1064
    assert (down.more, down.pages[0].upto) == (True, (len(down.bodies), f"{len(down.bodies) - 1:032x}"))
    giant = centre({"a": [("0" * 32, 1, 900_000)]})
    assert len((await read_feed(giant, "epoch", entitled(a=1), asked([]))).bodies) == 1


async def test_what_comes_after_the_target_waits_for_the_next_round() -> None:
    unit = centre({"a": [("0" * 32, 1, 10), ("1" * 32, 2, 10)]})
    down = await read_feed(unit, "epoch", entitled(a=2, b=0), asked([], target=[Target("a", 1)]))
    assert [row.record for page in down.pages for row in page.rows] == ["0" * 32]
    assert down.pages[0].upto == (1, AFTER_ALL)
    assert (down.more, down.target) == (True, None)


async def test_a_device_that_shows_the_tag_is_told_nothing() -> None:
    unit = centre({})
    first = await read_feed(unit, "epoch", entitled(a=3), asked(None))
    assert (first.need_cursors, [one.bucket for one in first.entitled or []]) == (True, ["a"])
    level = await read_feed(unit, "epoch", entitled(a=3), asked(None, tag=first.tag))
    assert level == Down(tag=first.tag)
    assert (await read_feed(unit, "other", entitled(a=3), asked(None, tag=first.tag))).tag != first.tag


async def test_cursors_that_do_not_fit_are_reset_and_read_anew() -> None:
    unit = centre({"a": [("0" * 32, 1, 10)], "b": [("1" * 32, 1, 10)], "c": [("2" * 32, 1, 10)]})
    cursors = [Cursor("a", 1, 9, ""), Cursor("b", 7, 1, ""), Cursor("x", 1, 1, ""), Cursor("c", 1, 1, AFTER_ALL)]
    down = await read_feed(unit, "epoch", entitled(a=1, b=1, c=1), asked(cursors))
    assert {(one.bucket, one.reason) for one in down.resets} == {("a", "epoch"), ("b", "generation"), ("x", "gone")}
    assert [page.bucket for page in down.pages] == ["a", "b"]


async def test_the_catalogue_waits_for_peoples_own_work() -> None:
    unit = centre({"catalogue:1": [("0" * 32, 1, 10)], "person:1": [("1" * 32, 1, 10)]})
    buckets = [EntitledBucket(name, 1, Head(1, 1, 1, b"", 0)) for name in ("catalogue:1", "person:1")]
    down = await read_feed(unit, "epoch", buckets, asked([]))
    assert [page.bucket for page in down.pages] == ["person:1", "catalogue:1"]


def test_restored_heads_are_told_in_order() -> None:
    assert heads_told({"b": 2, "a": 1}) == [Target("a", 1), Target("b", 2)]
