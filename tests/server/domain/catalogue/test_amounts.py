"""How much an item pays follows from county, day and age."""

from datetime import date

import pytest

from server.domain.catalogue.amounts import Amount, amount_for, check_amounts

ROWS = [
    {"min_age": 80, "max_age": 89, "fen": 3000, "per": "month"},
    {"min_age": 90, "max_age": 99, "fen": 6000, "per": "month"},
    {"min_age": 100, "fen": 30000, "per": "month"},
    {"county": "341802", "from": "2026-01-01", "min_age": 80, "max_age": 89, "fen": 5000, "per": "month"},
    {"county": "341802", "from": "2026-07-01", "min_age": 80, "max_age": 89, "fen": 5550, "per": "month"},
    {"county": "341881", "until": "2026-06-30", "min_age": 80, "fen": 20000, "per": "year"},
]
ITEM = {"amounts": ROWS}


@pytest.mark.parametrize(
    ("county", "on", "age", "fen"),
    [
        ("341821000000", "2026-03-01", 79, None),
        ("341821000000", "2026-03-01", 80, 3000),
        ("341821000000", "2026-03-01", 89, 3000),
        ("341821000000", "2026-03-01", 100, 30000),
        ("341802000000", "2025-12-31", 85, 3000),
        ("341802", "2026-01-01", 85, 5000),
        ("341802", "2026-07-01", 85, 5550),
        ("341802", "2026-07-01", 95, 6000),
        ("341881", "2026-06-30", 95, 20000),
        ("341881", "2026-07-01", 95, 6000),
    ],
)
def test_the_countys_newest_row_that_holds_counts(county: str, on: str, age: int, fen: int | None) -> None:
    found = amount_for(ITEM, county, date.fromisoformat(on), age)
    assert (found.fen if found else None) == fen


def test_an_item_without_rows_promises_nothing() -> None:
    assert amount_for({}, "341802", date(2026, 1, 1), 90) is None


@pytest.mark.parametrize(
    "row",
    [
        {"fen": 30.5, "per": "month"},
        {"fen": -1, "per": "month"},
        {"fen": 1, "per": "week"},
        {"fen": 1, "per": "month", "from": "soon"},
        {"fen": 1, "per": "month", "from": "2026-02-01", "until": "2026-01-01"},
        {"fen": 1, "per": "month", "county": "宣州"},
        {"fen": 1, "per": "month", "min_age": 90, "max_age": 80},
    ],
)
def test_a_row_that_cannot_be_read_is_told_by_its_place(row: dict[str, object]) -> None:
    found = check_amounts({"amounts": [ROWS[0], row]})
    assert [(one.code, one.zh) for one in found] == [("amount_invalid", "发放标准第2行写法不对")]


def test_money_is_said_in_yuan() -> None:
    assert Amount(5550, "month").words == ("每月55.5元", "55.5 yuan a month")
    assert Amount(20000, "year").words == ("每年200元", "200 yuan a year")
