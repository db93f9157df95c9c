"""The phone finds names by the initials of every reading, as the centre does."""

from __future__ import annotations

import pytest

from agent_api.phone_initials import TARGET, initials_of, rendered


def test_the_table_is_the_one_of_todays_readings() -> None:
    assert TARGET.read_text(encoding="utf-8") == rendered(), "run `python -m agent_api.phone_initials`"


@pytest.mark.parametrize(("sign", "initials"), [("汪", "w"), ("单", "dsc"), ("解", "jx"), ("仇", "cq"), ("区", "qo")])
def test_a_surname_has_the_initials_of_all_its_readings(sign: str, initials: str) -> None:
    assert set(initials) <= set(initials_of(sign))


def test_what_is_no_chinese_sign_has_none() -> None:
    assert initials_of("a") in ("", "a")
    assert initials_of("。") == ""
