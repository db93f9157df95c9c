"""How far a licence may be trusted follows from who kept it."""

from datetime import date

import pytest

from server.domain.catalogue.dictionaries import DICTIONARIES
from server.domain.catalogue.licences import (
    LICENCE_STEPS,
    USES_KEPT_MAX,
    Trust,
    check_licence,
    is_usable,
    licence_fields,
    sources_open_to,
    usable_kinds,
)
from server.domain.check_context import CheckContext
from server.domain.record_fields import Fields, groups
from server.domain.steps import state_after

ON = date(2026, 11, 22)
SOUND: Fields = {
    "state": "held", "resident": "a" * 32, "village": "341881106200", "kind": "身份证",
    "source": "helper", "trust": "C",
}  # fmt: skip


@pytest.mark.parametrize(("source", "trust"), [("desk", "B"), ("helper", "C"), ("applicant", "D")])
def test_who_keeps_it_decides_the_class(source: str, trust: str) -> None:
    found = licence_fields("licence.keep", {**SOUND, "source": source}, account="me", at="t")
    assert found["trust"] == trust
    assert ("verified_by" in found) == (source == "desk")


def test_a_helpers_photo_stands_for_a_paper_once_a_desk_has_seen_the_original() -> None:
    assert not is_usable(SOUND, ON)
    verified = {**SOUND, **licence_fields("licence.verify", SOUND, account="clerk", at="t")}
    assert (verified["trust"], verified["verified_by"], is_usable(verified, ON)) == ("B", "clerk", True)
    assert licence_fields("licence.verify", {**SOUND, "trust": "A"}, account="x", at="t")["trust"] == "A"


def test_what_is_void_or_out_of_date_stands_for_nothing() -> None:
    held = {**SOUND, "trust": "A", "valid_until": "2026-11-22"}
    assert is_usable(held, ON)
    assert not is_usable(held, date(2026, 11, 23))
    assert not is_usable({**held, "state": "void"}, ON)
    assert usable_kinds([held, {**held, "kind": "户口簿", "trust": "D"}], ON) == {"身份证"}


def test_every_use_names_its_case_and_its_purpose_and_the_newest_are_kept() -> None:
    said = {**SOUND, "use_case": "c" * 32, "use_purpose": "高龄津贴申领"}
    found = licence_fields("licence.use", said, account="me", at="t")
    assert found["uses"] == [{"at": "t", "by": "me", "case": "c" * 32, "purpose": "高龄津贴申领"}]
    many = {**said, "uses": [{"at": str(n)} for n in range(USES_KEPT_MAX)]}
    assert len(groups(licence_fields("licence.use", many, account="me", at="t"), "uses")) == USES_KEPT_MAX
    assert set(LICENCE_STEPS["licence.use"].needs) == {"use_case", "use_purpose"}


def test_who_visits_never_speaks_for_a_desk_or_the_register() -> None:
    assert sources_open_to("helper") == {"helper", "applicant"}
    assert "desk" in sources_open_to("desk_clerk")
    assert "register" not in sources_open_to("desk_clerk")


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"kind": "月票"}, "value_unknown"),
        ({"source": "friend"}, "value_unknown"),
        ({"state": "lost"}, "value_unknown"),
        ({"issued_on": "2026-02-01", "valid_until": "2026-01-01"}, "validity_order"),
        ({"resident": ""}, "field_missing"),
    ],
)
def test_each_fault_is_told(changed: Fields, code: str) -> None:
    assert code in [one.code for one in check_licence({**SOUND, **changed}, CheckContext(on=ON))]
    assert check_licence(SOUND, CheckContext(on=ON)) == []


def test_the_classes_are_those_of_the_dictionary_and_a_void_one_stays_void() -> None:
    assert {one.value for one in Trust} == set(DICTIONARIES["licence_trust"])
    assert [name for name in LICENCE_STEPS if state_after(LICENCE_STEPS, name, "void") is not None] == []
