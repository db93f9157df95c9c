"""Materials: what is missing, what may be promised, what must not be asked for."""

from datetime import date

import pytest

from server.domain.calendar import add_calendar_days
from server.domain.cases.materials import (
    COLLECT_MODES,
    MaterialState,
    Necessity,
    advise_materials,
    check_collected,
    collected,
    missing_materials,
    parse_materials,
    promised_materials,
    tolerance_latest,
)

ON = date(2026, 11, 20)  # a Friday
ITEM: dict[str, object] = {
    "promise_days": 5,
    "legal_days": 20,
    "materials": [
        {"no": 1, "name": "居民身份证", "necessity": 1, "licence": ["身份证"], "cut": 3, "instead": "共享核验"},
        {"no": 2, "name": "户口簿", "necessity": 2},
        {"no": 3, "name": "社保卡", "necessity": 3},
        {"no": 4, "name": "居住证明", "necessity": 1, "cancelled": True},
    ],
}
CARD, LATER = {"state": "licence"}, {"state": "promised", "due": "2026-11-27"}


def advice(**materials: object) -> list[tuple[str, str]]:
    case = {f"material.{no.removeprefix('m')}": value for no, value in materials.items()}
    return [(each.code, each.field) for each in advise_materials(ITEM, case, ON)]


def test_a_list_is_read_with_its_licences_and_reductions() -> None:
    first, *_, last = parse_materials(ITEM)
    assert (first.no, first.licences, first.instead, first.cut_mode) == ("1", ("身份证",), "共享核验", 3)
    assert (first.asked, last.asked) == (True, False)
    assert [material.necessity for material in parse_materials(ITEM)] == [1, 2, 3, 1]


def test_the_collect_modes_are_the_five_of_the_standard() -> None:
    assert [COLLECT_MODES[state] for state in list(MaterialState)[:5]] == [1, 2, 3, 4, 5]
    assert MaterialState.MISSING not in COLLECT_MODES


def test_what_must_still_come_is_one_complete_list() -> None:
    missing = missing_materials(parse_materials(ITEM), {})
    assert [material.name for material in missing] == ["居民身份证", "社保卡"]
    assert advice() == [("material_missing", "material.1"), ("material_missing", "material.3")]


def test_a_promise_for_later_closes_the_list() -> None:
    assert advice(m1=CARD, m3=LATER) == []
    have = collected({"material.3": LATER})
    assert [each.necessity for each in promised_materials(parse_materials(ITEM), have)] == [Necessity.TOLERABLE]


def test_nothing_is_promised_while_a_necessary_material_is_missing() -> None:
    assert advice(m3=LATER) == [("material_missing", "material.1"), ("tolerance_essentials", "")]


def test_a_necessary_material_cannot_be_promised() -> None:
    assert advice(m1=LATER, m3=CARD) == [("material_not_tolerable", "material.1")]


def test_a_promise_ends_with_the_items_own_time() -> None:
    assert tolerance_latest(ITEM, ON).date == date(2026, 11, 27)
    late = {"state": "promised", "due": "2026-11-28"}
    assert advice(m1=CARD, m3=late) == [("promise_late", "material.3")]
    assert tolerance_latest({"promise_days": 0, "legal_days": 1}, ON).date == date(2026, 11, 23)
    calendar = {"promise_days": 9, "promise_days_unit": "Z"}
    assert tolerance_latest(calendar, ON) == add_calendar_days(ON, 9)


def test_a_cancelled_material_is_never_missing_and_collecting_it_is_told() -> None:
    assert advice(m1=CARD, m3=LATER, m4={"state": "paper"}) == [("material_cancelled", "material.4")]
    assert advice(m1=CARD, m3=LATER, m4={"state": "not_needed"}) == []


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ({"state": "lost"}, "material_state"),
        ({"state": "promised", "due": "soon"}, "material_state"),
        ({}, "material_state"),
        ({"state": "scanned"}, "material_file"),
        ({"state": "promised"}, "promise_due_missing"),
    ],
)
def test_a_value_nobody_can_use_is_told(value: object, code: str) -> None:
    assert [each.code for each in check_collected({"material.1": value})] == [code]


def test_a_value_that_was_taken_away_is_no_problem() -> None:
    assert check_collected({"material.1": None, "material.2": {"state": "scanned", "file": "f"}}) == []
