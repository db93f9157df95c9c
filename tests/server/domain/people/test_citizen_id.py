"""Citizen ids: what they say of their holder, and which are impossible."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import ric

from server.domain.people.citizen_id import (
    CitizenIdInvalid,
    Sex,
    age_on,
    is_citizen_id,
    normalise,
    parse_citizen_id,
    upgrade_first_generation,
)

TODAY = date(2026, 11, 22)


def test_an_old_area_code_of_xuancheng_is_accepted() -> None:
    citizen = parse_citizen_id("342521193801010018", TODAY)
    assert (citizen.birth, citizen.sex, citizen.area) == (date(1938, 1, 1), Sex.MALE, "342521")


def test_an_even_seventeenth_digit_is_a_woman() -> None:
    assert parse_citizen_id("341802193507020027", TODAY).sex is Sex.FEMALE


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("34252119380101001", "citizen_id_length"),
        ("34252119380101OO18", "citizen_id_format"),
        ("992521193801010018", "citizen_id_province"),
        ("341802193502300011", "citizen_id_birth"),
        ("342521193801010019", "citizen_id_check"),
        ("²42521193801010018", "citizen_id_format"),
    ],
)
def test_the_first_thing_to_look_at_is_told(text: str, code: str) -> None:
    with pytest.raises(CitizenIdInvalid) as caught:
        parse_citizen_id(text, TODAY)
    assert caught.value.code == code


def test_nobody_is_born_after_today() -> None:
    assert parse_citizen_id("342521193801010018", date(1938, 1, 1)).birth == date(1938, 1, 1)
    assert not is_citizen_id("342521193801010018", date(1937, 12, 31))


def test_spaces_wide_digits_and_a_small_x_are_read() -> None:
    assert normalise(" 342521 19380101 001x ") == "34252119380101001X"
    assert normalise("３４２５") == "3425"


def test_a_first_generation_id_is_refused_but_its_upgrade_is_suggested() -> None:
    assert not is_citizen_id("342501380101001", TODAY)
    assert is_citizen_id(upgrade_first_generation("342501380101001"), TODAY)


@given(st.dates(date(1900, 1, 1), TODAY), st.integers(0, 999), st.integers(0, 16), st.integers(1, 9))
def test_every_single_wrong_digit_shows(birth: date, order: int, place: int, shift: int) -> None:
    first = f"342521{birth:%Y%m%d}{order:03}"
    number = first + ric.calc_check_digit(first + "0")
    assert is_citizen_id(number, TODAY)
    wrong = number[:place] + str((int(number[place]) + shift) % 10) + number[place + 1 :]
    assert not is_citizen_id(wrong, TODAY)


@pytest.mark.parametrize(
    ("birth", "day", "age"),
    [
        (date(1946, 11, 22), date(2026, 11, 21), 79),
        (date(1946, 11, 22), date(2026, 11, 22), 80),
        (date(1948, 2, 29), date(2026, 2, 27), 77),
        (date(1948, 2, 29), date(2026, 2, 28), 78),
        (date(1948, 2, 29), date(2028, 2, 28), 79),
        (date(1948, 2, 29), date(2028, 2, 29), 80),
    ],
)
def test_a_year_is_full_on_the_birthday_or_the_months_last_day(birth: date, day: date, age: int) -> None:
    assert age_on(birth, day) == age
