"""Masks: what lists and logs may show."""

import pytest

from server.domain.people.masking import mask_citizen_id, mask_name, mask_phone, mask_text


@pytest.mark.parametrize(("name", "shown"), [("张三", "张*"), ("张三丰", "张*"), ("欧阳娜", "欧阳*"), ("", "")])
def test_a_name_shows_its_surname_and_not_its_length(name: str, shown: str) -> None:
    assert mask_name(name) == shown


def test_phones_and_ids_show_their_ends() -> None:
    assert mask_phone("13812341234") == "138****1234"
    assert mask_phone("05633022345") == "0563****2345"
    assert mask_citizen_id("341802193507020027") == "341802********0027"
    assert mask_citizen_id("34180219350702002X") == "341802********002X"


def test_what_is_not_what_it_claims_is_hidden_whole() -> None:
    assert mask_phone("call my son") == "****"
    assert mask_citizen_id("34180219350702") == "********"
    assert (mask_phone(""), mask_citizen_id("")) == ("", "")


def test_free_text_loses_ids_phones_and_cards() -> None:
    text = "王大爷341802193507020027电话13812341234，卡6217001234567890123，旧证342501380101001"
    shown = mask_text(text)
    assert shown == "王大爷341802********0027电话138****1234，卡****0123，旧证342501******001"


def test_ordinary_numbers_in_a_text_stay() -> None:
    text = "2026年11月22日 341881106200 编号341881202611220000017"
    assert mask_text(text) == text


def test_a_desks_land_line_can_stay() -> None:
    assert mask_text("请拨0563-3022345", land_lines=False) == "请拨0563-3022345"
    assert mask_text("请拨0563-3022345") == "请拨0563****2345"
