"""The table of checks: every kind has its row, and says what it must see."""

from datetime import date

from server.domain.check_context import CheckContext
from server.domain.record_checks import CHECKS, advise_record, check_record, related_records
from server.domain.record_fields import KINDS

CTX = CheckContext(on=date(2026, 11, 22))


def test_every_kind_has_a_check_that_misses_required_fields() -> None:
    for kind, table in KINDS.items():
        required = {name for name, field in table.fields.items() if field.required}
        missing = {each.field for each in check_record(kind, {}, CTX) if each.code == "field_missing"}
        assert required <= missing, kind


def test_a_case_must_be_shown_its_resident_item_and_consent() -> None:
    case = {"resident": "a", "item": "b", "consent": None}
    assert related_records("case", case) == ("a", "b")
    assert all(name in KINDS[kind].fields for kind, row in CHECKS.items() for name in row.reads)


def test_kinds_of_the_engine_itself_are_not_checked_here() -> None:
    assert check_record("outcome", {}, CTX) == []
    assert advise_record("outcome", {}, CTX) == []
    assert related_records("outcome", {}) == ()


def test_advice_is_apart_from_what_is_unlawful() -> None:
    resident = {"name": "某", "village": "341881106200", "phone": "1"}
    assert check_record("resident", resident, CTX) == []
    assert [each.code for each in advise_record("resident", resident, CTX)] == ["phone_invalid"]
    assert advise_record("claim", {}, CTX) != []
    assert advise_record("consent", {}, CTX) == []
