"""Filings: what is unlawful, what is only advice, and what is not measured twice."""

from datetime import date

from server.domain.cases.filing import advise_case, check_case
from server.domain.cases.numbers import temporary_receipt
from server.domain.check_context import CheckContext

RESIDENT, ITEM, CONSENT = "a" * 32, "b" * 32, "c" * 32
ON, VISIT = date(2026, 12, 5), date(2026, 11, 28)
CASE: dict[str, object] = {
    "resident": RESIDENT,
    "item": ITEM,
    "item_version": 1,
    "consent": CONSENT,
    "village": "341881106200",
    "state": "submitted",
    "receipt": temporary_receipt("0A3K", VISIT, 1),
    "material.1": {"state": "licence"},
    "phone": "13812341234",
}
RECORDS: dict[str, dict[str, object]] = {
    RESIDENT: {"name": "王桂英", "citizen_id": "341802193507020027", "village": "341881106200"},
    ITEM: {
        "name": "高龄津贴",
        "status": "active",
        "version": 1,
        "rule": {"min_age": 80},
        "materials": [{"no": 1, "name": "居民身份证", "necessity": 1}],
    },
    CONSENT: {
        "resident": RESIDENT,
        "items": [ITEM],
        "data_kinds": ["name"],
        "signed_at": "2026-11-28T09:00:00+08:00",
        "valid_until": "2026-12-01",
    },
}


def context(before: dict[str, object] | None = None, **records: dict[str, object] | None) -> CheckContext:
    ids = {"resident": RESIDENT, "item": ITEM, "consent": CONSENT}
    merged: dict[str, dict[str, object]] = dict(RECORDS)
    for name, changed in records.items():
        if changed is None:
            del merged[ids[name]]
        else:
            merged[ids[name]] = {**merged[ids[name]], **changed}
    return CheckContext(on=ON, captured_on=VISIT, before=before, records=merged)


def codes(ctx: CheckContext, **changed: object) -> list[str]:
    return [each.code for each in check_case({**CASE, **changed}, ctx)]


def advice(ctx: CheckContext, **changed: object) -> list[str]:
    return [each.code for each in advise_case({**CASE, **changed}, ctx)]


def test_a_lawful_filing_has_no_problem_and_no_advice() -> None:
    assert codes(context()) == []
    assert advice(context()) == []


def test_a_consent_that_held_at_the_visit_is_enough_though_the_filing_arrives_after_it_ended() -> None:
    assert codes(context()) == []
    late = CheckContext(on=ON, captured_on=None, records=RECORDS)
    assert codes(late) == ["consent_expired"]


def test_nothing_is_submitted_without_a_fitting_consent() -> None:
    assert codes(context(consent=None)) == ["consent_absent"]
    assert codes(context(consent={"items": ["d" * 32]})) == ["consent_item"]
    assert codes(context(consent={"resident": "d" * 32})) == ["consent_other_resident"]
    assert codes(context(consent={"revoked_at": "2026-11-29T09:00:00+08:00"})) == ["consent_revoked"]
    assert codes(context(item={"data_kinds": ["name", "bank"]})) == ["consent_data"]


def test_a_draft_needs_no_consent_yet() -> None:
    assert codes(context(consent=None), state="draft") == []


def test_what_was_received_is_not_measured_again_by_a_consent_that_was_revoked_later() -> None:
    received = {**CASE, "state": "received"}
    revoked = context(before=received, consent={"revoked_at": "2026-12-04T09:00:00+08:00"})
    assert codes(revoked, state="received", phone="13912341234") == []


def test_a_cancelled_or_suspended_item_refuses_with_its_reason() -> None:
    ctx = context(item={"status": "cancelled", "status_reason": "森林法修订"})
    found = check_case(CASE, ctx)
    assert [each.code for each in found] == ["item_cancelled"]
    assert "森林法修订" in found[0].zh
    assert codes(context(item={"status": "suspended"})) == ["item_suspended"]


def test_absent_records_and_versions_from_the_future_are_told() -> None:
    assert codes(context(item=None, resident=None)) == ["resident_absent", "item_absent"]
    assert codes(context(), item_version=2) == ["item_version_ahead"]


def test_a_wrong_step_state_receipt_or_material_is_told() -> None:
    assert codes(context(before={**CASE, "state": "withdrawn"})) == ["state_step"]
    assert codes(context(), state="somewhere") == ["state_unknown"]
    assert codes(context(), receipt="T0A3K26112800019") == ["receipt_invalid"]
    assert codes(context(), **{"material.1": {"state": "scanned"}}) == ["material_file"]


def test_missing_materials_age_and_an_older_version_are_advice_and_refuse_nobody() -> None:
    ctx = context(item={"version": 2, "rule": {"min_age": 95}})
    changed: dict[str, object] = {"material.1": None, "phone": "1"}
    assert codes(ctx, **changed) == []
    assert advice(ctx, **changed) == ["phone_invalid", "material_missing", "item_outdated", "not_eligible"]


def test_eligibility_that_cannot_be_judged_is_said_to_be_so() -> None:
    assert advice(context(resident={"citizen_id": ""})) == ["eligibility_unknown"]
    assert advice(context(item=None)) == []
