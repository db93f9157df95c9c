"""docs/domain-rules.md is true: what a row names is there, and no module of the rules is left out."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.architecture.source_tree import ROOT, all_modules, defined_in

PAGE = Path("docs/domain-rules.md")
RULES = ("cases", "catalogue", "supervision")
_CODE = re.compile(r"`([^`]+)`")


@dataclass(frozen=True)
class Row:
    rule: str
    source: str
    decided_in: str
    test: str


def rows_of(page: str) -> list[Row]:
    """The rows of every table; a cell too few or too many is a fault of the page."""
    found = []
    for line in page.splitlines():
        if not line.startswith("|") or line.startswith(("| rule |", "|---")):
            continue
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        assert len(cells) == 4, f"a rule has four cells: {line}"
        found.append(Row(cells[0], cells[1], *(_only_code(cell) for cell in cells[2:])))
    return found


def _only_code(cell: str) -> str:
    [code] = _CODE.findall(cell)
    return str(code)


def faults_of(row: Row) -> list[str]:
    """What the row names and is not there."""
    by_path = {module.path.as_posix(): module for module in all_modules()}
    found = [f"no source: {row.rule}"] if not row.source else []
    for named, needs_name in ((row.decided_in, False), (row.test, True)):
        path, _, name = named.partition("::" if needs_name else ":")
        if path not in by_path:
            found.append(f"no module {path}")
        elif (name or needs_name) and name not in defined_in(by_path[path]):
            found.append(f"{path} has no {name}")
    if not row.decided_in.startswith(("server/", "sync/")) or not re.match(r"tests/.*::test_\w+$", row.test):
        found.append(f"not a module of ours and a test: {row.rule}")
    return found


def page_rows() -> list[Row]:
    return rows_of((ROOT / PAGE).read_text(encoding="utf-8"))


@pytest.mark.parametrize("row", page_rows(), ids=lambda row: row.rule[:40])
def test_what_a_rule_names_is_there(row: Row) -> None:
    assert faults_of(row) == []


def test_a_rule_is_told_once() -> None:
    rules = [row.rule for row in page_rows()]
    assert len(rules) == len(set(rules)) > 100


@pytest.mark.parametrize("part", RULES)
def test_every_module_of_the_rules_decides_one_of_them(part: str) -> None:
    named = {row.decided_in.partition(":")[0] for row in page_rows()}
    folder = ROOT / "server" / "domain" / part
    there = {path.relative_to(ROOT).as_posix() for path in folder.glob("*.py") if path.name != "__init__.py"}
    assert there
    assert there - named == set()


@pytest.mark.parametrize(
    "row",
    [
        Row("r", "s", "server/domain/cases/no_such.py", "tests/docs/test_protocol.py::test_there_are_worked_merges"),
        Row(
            "r",
            "s",
            "server/domain/cases/clocks.py:no_such",
            "tests/docs/test_protocol.py::test_there_are_worked_merges",
        ),
        Row("r", "s", "server/domain/cases/clocks.py", "tests/docs/test_protocol.py::test_no_such"),
        Row("r", "s", "server/domain/cases/clocks.py", "tests/docs/no_such.py::test_it"),
        Row("r", "s", "server/domain/cases/clocks.py", "tests/docs/test_protocol.py::blocks"),
        Row("r", "", "server/domain/cases/clocks.py", "tests/docs/test_protocol.py::test_there_are_worked_merges"),
    ],
)
def test_a_row_that_names_what_is_not_there_is_found(row: Row) -> None:
    assert len(faults_of(row)) == 1


def test_a_row_with_a_cell_too_few_is_a_fault() -> None:
    with pytest.raises(AssertionError):
        rows_of("| a rule | a source | `server/domain/cases/clocks.py` |")
