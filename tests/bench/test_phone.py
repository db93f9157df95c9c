"""`make bench-phone` measures what it says, in real pages; how fast they are is for a quiet machine to say."""

from __future__ import annotations

import json

import pytest

from tests.bench.phone import FIRST_LOAD_BYTES_MAX, Figure, as_json, first_load_bytes, measure, table_of, villagers
from tests.small_centre import VILLAGE


@pytest.fixture(scope="module")
def figures(tmp_path_factory: pytest.TempPathFactory) -> list[Figure]:
    return measure(tmp_path_factory.mktemp("bench"), records=40, drafts=12, turns=1)


def test_each_thing_is_measured_once_and_takes_some_time(figures: list[Figure]) -> None:
    names = [one.name for one in figures]
    assert len(set(names)) == len(names)
    assert sum(name.startswith("tap: ") for name in names) >= 10
    by_name = {one.name: one.value for one in figures}
    assert by_name["first load, packed"] == first_load_bytes() <= FIRST_LOAD_BYTES_MAX
    assert by_name["second start offline"] > 0
    assert all(one.value > 0 for one in figures)


def test_the_figures_are_told_to_people_and_to_programs(figures: list[Figure]) -> None:
    told = json.loads(as_json(figures))
    assert len(told) == len(figures)
    assert told["second_start_offline_ms"] > 0
    assert table_of(figures).row_count == len(figures)


def test_a_village_may_have_more_people_than_numbers() -> None:
    people = list(villagers(1_200))
    assert len({one.id for one in people}) == 1_200
    assert {one.fields["village"] for one in people} == {VILLAGE}
