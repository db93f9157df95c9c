"""docs/faults.md names every kind of fault, every planted bug and every oracle, and only tests that exist."""

from __future__ import annotations

import re
from pathlib import Path

from fixtures.simulation.faults import KINDS, LINE_KINDS
from fixtures.simulation.oracles import ORACLES
from fixtures.simulation.plants import PLANTS

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "faults.md").read_text(encoding="utf-8")
ROWS = [[cell.strip() for cell in line.strip("|").split("|")] for line in PAGE.splitlines() if line.startswith("| `")]


def rows_of(width: int) -> dict[str, list[str]]:
    return {row[0].strip("`"): row[1:] for row in ROWS if len(row) == width}


def test_every_kind_of_fault_has_struck_and_has_somebody_who_notices() -> None:
    faults = rows_of(5)
    assert faults.keys() == LINE_KINDS.keys() | KINDS.keys()
    numbers = {kind: told[0] for kind, told in LINE_KINDS.items()} | {one: kind.number for one, kind in KINDS.items()}
    for name, (number, expected, fired, noticed) in faults.items():
        assert number == numbers[name]
        assert expected
        assert int(fired.replace(",", "")) > 0, f"{name} never fired: it proves nothing"
        assert set(re.findall(r"`(\w+)`", noticed)) <= ORACLES.keys()
        assert noticed


def test_every_planted_bug_was_found_by_an_oracle_within_five_hundred_seeds() -> None:
    plants = rows_of(4)
    assert plants.keys() == PLANTS.keys()
    for name, (says, oracle, seed) in plants.items():
        assert says == PLANTS[name].says
        assert oracle.strip("`") in ORACLES, name
        assert 1 <= int(seed) <= 500, name


def test_every_oracle_says_what_it_says() -> None:
    told = {name: cells[0] for name, cells in rows_of(2).items()}
    assert told == dict(ORACLES)


def test_every_test_that_is_named_is_there() -> None:
    named = set(re.findall(r"`(tests/[\w/]+\.py)`", PAGE))
    assert len(named) > 10
    assert [one for one in named if not (ROOT / one).is_file()] == []
