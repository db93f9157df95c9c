"""The published and computed sample numbers: each is accepted or refused as its row says."""

import csv
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from server.domain.catalogue.codes import CodeInvalid, is_unit, parse_implementing_code
from server.domain.people.citizen_id import is_citizen_id

TODAY = date(2026, 11, 22)


def _is_code_of(length: int) -> Callable[[str], bool]:
    def judge(text: str) -> bool:
        try:
            parse_implementing_code(text)
        except CodeInvalid:
            return False
        return len(text) == length

    return judge


JUDGES: dict[str, Callable[[str], bool]] = {
    "citizen_id": lambda text: is_citizen_id(text, TODAY),
    "uscc": is_unit,
    "impl_code31": _is_code_of(31),
    "handle_item33": _is_code_of(33),
}
with (Path(__file__).parent / "data" / "check_vectors.tsv").open(encoding="utf-8") as lines:
    VECTORS = list(csv.DictReader(lines, delimiter="\t"))


def test_all_vectors_are_read() -> None:
    assert len(VECTORS) == 26
    assert {row["kind"] for row in VECTORS} == JUDGES.keys()


@pytest.mark.parametrize("row", VECTORS, ids=lambda row: f"{row['kind']}-{row['value']}")
def test_a_vector_is_judged_as_its_row_says(row: dict[str, str]) -> None:
    assert JUDGES[row["kind"]](row["value"]) is (row["valid"] == "1")
