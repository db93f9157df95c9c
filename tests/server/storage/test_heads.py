"""Heads and chains come back as they went in, and are locked in one order."""

from server.storage.heads import chain_statements, entitled_query, head_of, head_or_empty, head_statements, heads_query
from server.storage.unit_of_work import Engine
from sync.central.known import ChainState
from sync.central.plan import EMPTY_HEAD, Head

HEAD = Head(3, 2**127 + 1, 2, b"l" * 32, 5)


def test_a_head_comes_back_as_it_went_in() -> None:
    [(_, [row])] = head_statements({"place:1": HEAD})
    assert head_of(tuple(row[1:])) == HEAD
    assert head_or_empty((None,) * 5) == EMPTY_HEAD
    assert head_statements({}) == []


def test_buckets_are_locked_in_the_order_of_their_ids() -> None:
    sql, (buckets,) = heads_query(["b", "a"], Engine.POSTGRES, lock=True)
    assert buckets == ["a", "b"]
    assert sql.endswith("ORDER BY id FOR UPDATE")
    assert "FOR UPDATE" not in heads_query(["a"], Engine.SQLITE, lock=True)[0]


def test_only_grants_that_stand_are_read() -> None:
    assert "ended_at IS NULL" in entitled_query("a")[0]


def test_a_chain_moves_on_where_it_stands() -> None:
    [(sql, rows)] = chain_statements({"d": ChainState(2, 7, b"h" * 32)})
    assert rows == [("d", 2, 7, b"h" * 32)]
    assert "durable_upto" not in sql
    assert chain_statements({}) == []
