"""An implementation list's fields: about fifty, five local, and the reasons to return it."""

import pytest

from server.domain.catalogue.claim_fields import (
    CLAIM_FIELDS,
    LOCAL_FIELDS,
    empty_mandatory,
    inherited,
    return_reasons,
)
from server.domain.catalogue.dictionaries import DICTIONARIES

SOUND: dict[str, object] = {
    "name": "高龄津贴申领",
    "type": "05",
    "level": "5",
    "dept_name": "胡乐镇人民政府",
    "legal_basis": "老年人权益保障法33条",
    "project_type": "2",
    "legal_days": "30",
    "promise_days": "10",
    "scene_num": "0",
    "online": "是",
    "conditions": "80周岁以上",
    "served": "1",
    "flow": "受理 审核 审批 办结 送达",
    "materials": "居民身份证;申请表",
    "result_name": "按月发放",
    "address": "镇政府一楼",
    "hours": "8:00-17:30",
    "consult_phone": "0563-3022345",
    "complain_phone": "12345",
}


def test_a_list_has_some_fifty_fields_of_which_five_are_the_sites() -> None:
    assert 40 <= len(CLAIM_FIELDS) <= 60
    assert {"address", "hours", "consult_phone", "helper_name", "map"} == LOCAL_FIELDS
    assert all(entry.dictionary in DICTIONARIES for entry in CLAIM_FIELDS.values() if entry.dictionary)


def test_a_sound_list_gives_no_reason() -> None:
    assert return_reasons(SOUND) == []


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"name": " "}, "field_missing"),
        ({"type": "33"}, "claim_value"),
        ({"legal_days": "thirty"}, "claim_value"),
        ({"promise_days": "31"}, "promise_over_statutory"),
        ({"project_type": "1"}, "instant_conflict"),
        ({"promise_days": "0"}, "promised_conflict"),
        ({"result_name": "残疾人证", "result_type": "出文", "result_sample": "样本"}, "result_type_conflict"),
        ({"scene_num": "1"}, "scene_reason_missing"),
        ({"online": "否"}, "mail_missing"),
        ({"scene_num": "1", "scene_reason": "照相", "online_depth": "4"}, "depth_scene_conflict"),
        ({"fee": "是", "fee_items": "工本费"}, "fee_basis_missing"),
        ({"pay_online": "是"}, "free_pay_conflict"),
        ({"complain_phone": "0563-3022345"}, "phones_equal"),
        ({"consult_phone": "3022345"}, "phone_area_code"),
        ({"materials": "身份证;其他材料"}, "catch_all_material"),
        ({"type": "01", "level": "6", "questions": "多久"}, "village_licence"),
    ],
)
def test_each_inconsistency_is_its_own_reason(changed: dict[str, object], code: str) -> None:
    assert [each.code for each in return_reasons({**SOUND, **changed})] == [code]


def test_own_values_go_over_the_standards_and_a_removed_one_falls_back() -> None:
    assert inherited({"name": "a", "hours": "b"}, {"hours": "c", "name": None}) == {"name": "a", "hours": "c"}
    assert empty_mandatory({**SOUND, "hours": ""}) == ("hours",)
