"""Consent: what it must contain, how long it holds, what it covers."""

from datetime import date

import pytest

from server.domain.cases.consent import (
    check_consent,
    coverage_problems,
    covers,
    shown_text_hash,
    signed_on,
    uncovered_data,
)
from server.domain.check_context import CheckContext

ITEM, OTHER = "1" * 32, "2" * 32
CONSENT: dict[str, object] = {
    "resident": "a" * 32,
    "items": [ITEM],
    "data_kinds": ["name", "citizen_id", "bank"],
    "sensitive": ["bank"],
    "purpose": "申领高龄津贴",
    "recipients": ["民政局"],
    "means": "signature",
    "text_hash": shown_text_hash("同意"),
    "signed_at": "2026-11-01T09:00:00+08:00",
    "valid_until": "2026-12-01",
    "helper": "h1",
    "village": "341881106200",
}
CTX = CheckContext(on=date(2026, 11, 22))


def codes(**changed: object) -> list[str]:
    return [each.code for each in check_consent({**CONSENT, **changed}, CTX)]


def test_a_complete_consent_has_no_problem() -> None:
    assert codes() == []


@pytest.mark.parametrize("field", ["items", "purpose", "recipients", "data_kinds", "text_hash", "means", "helper"])
def test_nothing_that_the_law_asks_for_may_be_missing(field: str) -> None:
    assert codes(**{field: None}) == ["field_missing"]


def test_thirty_days_are_the_most() -> None:
    assert codes(valid_until="2026-12-02") == ["consent_too_long"]
    assert codes(valid_until="2026-10-31") == ["consent_order"]


def test_sensitive_data_is_ticked_by_itself_and_only_what_is_listed() -> None:
    assert codes(sensitive=[]) == ["sensitive_not_ticked"]
    assert codes(sensitive=["bank", "health"]) == ["sensitive_not_listed"]


@pytest.mark.parametrize("means", ["fingerprint", "oral"])
def test_who_does_not_sign_needs_reading_aloud_and_another_adult(means: str) -> None:
    assert codes(means=means) == ["witness_missing", "not_read_aloud"]
    assert codes(means=means, witness="李四", read_aloud=True) == []
    assert codes(means=means, witness="h1", read_aloud=True) == ["witness_is_helper"]
    assert codes(means=means, witness="a" * 32, read_aloud=True) == ["witness_is_resident"]


def test_other_means_repeated_items_a_bad_hash_and_a_far_future_are_told() -> None:
    assert codes(means="telepathy") == ["value_unknown"]
    assert codes(items=[ITEM, ITEM]) == ["consent_items_repeat"]
    assert codes(text_hash="abc") == ["consent_hash"]
    assert codes(signed_at="2026-11-25T09:00:00+08:00", valid_until="2026-12-01") == ["consent_future"]


@pytest.mark.parametrize(
    ("signed", "until", "told"),
    [
        ("9998-12-31T09:00:00+08:00", "9999-12-31", ["consent_too_long", "consent_future"]),
        ("9999-12-31T23:59:59-12:00", "9999-12-31", ["field_shape"]),
        ("0001-01-01T00:00:00+14:00", "0001-01-02", ["field_shape"]),
    ],
)
def test_a_day_at_the_end_of_all_years_is_told_and_breaks_nothing(signed: str, until: str, told: list[str]) -> None:
    assert codes(signed_at=signed, valid_until=until) == told


def test_it_covers_named_items_from_its_day_to_its_last() -> None:
    days = [date(2026, 10, 31), date(2026, 11, 1), date(2026, 12, 1), date(2026, 12, 2)]
    assert [covers(CONSENT, ITEM, day) for day in days] == [False, True, True, False]
    assert not covers(CONSENT, OTHER, days[1])


def test_a_revoked_consent_covers_nothing() -> None:
    revoked = {**CONSENT, "revoked_at": "2026-11-10T09:00:00+08:00"}
    found = coverage_problems(revoked, ITEM, date(2026, 11, 22))
    assert [each.code for each in found] == ["consent_revoked"]


def test_its_day_is_the_civil_day_whatever_zone_the_phone_wrote() -> None:
    assert signed_on({"signed_at": "2026-10-31T20:00:00+00:00"}) == date(2026, 11, 1)
    assert signed_on({}) is None


def test_data_it_does_not_name_is_not_covered() -> None:
    assert uncovered_data(CONSENT, ("name", "health")) == ("health",)


def test_one_text_has_one_hash_on_every_phone() -> None:
    assert shown_text_hash("é\r\n同意") == shown_text_hash("e\u0301\n同意")
    assert shown_text_hash("同意") != shown_text_hash("同意。")
