"""Counts are added up before they are written: a row for each sort, whatever the number of records."""

from __future__ import annotations

from server.storage.counts import added_statements, sorts_of, taken_statements
from server.storage.schema.counts import COUNTS, statements
from server.storage.schema.records import KIND_TABLES

COLUMNS = ("id", "bucket", "holder", "state")


def test_records_of_one_sort_are_one_row() -> None:
    rows = [
        ("1", "place:a", "place:a", "received"),
        ("2", "place:a", "place:a", "received"),
        ("3", "place:a", None, "ended"),
    ]
    [(sql, written)] = added_statements("cases", COLUMNS, rows)
    assert written == [("place:a", "", "ended", 1), ("place:a", "place:a", "received", 2)]
    assert sql.startswith("INSERT INTO case_counts")


def test_sums_add_up_what_a_column_says() -> None:
    rows = [("c", "u", "returned", "2"), ("c", "u", "returned", None), ("c", "v", "returned", "1")]
    found = sorts_of(COUNTS["claims"], ("campaign", "unit", "state", "returns"), rows)
    assert found == {("c", "u", "returned"): [2, 2], ("c", "v", "returned"): [1, 1]}


def test_what_nobody_counts_costs_nothing() -> None:
    assert added_statements("notices", ("id",), [("1",)]) == []
    assert taken_statements("notices", ["1"]) == []
    assert taken_statements("cases", []) == []


def test_what_is_taken_away_is_taken_in_the_order_given() -> None:
    [(_, rows)] = taken_statements("changes", ["b", "a"])
    assert rows == [("b",), ("a",)]


def test_a_count_counts_columns_that_its_kind_has() -> None:
    for table in KIND_TABLES.values():
        if table.table in COUNTS:
            count = COUNTS[table.table]
            assert {*count.by, *count.sums} <= {"bucket", *table.columns}
    assert len(statements("sqlite")) == len(statements("postgres"))
