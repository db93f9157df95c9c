"""The field tables: shapes are told apart, unknown fields are kept, computed ones are named."""

import pytest

from server.domain.record_fields import KINDS, check_shapes, family, parse_date, parse_moment, texts

NOTE = {"to": "a1", "about": "0" * 32, "text_zh": "好", "text_en": "good"}


def test_the_first_kinds_are_all_there() -> None:
    assert set(KINDS) >= {
        "resident",
        "consent",
        "case",
        "claim",
        "item",
        "campaign",
        "conflict",
        "notice",
        "service_log",
    }


def test_a_field_that_nobody_knows_is_no_problem() -> None:
    assert check_shapes("notice", {**NOTE, "colour": {"from": "a newer phone"}}) == []


@pytest.mark.parametrize("empty", [None, "", []])
def test_an_empty_required_field_is_missing(empty: object) -> None:
    found = check_shapes("notice", {**NOTE, "to": empty})
    assert [(each.code, each.field) for each in found] == [("field_missing", "to")]


@pytest.mark.parametrize(
    ("kind", "field", "wrong"),
    [
        ("case", "item_version", "1"),
        ("case", "item_version", True),
        ("case", "village", "341881"),
        ("case", "resident", "somebody"),
        ("case", "material.1", "paper"),
        ("case", "notes", "one"),
        ("consent", "read_aloud", 1),
        ("consent", "signed_at", "2026-11-01T09:00:00"),
        ("consent", "valid_until", "20261101"),
        ("resident", "name", ["王"]),
    ],
)
def test_a_value_of_another_shape_is_told(kind: str, field: str, wrong: object) -> None:
    found = [each for each in check_shapes(kind, {field: wrong}) if each.field == field]
    assert [each.code for each in found] == ["field_shape"]


def test_a_text_beyond_its_limit_is_told() -> None:
    assert [each.code for each in check_shapes("notice", {**NOTE, "to": "x" * 501})] == ["field_too_long"]


def test_what_only_the_centre_writes_is_named() -> None:
    assert KINDS["bundle"].computed == {"state", "filed_at", "due"}
    assert {"number", "received_at", "holder", "clock", "finish_type"} <= KINDS["case"].computed
    assert not {"decision", "state", "bundle", "material."} & KINDS["case"].computed
    assert "proposal_of" in KINDS["claim"].computed


def test_fields_of_a_family_are_found_by_their_prefix() -> None:
    form = KINDS["case"].find("form.contact_phone")
    assert form is not None
    assert form.name == "form."
    assert KINDS["case"].find("form.") is None
    assert family({"form.a": 1, "notes": []}, "form.") == {"a": 1}


def test_dates_and_moments_have_one_spelling() -> None:
    assert parse_date("2026-W01-1") is None
    assert parse_date("2026-02-30") is None
    assert parse_moment("2026-11-01T09:00:00+08:00") is not None


def test_a_single_text_counts_as_a_list_of_one() -> None:
    assert texts({"recipients": "民政局"}, "recipients") == ("民政局",)
    assert texts({"recipients": ["民政局", 3]}, "recipients") == ("民政局",)


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("name", "x" * 501, "field_too_long"),
        ("name", 7, "field_shape"),
        ("notes", ["x"] * 501, "field_too_long"),
        ("birth", "2026-02-30", "field_shape"),
        ("birth", "2026-01-31 ", "field_shape"),
        ("village", "3418", "field_shape"),
    ],
)
def test_a_value_is_told_apart_as_too_long_or_of_another_shape(name: str, value: object, code: str) -> None:
    fields = {"name": "王秀兰", "village": "341802001001", name: value}
    assert [(one.code, one.field) for one in check_shapes("resident", fields)] == [(code, name)]
