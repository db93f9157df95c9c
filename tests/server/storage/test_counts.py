"""Counts are added up before they are written: a row for each sort, whatever the number of records."""

from __future__ import annotations

from server.storage.counts import added_statements, sorts_of, taken_statements
from server.storage.schema.counts import COUNTS, OUTCOMES, counts_of, statements
from server.storage.schema.records import KIND_TABLES
from server.storage.unit_of_work import Engine

COLUMNS = ("id", "bucket", "holder", "state", "finished_at", "tally")


def test_records_of_one_sort_are_one_row() -> None:
    rows = [
        ("1", "place:a", "place:a", "received", None, None),
        ("2", "place:a", "place:a", "received", None, None),
        ("3", "place:a", None, "ended", None, None),
    ]
    [(sql, written)] = added_statements("cases", COLUMNS, rows)
    assert written == [("place:a", "", "ended", 1), ("place:a", "place:a", "received", 2)]
    assert sql.startswith("INSERT INTO case_counts")


def test_sums_add_up_what_a_column_says() -> None:
    rows = [("c", "u", "returned", "2"), ("c", "u", "returned", None), ("c", "v", "returned", "1")]
    found = sorts_of(counts_of("claims")[0], ("campaign", "unit", "state", "returns"), rows)
    assert found == {("c", "u", "returned"): [2, 2], ("c", "v", "returned"): [1, 1]}


def test_what_nobody_counts_costs_nothing() -> None:
    assert added_statements("notices", ("id",), [("1",)]) == []
    assert taken_statements("notices", ["1"], Engine.SQLITE) == []
    assert taken_statements("cases", [], Engine.SQLITE) == []


def test_what_is_taken_away_is_taken_in_the_order_given() -> None:
    [(_, rows)] = taken_statements("changes", ["b", "a"], Engine.SQLITE)
    assert rows == [("b",), ("a",)]


def test_a_count_counts_columns_that_its_kind_has() -> None:
    for table in KIND_TABLES.values():
        for count in counts_of(table.table):
            of_words = {count.words} if count.words else set()
            assert {*count.by, *count.sums, *of_words} <= {"bucket", *table.columns}
    assert len(statements("sqlite", COUNTS)) == len(statements("postgres", COUNTS))


def test_an_open_case_has_no_outcome_and_a_filing_writes_no_row_for_one() -> None:
    row = ("1", "place:a", "place:a", "received", None, None)
    assert sorts_of(OUTCOMES, COLUMNS, [row]) == {}
    [(sql, _)] = added_statements("cases", COLUMNS, [row])
    assert "outcome_counts" not in sql


def test_what_ended_on_one_day_is_one_row_whatever_the_hour() -> None:
    rows = [
        ("1", "place:a", None, "finished", "2026-11-10T09:00:00+08:00", "on_time licence"),
        ("2", "place:a", None, "finished", "2026-11-10T17:00:00+08:00", "late days:4"),
    ]
    [(key, numbers)] = sorts_of(OUTCOMES, COLUMNS, rows).items()
    told = dict(zip(OUTCOMES.numbers, numbers, strict=True))
    assert key == ("place:a", "2026-11-10")
    assert (told["number"], told["on_time"], told["late"], told["licence"]) == (2, 1, 1, 1)
    assert (told["delivered"], told["delivery_days"], told["void"]) == (1, 4, 0)
