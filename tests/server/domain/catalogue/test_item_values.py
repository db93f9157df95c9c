"""A list read from an item and written back is the same item."""

from server.domain.catalogue.claim_fields import CLAIM_FIELDS
from server.domain.catalogue.item_values import inherited_words, item_fields, item_name, list_values
from server.domain.record_fields import KINDS

ITEM = {
    "name": "高龄津贴", "dept": "民政", "basis": "某条", "visits": 0, "condition": "80岁", "target": "老人",
    "result": "津贴", "where": "一楼", "promise_days": 10, "materials": [{"no": 1, "name": "身份证"}],
    "status": "active", "rule": {"min_age": 80}, "map": "",
}  # fmt: skip


def test_there_and_back_is_the_same() -> None:
    values = list_values(ITEM)
    assert (values["dept_name"], values["scene_num"], values["address"]) == ("民政", 0, "一楼")
    assert not {"status", "rule", "map"} & set(values)
    back = item_fields(values)
    assert back == {name: ITEM[name] for name in back}
    assert set(back) == set(ITEM) - {"status", "rule", "map"}


def test_numbers_that_were_typed_are_numbers_and_materials_in_words_stay_with_the_list() -> None:
    assert item_fields({"scene_num": "2", "materials": "身份证", "name": " "}) == {"visits": 2, "name": " "}


def test_on_a_screen_materials_are_names_without_the_cancelled() -> None:
    rows = [{"no": 1, "name": "身份证"}, {"no": 2, "name": "户口簿", "cancelled": True}]
    assert inherited_words({"materials": rows}) == {"materials": "身份证"}


def test_every_field_of_a_list_has_its_place_in_an_item() -> None:
    homeless = {name for name in CLAIM_FIELDS if item_name(name) not in KINDS["item"].fields}
    assert homeless == {"helper_name", "topics"}
