"""A case's two numbers: built, read back, and safe against slips of the hand and lost epochs."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.cases.numbers import (
    DEVICE_MARKS,
    SIGNS,
    NumberInvalid,
    NumbersExhausted,
    OfficialNumber,
    Receipt,
    device_mark,
    epoch_block,
    official_number,
    parse_official_number,
    parse_receipt,
    temporary_receipt,
)

DAY = date(2026, 11, 22)
DAYS = st.dates(date(2020, 1, 1), date(2099, 12, 31))
ORDINALS = st.integers(0, DEVICE_MARKS - 1)
PLACES = st.integers(0, 99_999)


def test_numbers_have_the_shape_that_is_printed() -> None:
    receipt, official = temporary_receipt("0A3K", DAY, 7), official_number("341881000000", DAY, 2, 17)
    assert (receipt[:-1], len(receipt)) == ("T0A3K2611220007", 16)
    assert (official[:-1], len(official)) == ("34188120261122200017", 21)


@given(ORDINALS, DAYS, st.integers(1, 9_999))
def test_a_receipt_is_read_back(ordinal: int, day: date, sequence: int) -> None:
    mark = device_mark(ordinal)
    assert parse_receipt(temporary_receipt(mark, day, sequence)) == Receipt(mark, day, sequence)


@given(DAYS, st.integers(0, 9), PLACES)
def test_an_official_number_is_read_back(day: date, block: int, place: int) -> None:
    number = official_number("341881", day, block, place)
    assert parse_official_number(number) == OfficialNumber("341881", day, block, place)


@given(ORDINALS, st.integers(1, 14), st.sampled_from(SIGNS))
def test_one_wrong_sign_in_a_receipt_shows(ordinal: int, place: int, sign: str) -> None:
    number = temporary_receipt(device_mark(ordinal), DAY, 42)
    wrong = number[:place] + sign + number[place + 1 :]
    if wrong != number:
        with pytest.raises(NumberInvalid):
            parse_receipt(wrong)


@given(ORDINALS, st.integers(1, 14))
def test_two_neighbours_swapped_in_a_receipt_show(ordinal: int, place: int) -> None:
    number = temporary_receipt(device_mark(ordinal), DAY, 1234)
    swapped = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
    if swapped != number:
        with pytest.raises(NumberInvalid):
            parse_receipt(swapped)


@given(PLACES, st.integers(0, 20), st.integers(1, 9))
def test_one_wrong_digit_in_an_official_number_shows(place_in_block: int, place: int, shift: int) -> None:
    number = official_number("341881", DAY, 0, place_in_block)
    wrong = number[:place] + str((int(number[place]) + shift) % 10) + number[place + 1 :]
    with pytest.raises(NumberInvalid):
        parse_official_number(wrong)


def test_numbers_are_read_as_people_write_them() -> None:
    receipt = temporary_receipt("0A12", DAY, 5)
    assert parse_receipt(f" {receipt.lower().replace('0', 'o')} ").sequence == 5
    assert parse_receipt("-".join((receipt[:5], receipt[5:]))).device == "0A12"
    official = official_number("341881", DAY, 0, 1)
    assert parse_official_number(f"{official[:6]} {official[6:14]} {official[14:]}").place_in_block == 1


@pytest.mark.parametrize("text", ["", "T", "X0A3K26112200077", "T0A3K2613220007" + "0"])
def test_what_is_no_receipt_is_told(text: str) -> None:
    with pytest.raises(NumberInvalid):
        parse_receipt(text)


def test_two_epochs_never_share_an_official_number() -> None:
    before = {official_number("341881", DAY, epoch_block(4), place) for place in (0, 1, 99_999)}
    after = {official_number("341881", DAY, epoch_block(5), place) for place in (0, 1, 99_999)}
    assert not before & after
    assert epoch_block(10) == epoch_block(0)


def test_a_used_up_block_or_day_says_so_instead_of_running_into_the_next() -> None:
    with pytest.raises(NumbersExhausted):
        official_number("341881", DAY, 0, 100_000)
    with pytest.raises(NumbersExhausted):
        temporary_receipt("0000", DAY, 10_000)


def test_device_marks_are_unique_and_avoid_signs_that_look_alike() -> None:
    assert device_mark(0) == "0000"
    assert device_mark(DEVICE_MARKS - 1) == "YYYY"
    assert len({device_mark(ordinal) for ordinal in range(2_000)}) == 2_000
    assert not set("IOSVZ") & set(SIGNS)
