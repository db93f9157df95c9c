"""Names found by typing: surnames in their right reading, all readings findable."""

import pytest

from server.domain.people.names import name_keys, search_keys, split_name


@pytest.mark.parametrize(
    ("name", "first"),
    [
        ("单桂英", "shanguiying"),
        ("曾国强", "zengguoqiang"),
        ("仇庆水", "qiuqingshui"),
        ("解大山", "xiedashan"),
        ("查秀兰", "zhaxiulan"),
        ("区小妹", "ouxiaomei"),
        ("万俟明", "moqiming"),
        ("尉迟刚", "yuchigang"),
    ],
)
def test_a_surname_is_read_as_a_surname(name: str, first: str) -> None:
    assert name_keys(name).full[0] == first
    assert name_keys(name).match(first)


def test_the_characters_usual_reading_is_not_the_surnames() -> None:
    assert not any(key.startswith("dan") for key in search_keys("单桂英"))
    assert not any(key.startswith("chou") for key in search_keys("仇庆水"))


def test_initials_find_a_name() -> None:
    assert "zlmy" in search_keys("张璐瑶瑶") or "zlyy" in search_keys("张璐瑶瑶")
    assert name_keys("欧阳娜").initials == ("oyn",)


def test_a_given_name_of_several_readings_is_found_by_each() -> None:
    assert {"zhangle", "zhangyue"} <= search_keys("张乐")
    assert {"wangchong", "wangzhong"} <= search_keys("王重")


@pytest.mark.parametrize("typed", ["lvhua", "lyuhua", "luhua", "LV hua", "lh"])
def test_the_umlaut_is_found_however_it_is_typed(typed: str) -> None:
    assert name_keys("吕华").match(typed)


def test_a_name_of_another_people_is_split_at_its_dot() -> None:
    assert split_name("买买提·艾力") == ("买买提", "艾力")
    assert name_keys("买买提·艾力").match("maimaiti")


def test_a_name_of_many_readings_stays_bounded_and_an_empty_one_has_none() -> None:
    assert len(name_keys("乐乐乐乐乐乐乐乐乐乐").full) <= 64
    assert search_keys("") == frozenset()
    assert not name_keys("王华").match("  ")
