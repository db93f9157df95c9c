"""The catalogue's codes: built from their parts and read back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.catalogue.codes import (
    CodeInvalid,
    implementing_code,
    is_unit,
    material_code,
    parse_base_code,
    parse_implementing_code,
    parse_unit,
    unit_check_character,
)

UNIT, BASE = "113416020031661969", "002014006009"


def test_a_real_code_is_read_into_its_parts() -> None:
    code = parse_implementing_code("1134160200316619694002014006009")
    assert (code.unit, code.level, code.base.code, code.handling) == (UNIT, 4, BASE, "")
    assert (code.base.item_type, code.base.synthetic) == ("20", False)


def test_codes_that_start_with_99_are_synthetic() -> None:
    assert parse_base_code("992011001000").synthetic


@given(st.integers(1, 6), st.from_regex(r"[0-9]{12}", fullmatch=True), st.none() | st.integers(0, 99))
def test_a_code_built_from_its_parts_is_read_back(level: int, base: str, handling: int | None) -> None:
    code = implementing_code(UNIT, level, base, handling)
    assert len(code) == (31 if handling is None else 33)
    assert parse_implementing_code(code).code == code


@given(st.from_regex(r"[0-9]{8}[0-9A-HJ-NPQRTUWXY]{9}", fullmatch=True))
def test_a_credit_code_with_its_check_character_is_valid_and_no_other(first: str) -> None:
    right = unit_check_character(first)
    assert is_unit(first + right)
    assert not is_unit(first + ("0" if right != "0" else "1"))


def test_a_credit_code_is_kept_in_capitals() -> None:
    assert parse_unit(" 11341700744889543y ") == "11341700744889543Y"


@pytest.mark.parametrize("text", ["", "00201400600", "00201400600x", "٠٠٢٠١٤٠٠٦٠٠٩"])
def test_a_base_code_is_twelve_digits(text: str) -> None:
    with pytest.raises(CodeInvalid, match="base_item_code"):
        parse_base_code(text)


@pytest.mark.parametrize("text", [UNIT + "7" + BASE, UNIT + "4" + BASE + "1", "x" * 31, UNIT[:-1] + "84" + BASE])
def test_a_wrong_level_length_or_unit_is_told(text: str) -> None:
    with pytest.raises(CodeInvalid, match="implementing_code"):
        parse_implementing_code(text)


def test_a_material_code_ends_with_its_number() -> None:
    handling = implementing_code(UNIT, 4, BASE, 1)
    assert material_code(handling, 1) == "113416020031661969400201400600901001"
    with pytest.raises(CodeInvalid):
        material_code(handling, 0)


@pytest.mark.parametrize(
    ("code", "valid"),
    [
        ("113416020031661969", True),
        ("91350100M000100Y4Z", False),  # the often quoted sample, whose check character is 3
        ("91350100M000100Y43", True),
        ("11341700744889543Y", True),
        ("12341802MB00000018", True),
        ("54341802ME00000014", True),
    ],
)
def test_credit_codes_of_the_vectors(code: str, valid: bool) -> None:
    assert is_unit(code) is valid


def test_a_real_handling_code_is_composed_from_its_parts() -> None:
    assert implementing_code(UNIT, 4, BASE) == "1134160200316619694002014006009"
    assert implementing_code(UNIT, 4, BASE, 1) == "113416020031661969400201400600901"
