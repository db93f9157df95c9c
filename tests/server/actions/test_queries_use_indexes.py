"""No list, count or report reads a large table from end to end: SQLite is asked for the plan of every query."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

from server import actions
from server.storage.schema.records import KIND_TABLES
from server.storage.unit_of_work import Engine
from tests.small_centre import small_centre

FOLDER = Path(next(iter(actions.__path__)))
MODULES = sorted(
    path.stem
    for pattern in (
        *("list_*", "count_*", "report_*", "find_*", "show_*", "light_*", "raise_*", "keep_*", "trace_*", "take_sn*"),
        *("overview", "local_register", "end_what_lapsed", "expire_licences", "open_overdue"),
    )
    for path in FOLDER.glob(f"{pattern}.py")
)
SMALL = {"places", "units", "centre", "campaigns", "baselines", "snapshots", "accounts", "base_items", "bulletins"}
SMALL |= {"resident_counts", "item_counts"}  # a row for each bucket, or each list and unit
SMALL |= {"erasures"}  # what was erased, for the job that looks whether any of it came back
WHOLE: set[tuple[str, str]] = set()
"""(module, table) that may be read from end to end: none."""


def queries(name: str) -> Iterator[str]:
    """Every text of the module that is a query: literals where they stand, and what was put together of them."""
    module = import_module(f"server.actions.{name}")
    found = {value for value in vars(module).values() if isinstance(value, str)}
    by_engine = [value for value in vars(module).values() if isinstance(value, dict) and Engine.SQLITE in value]
    found |= {value[Engine.SQLITE] for value in by_engine}
    tree = ast.parse((FOLDER / f"{name}.py").read_text(encoding="utf-8"))
    formatted = {part for one in ast.walk(tree) if isinstance(one, ast.JoinedStr) for part in one.values}
    found |= {
        one.value
        for one in ast.walk(tree)
        if isinstance(one, ast.Constant) and isinstance(one.value, str) and one not in formatted
    }
    yield from sorted(one for one in found if one.lstrip().startswith("SELECT") and "{" not in one)


def scanned(sql: str, plan: list[str]) -> set[str]:
    """The tables that the plan reads from end to end, by their own names."""
    named = re.findall(r"(?:FROM|JOIN)\s+(\w+)(?:\s+(?:AS\s+)?(?!JOIN|LEFT|WHERE|ORDER|GROUP|ON|LIMIT)(\w+))?", sql)
    tables = {alias or table: table for table, alias in named}
    words = [step.split() for step in plan]
    # What a query selects from a query of its own is no table; the inner one has its own steps in the plan.
    inner = {word[1] for word in words if word[0] in ("CO-ROUTINE", "MATERIALIZE")}
    scans = {word[1] for word in words if word[0] == "SCAN"} - inner - {"CONSTANT"}
    return {tables.get(name, name) for name in scans}


def asked_by_a_record_id(sql: str) -> list[str]:
    """Columns that are looked up by the id of a record named before: PostgreSQL compares ids of records by bytes and
    reads no index of another order for it (docs/decisions/0022).
    """
    named = re.findall(r"(?:FROM|JOIN)\s+(\w+)(?:\s+(?:AS\s+)?(?!JOIN|LEFT|WHERE|ORDER|GROUP|ON|LIMIT)(\w+))?", sql)
    order = {alias or table: place for place, (table, alias) in enumerate(named)}
    records = {alias or table for table, alias in named if table in {one.table for one in KIND_TABLES.values()}}
    pairs = re.findall(r"(\w+)\.(\w+) = (\w+)\.(\w+)", sql)
    both = [*pairs, *((c, d, a, b) for a, b, c, d in pairs)]
    return [
        f"{column_of}.{column} = {of}.id"
        for column_of, column, of, name in both
        if name == "id" and of in records and column != "id" and order.get(column_of, -1) > order[of]
    ]


@pytest.fixture(scope="module")
def asked() -> dict[str, list[str]]:
    return {name: list(queries(name)) for name in MODULES}


async def test_no_query_without_an_index(asked: dict[str, list[str]], tmp_path: Path) -> None:
    whole = set()
    async with small_centre(tmp_path) as small:
        for name, found in asked.items():
            for sql in found:
                plain = sql.replace("?*", "?, ?")
                explain = f"EXPLAIN QUERY PLAN {plain}"
                plan = [row[3] for row in await small.fetch(explain, ["1"] * plain.count("?"))]
                whole |= {(name, table) for table in scanned(sql, plan) - SMALL}
    assert whole <= WHOLE
    assert {table for _, table in whole}.isdisjoint({"cases", "claims", "lights", "tasks", "tickets", "consents"})


def test_no_index_is_asked_by_the_id_of_a_record_named_before(asked: dict[str, list[str]]) -> None:
    assert {name: told for name, found in asked.items() for sql in found if (told := asked_by_a_record_id(sql))} == {}


def test_what_is_asked_by_an_id_is_told_and_an_id_that_is_asked_for_is_not() -> None:
    inner = "SELECT c.id FROM cases c WHERE (SELECT count(*) FROM ratings r WHERE r.of_case = c.id) = 0"
    assert asked_by_a_record_id(inner) == ["r.of_case = c.id"]
    joined = "SELECT l.id FROM residents r JOIN licences l ON l.resident = r.id WHERE r.person = ?"
    assert asked_by_a_record_id(joined) == ["l.resident = r.id"]
    assert asked_by_a_record_id("SELECT 1 FROM tickets t JOIN cases c ON c.id = t.of_case") == []
    assert asked_by_a_record_id("SELECT 1 FROM devices d JOIN accounts a ON a.id = d.account") == []


def test_the_queries_are_found(asked: dict[str, list[str]]) -> None:
    assert sum(map(len, asked.values())) > 30
    assert any("FROM places WHERE code IN" in sql for sql in asked["overview"]), "a literal inside a function"
    assert len(asked["list_cases"]) >= 5, "what is put together"
    assert any("items.id = cases.item" in sql for sql in asked["count_outcomes"]), "what each engine has its own of"


def test_a_scan_is_told_by_the_tables_own_name() -> None:
    sql = "SELECT 1 FROM cases c LEFT JOIN items i ON i.id = c.item"
    assert scanned(sql, ["SCAN c", "SEARCH i USING INDEX items_id (id=?)"]) == {"cases"}
