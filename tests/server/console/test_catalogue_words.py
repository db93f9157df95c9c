"""A field of the catalogue is read by a person, never by its code; every group names fields that are."""

from __future__ import annotations

from server.console.catalogue_words import (
    CODED,
    GROUPS,
    LEVELS,
    NECESSITY,
    STATES,
    change_parts,
    codes_of,
    field_label,
    list_words,
    shown_words,
    status_words,
    value_words,
)
from server.domain.catalogue.codes import EXERCISE_LEVELS
from server.domain.catalogue.dictionaries import DICTIONARIES
from server.domain.catalogue.item_life import ItemState
from server.domain.record_fields import KINDS


def test_every_state_level_and_need_has_words() -> None:
    assert set(STATES) == {state.value for state in ItemState}
    assert set(LEVELS) == set(EXERCISE_LEVELS)
    assert set(NECESSITY) == set(DICTIONARIES["material_necessity"])


def test_groups_name_fields_of_their_kind_once_and_codes_have_their_dictionary() -> None:
    for kind, groups in GROUPS.items():
        names = [name for _, group in groups for name in group]
        assert set(names) <= set(KINDS[kind].fields)
        assert len(names) == len(set(names))
    assert set(CODED.values()) <= set(DICTIONARIES)
    for dictionary in set(CODED.values()):
        assert set(codes_of(dictionary, english=True)) == set(DICTIONARIES[dictionary]), dictionary


def test_values_are_read_as_words() -> None:
    assert value_words("type", "20") == "公共服务"
    assert value_words("server_types", ["1", "2"]) == "自然人、企业法人"
    assert value_words("online", False) == "否"
    assert value_words("dept", None) == ""
    assert value_words("materials", "身份证、照片") == "身份证、照片"
    assert value_words("rule", {"min_age": 60, "hukou": "any"}) == "年龄不低于60"
    assert value_words("rule", {"none": [{"fact": "flags", "has": "salaried"}]}) == "不得：情况含“财政供养”"
    assert value_words("rule", {"of_a_newer": 1}) == "of_a_newer：1"
    row = {"no": 1, "name": "身份证", "necessity": 1, "form": "原件", "copies": 2, "cancelled": True}
    assert value_words("materials", [row]) == "1 身份证（必要，原件，2份，已取消）"


def test_lists_and_states_in_the_asked_language() -> None:
    assert list_words("village:341800", False, {"341800000000": "宣城市"}) == "村级标准清单 · 宣城市"
    assert list_words("town:341899", True) == "Towns' standard list · 341899"
    assert status_words("suspended", True) == "Suspended"
    assert status_words("unheard", True) == "unheard"


def test_a_number_of_days_is_read_with_its_unit_and_the_unit_not_again() -> None:
    item = {"legal_days": 20, "promise_days": 5, "promise_days_unit": "Z", "name": "老年人优待证"}
    assert shown_words(item, "legal_days") == "20个工作日"
    assert shown_words(item, "legal_days", english=True) == "20 working days"
    assert shown_words(item, "promise_days") == "5个自然日"
    assert shown_words({"legal_days": 1}, "legal_days", english=True) == "1 working day"
    assert shown_words(item, "promise_days_unit") == ""
    assert shown_words(item, "name") == "老年人优待证"
    assert shown_words({}, "legal_days") == ""


def test_an_english_page_reads_english_where_the_words_are_ours() -> None:
    assert field_label("item", "legal_days", english=True) == "Time limit by law"
    assert field_label("item", "legal_days") == "法定时限"
    assert value_words("online", True, english=True) == "Yes"
    assert value_words("level", "6", english=True) == "Village"
    assert value_words("type", "20", english=True) == "Public service"
    assert value_words("server_types", ["1", "2"], english=True) == "Person, Company"
    assert value_words("type", "99", english=True) == "99"
    assert value_words("rule", {"min_age": 60}, english=True) == "age of at least 60"
    row = {"no": 1, "name": "身份证", "necessity": 1, "form": "原件", "copies": 2, "cancelled": True}
    assert value_words("materials", [row], english=True) == "1 身份证 (needed, 原件, × 2, cancelled)"


def test_a_state_and_a_day_change_as_words_and_never_by_their_letters() -> None:
    told = [(one.mark.value, one.words) for one in change_parts("status", "active", "cancelled", True)]
    assert told == [("went", "On offer"), ("came", "Cancelled")]
    told = [(one.mark.value, one.words) for one in change_parts("cancelled_on", None, "2026-11-23")]
    assert told == [("came", "2026年11月23日")]
    told = [(one.mark.value, one.words) for one in change_parts("target", "年满60周岁", "年满65周岁")]
    assert ("stayed", "年满6") in told
