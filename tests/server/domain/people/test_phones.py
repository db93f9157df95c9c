"""Phones: every way of writing one number gives one spelling."""

import pytest

from server.domain.people.phones import Phone, is_service_line, parse_phone


@pytest.mark.parametrize("text", ["13812345678", "138 1234 5678", "+86 138-1234-5678", "0086 13812345678"])
def test_a_mobile_has_one_spelling(text: str) -> None:
    assert parse_phone(text) == Phone("13812345678", mobile=True)


@pytest.mark.parametrize("text", ["0563-3022345", "3022345", "+86 563 302 2345", "(0563)3022345"])
def test_a_land_line_has_its_area_code(text: str) -> None:
    assert parse_phone(text) == Phone("05633022345", mobile=False)


@pytest.mark.parametrize("text", ["", "12345", "1381234567", "10012341234", "无", "+1 202 555 0123"])
def test_what_cannot_be_called_is_none(text: str) -> None:
    assert parse_phone(text) is None


def test_service_lines_are_no_residents_phones() -> None:
    assert is_service_line("12345")
    assert not is_service_line("13812345678")
