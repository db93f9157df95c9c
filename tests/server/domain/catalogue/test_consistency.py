"""Every check of the table has a list that breaks it and one that does not."""

from __future__ import annotations

import pytest

from server.domain.catalogue.consistency import (
    CHECKS,
    LICENSING_STEPS,
    broken_checks,
    compared_problems,
    material_names,
    number,
    publication_problems,
)
from server.domain.problems import PROBLEMS
from server.domain.record_fields import Fields

ROW = {"no": 1, "name": "居民身份证", "form": "原件", "copies": 1}
# code: (a list that breaks the check, the same put right)
PAIRS: dict[str, tuple[Fields, Fields]] = {
    "implementing_code": ({"code": "113416020031661969"}, {"code": "1134160200316619694002014006009"}),
    "catch_all_material": ({"materials": "身份证;其他材料"}, {"materials": "身份证"}),
    "village_licence": (
        {"type": "01", "level": "6", "flow": "".join(LICENSING_STEPS), "questions": "多久"},
        {"type": "01", "level": "5", "flow": "".join(LICENSING_STEPS), "questions": "多久"},
    ),
    "promise_over_statutory": ({"legal_days": 20, "promise_days": "21"}, {"legal_days": 20, "promise_days": 20}),
    "instant_conflict": ({"project_type": "1", "promise_days": 1}, {"project_type": "1", "promise_days": 0}),
    "promised_conflict": ({"project_type": "2", "promise_days": 0}, {"project_type": "2", "promise_days": 1}),
    "result_type_conflict": (
        {"result_name": "残疾人证", "result_type": "审批办结"},
        {"result_name": "残疾人证", "result_type": "出证办结", "result_sample": "样本"},
    ),
    "scene_reason_missing": ({"scene_num": 1}, {"scene_num": 1, "scene_reason": "采集指纹"}),
    "mail_missing": ({"scene_num": 0}, {"scene_num": 0, "mail_materials": "是"}),
    "depth_scene_conflict": (
        {"scene_num": 1, "scene_reason": "照相", "online_depth": "4"},
        {"scene_num": 0, "online": True, "online_depth": "4"},
    ),
    "fee_basis_missing": ({"fee": "是", "fee_items": "工本费"}, {"fee": "是", "fee_items": "x", "fee_basis": "y"}),
    "fee_items_missing": ({"fee": "是", "fee_basis": "y"}, {"fee": "否"}),
    "free_pay_conflict": ({"fee": "否", "pay_online": "是"}, {"fee": "否", "pay_online": "否"}),
    "phones_equal": (
        {"consult_phone": "0563-1234567", "complain_phone": "0563-1234567"},
        {"consult_phone": "0563-1234567", "complain_phone": "12345"},
    ),
    "phone_area_code": ({"consult_phone": "1234567"}, {"consult_phone": "0563-1234567"}),
    "topic_conflict": (
        {"served": "自然人", "corp_topics": "设立变更"},
        {"served": "自然人", "user_topics": "社会保障"},
    ),
    "flow_incomplete": (
        {"type": "01", "level": "4", "flow": "受理、审核、办结", "questions": "多久"},
        {"type": "01", "level": "4", "flow": ["受理", "审核", "审批", "办结", "送达"], "questions": "多久"},
    ),
    "questions_missing": (
        {"type": "01", "flow": "".join(LICENSING_STEPS)},
        {"type": "20", "flow": "受理"},
    ),
    "result_sample_missing": ({"result_type": "出文"}, {"result_type": "审批办结"}),
    "material_form_missing": ({"materials": [{"no": 1, "name": "身份证"}]}, {"materials": [ROW]}),
    "blank_form_missing": (
        {"materials": [{**ROW, "name": "申请表", "type": 2}]},
        {"materials": [{**ROW, "name": "申请表", "type": 2, "instead": "免填单"}]},
    ),
    "basis_repealed": ({"legal_basis": "某办法（已废止）"}, {"legal_basis": "社会救助法40条"}),
}


def test_every_check_has_its_pair_and_its_words() -> None:
    assert {check.code for check in CHECKS} == set(PAIRS)
    assert {check.code for check in CHECKS} <= set(PROBLEMS)


def test_what_the_standard_lists_only_as_never_asked_for_is_cancelled_in_a_list() -> None:
    standard: Fields = {"materials": [ROW, {**ROW, "no": 2, "name": "居住证明", "cut": 4}]}
    asks: Fields = {"materials": "居民身份证;居住证明"}
    assert [one.code for one in compared_problems(asks, standard=standard)] == ["material_cancelled"]
    assert compared_problems(standard, standard=standard) == []
    assert material_names(standard) == ("居民身份证",)


@pytest.mark.parametrize("code", PAIRS)
def test_a_list_that_breaks_a_check_is_told_it_alone(code: str) -> None:
    broken, right = PAIRS[code]
    told = broken_checks(broken)
    assert [one.code for one in told] == [code]
    assert told[0].zh
    assert "{" not in told[0].zh + told[0].en
    assert broken_checks(right) == []


def test_only_what_contradicts_itself_keeps_an_item_from_being_published() -> None:
    refusals, advice = publication_problems({"legal_days": 5, "promise_days": 9, "consult_phone": "1234567"})
    assert [one.code for one in refusals] == ["promise_over_statutory"]
    assert [one.code for one in advice] == ["phone_area_code"]


def test_a_number_of_thousands_of_digits_is_none() -> None:
    assert number({"promise_days": "9" * 5_000}, "promise_days") is None
    assert number({"promise_days": "20"}, "promise_days") == 20


def test_days_of_two_kinds_are_not_compared() -> None:
    assert broken_checks({"legal_days": 20, "promise_days": 28, "promise_days_unit": "Z"}) == []


BASE = {"code": "992011001000", "name": "老年人优待证申领", "type": "20"}
STANDARD = {"materials": [ROW, {"no": 2, "name": "户口簿", "cancelled": True}]}


@pytest.mark.parametrize(
    ("values", "codes"),
    [
        ({"name": "老年证", "type": "20"}, ["name_differs"]),
        ({"name": "老年人优待证申领", "code": "1134160200316619694002014006009"}, ["code_differs"]),
        ({"type": "01"}, ["type_differs"]),
        ({"materials": "居民身份证、户口簿"}, ["material_cancelled"]),
        ({"materials": "居民身份证，收入证明"}, ["material_not_listed"]),
        ({"address": "河沥村便民点"}, ["copied_place"]),
        ({"name": "老年人优待证申领", "materials": "居民身份证", "address": "胡乐村"}, []),
    ],
)
def test_what_shows_only_beside_something_else(values: Fields, codes: list[str]) -> None:
    told = compared_problems(values, base=BASE, standard=STANDARD, other_places=["河沥村", ""])
    assert [one.code for one in told] == codes


def test_materials_are_found_in_words_and_in_groups() -> None:
    assert material_names({"materials": "身份证；照片,申请表"}) == ("身份证", "照片", "申请表")
    assert material_names(STANDARD) == ("居民身份证",)
