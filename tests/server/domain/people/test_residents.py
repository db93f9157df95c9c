"""Residents: the id decides birth and sex, unknown facts stay unknown."""

from datetime import date

from server.domain.check_context import CheckContext
from server.domain.people.residents import advise_resident, check_resident, resident_facts

TODAY = date(2026, 11, 22)
CTX = CheckContext(on=TODAY)
RESIDENT = {
    "name": "王桂英",
    "citizen_id": "341802193507020027",
    "birth": "1935-07-02",
    "sex": "F",
    "phone": "13812341234",
    "phone_relation": "child",
    "village": "341802001001",
    "flags": ["low_income"],
}


def codes(**changed: object) -> list[str]:
    return [each.code for each in check_resident({**RESIDENT, **changed}, CTX)]


def test_a_complete_resident_has_no_problem() -> None:
    assert codes() == []


def test_who_has_no_card_at_hand_is_still_recorded() -> None:
    assert codes(citizen_id=None, birth=None, sex=None) == []


def test_birth_and_sex_that_differ_from_the_id_are_told() -> None:
    assert codes(birth="1935-07-03") == ["birth_differs"]
    assert codes(sex="M") == ["sex_differs"]


def test_an_impossible_id_birth_or_sex_is_told() -> None:
    assert codes(citizen_id="341802193507020020") == ["citizen_id_check"]
    assert codes(citizen_id="", birth="2030-01-01") == ["birth_future"]
    assert codes(citizen_id="", sex="x") == ["value_unknown"]


def test_a_wrong_phone_is_advice_and_never_costs_the_visit() -> None:
    wrong = {**RESIDENT, "phone": "13812", "phone_relation": "friend"}
    assert check_resident(wrong, CTX) == []
    assert [each.code for each in advise_resident(wrong)] == ["phone_invalid", "value_unknown"]
    assert advise_resident(RESIDENT) == []


def test_facts_follow_the_id_and_the_day() -> None:
    facts = resident_facts({**RESIDENT, "birth": None}, TODAY)
    assert (facts["age"], facts["sex"], facts["hukou"]) == (91, "F", "341802001001")
    assert resident_facts(RESIDENT, date(2026, 7, 1))["age"] == 90


def test_unknown_facts_are_left_out() -> None:
    facts = resident_facts({"name": "某"}, TODAY)
    assert set(facts) == {"flags", "alive"}
    assert resident_facts({"died_on": "2026-01-01"}, TODAY)["alive"] is False
