"""Finding: names, readings, last digits; masked in lists."""

import pytest

from server.cli.device.failures import Stopped
from server.cli.device.filing import file_visit
from server.cli.device.finding import (
    cases,
    found_case,
    found_resident,
    found_service,
    matches_person,
    one_of,
    residents,
    services,
)
from tests.server.cli.device.village import ALLOWANCE, RESIDENTS, SHAN, WANG, Village, whole_visit


@pytest.mark.parametrize("words", ["汪秀英", "秀英", "wxy", "WangXiu", "0027", "1111", "wang xiu ying", ""])
def test_a_resident_is_found_by_what_is_at_hand(words: str) -> None:
    assert matches_person(RESIDENTS[WANG], words)


@pytest.mark.parametrize("words", ["syl", "shanyulan"])
def test_a_surname_is_found_by_its_right_reading(words: str) -> None:
    assert matches_person(RESIDENTS[SHAN], words)


@pytest.mark.parametrize("words", ["27", "34180219", "李", "ying", "前村", "002X"])
def test_nothing_else_finds_a_resident(words: str) -> None:
    assert not matches_person(RESIDENTS[WANG], words)


def test_a_list_shows_a_person_masked(village: Village) -> None:
    with village.office() as office:
        (seen,) = residents(office, "wxy")
        found = found_resident(office, seen)
    assert (found.name, found.age) == ("汪秀英", 91)
    assert (found.citizen_id, found.phone) == ("341802********0027", "199****1111")


def test_services_are_found_by_any_words_and_cancelled_ones_come_last(village: Village) -> None:
    with village.office() as office:
        assert [found_service(seen).name for seen in services(office, "老年 津贴")] == ["80周岁以上老年人高龄津贴申领"]
        assert [found_service(seen).status for seen in services(office, "")] == ["active", "active", "cancelled"]


def test_a_case_is_found_by_receipt_by_resident_and_by_service(village: Village) -> None:
    with village.office() as office:
        filing, receipt = file_visit(office, whole_visit())
        for words in (receipt.receipt.lower(), "wxy", "高龄"):
            assert [seen.record for seen in cases(office, words)] == [filing.case]
        assert cases(office, "单玉兰") == []
        (seen,) = cases(office, "")
        assert found_case(office, seen).resident == "汪秀英"


def test_a_program_must_name_one(village: Village) -> None:
    with village.office() as office:
        assert one_of(office, "item", "高龄").record == ALLOWANCE
        for words, code in (("申领", "several_found"), ("没有", "nothing_found"), ("", "nothing_found")):
            with pytest.raises(Stopped) as told:
                one_of(office, "item", words)
            assert told.value.code == code
        with pytest.raises(Stopped):
            one_of(office, "resident", ALLOWANCE)
