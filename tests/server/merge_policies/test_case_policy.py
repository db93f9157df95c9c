"""A filing at the centre: checked, received, numbered, migrated to a new item version, linked when it is a second."""

from __future__ import annotations

from typing import Any

import pytest

from sync.core.changes import Base, OutcomeCode
from sync.core.ids import derived_id
from tests.sync.central.centre_in_memory import OTHER_VILLAGE, VILLAGE, CentreInMemory, Phone, fresh_id

CATALOGUE = "catalogue:village:341800"
ITEM = "e" * 32
PERSON = "341802193507020027"


def item(version: int, **more: Any) -> dict[str, Any]:
    materials = [{"no": 1, "name": "居民身份证", "necessity": 1}, {"no": 2, "name": "近期照片", "necessity": 3}]
    return {
        "name": "高龄津贴申领",
        "status": "active",
        "version": version,
        "catalogue": "village:341800",
        "materials": materials,
        "promise_days": 10,
        **more,
    }


@pytest.fixture
def centre() -> CentreInMemory:
    centre = CentreInMemory()
    centre.seed("item", ITEM, item(1), CATALOGUE)
    return centre


def phone(centre: CentreInMemory, account: str = "helper", village: str = VILLAGE, role: str = "helper") -> Phone:
    return Phone(centre, account, role=role, buckets=(f"place:{village}", CATALOGUE))


def visit(phone: Phone, village: str = VILLAGE, person: str = PERSON, resident: str = "") -> list[Any]:
    """A resident registered, a consent taken, a case handed in."""
    changes = []
    if not resident:
        fields = {"name": "汪秀英", "village": village, "citizen_id": person}
        changes.append(phone.change("resident", "resident.register", set=fields))
        resident = changes[0].record
    consent = phone.change("consent", "consent.give", set=consent_fields(resident, phone.account, village))
    case = phone.change(
        "case",
        "case.submit",
        set={
            "resident": resident,
            "item": ITEM,
            "item_version": 1,
            "consent": consent.record,
            "village": village,
            "state": "submitted",
            "form.contact_phone": "19900001111",
            "material.1": {"state": "licence"},
        },
        needs=[consent.id],
    )
    return [*changes, consent, case]


def consent_fields(resident: str, helper: str, village: str) -> dict[str, Any]:
    return {
        "resident": resident,
        "items": [ITEM],
        "data_kinds": ["identity"],
        "purpose": "办理高龄津贴",
        "recipients": ["宣城市民政局"],
        "retention": "办结后三年",
        "means": "signature",
        "read_aloud": True,
        "text_hash": "0" * 64,
        "signed_at": "2026-11-18T09:00:00+08:00",
        "valid_until": "2026-12-10",
        "helper": helper,
        "village": village,
        "signature_file": "f" * 32,
    }


def test_a_visit_is_received_with_a_number_in_one_batch(centre: CentreInMemory) -> None:
    helper = phone(centre)
    changes = visit(helper)
    outcomes = helper.send(*changes)
    assert [(one.code, one.reason) for one in outcomes] == [(OutcomeCode.APPLIED, "")] * 3
    case = centre.fields("case", changes[-1].record)
    assert case["state"] == "received"
    assert case["number"].startswith("34180220261118")
    assert case["helper"] == "helper"


def test_numbers_follow_one_another_and_start_a_new_block_in_a_new_epoch(centre: CentreInMemory) -> None:
    helper = phone(centre)
    first = visit(helper)
    helper.send(*first)
    centre.block = 1
    second = visit(helper, person="341881195506150035")
    helper.send(*second)
    numbers = [centre.fields("case", changes[-1].record)["number"] for changes in (first, second)]
    assert [number[14:20] for number in numbers] == ["000000", "100000"]


def test_a_number_given_before_a_restore_is_honoured(centre: CentreInMemory) -> None:
    helper = phone(centre)
    changes = visit(helper)
    helper.send(*changes)
    given = centre.fields("case", changes[-1].record)["number"]
    restored = CentreInMemory(epoch="e2", block=1)
    restored.seed("item", ITEM, item(1), CATALOGUE)
    again = phone(restored)
    again.send(*changes, honoured={changes[-1].record: given})
    assert restored.fields("case", changes[-1].record)["number"] == given


def test_a_number_given_to_another_since_a_restore_nobody_noticed_is_not_honoured(centre: CentreInMemory) -> None:
    helper = phone(centre)
    lost = visit(helper)
    helper.send(*lost)
    number = centre.fields("case", lost[-1].record)["number"]
    restored = CentreInMemory(epoch="e1", block=0)  # an old copy, taken for the same history
    restored.seed("item", ITEM, item(1), CATALOGUE)
    other = phone(restored, "other")
    given = visit(other, person="341881195506150035")
    other.send(*given)
    assert restored.fields("case", given[-1].record)["number"] == number
    other.send(other.change("case", "case.withdraw", given[-1].record, base=other.seen("case", given[-1].record)))
    restored.epoch, restored.block = "e2", 1
    again = phone(restored)
    again.send(*lost, honoured={lost[-1].record: number})
    assert restored.fields("case", lost[-1].record)["number"] != number


def test_a_case_without_its_consent_waits_until_it_arrives(centre: CentreInMemory) -> None:
    helper, lead = phone(centre), phone(centre, "lead", role="town_lead")
    resident, consent, case = visit(helper)
    helper.send(resident)
    orphan = lead.change("case", "case.submit", set=case.set)
    (parked,) = lead.send(orphan)
    assert (parked.code, parked.reason) == (OutcomeCode.PARKED, "waits_for_record")
    helper.send(consent)
    assert centre.fields("case", orphan.record)["state"] == "received"


def test_a_case_for_a_resident_of_another_village_is_not_told_apart_from_one_for_nobody(centre: CentreInMemory) -> None:
    there = phone(centre, "there", OTHER_VILLAGE)
    known = visit(there, OTHER_VILLAGE)
    there.send(*known)
    here = phone(centre)
    outcomes = [here.send(*visit(here, resident=resident)) for resident in (known[0].record, fresh_id())]
    told = [[(one.code, one.reason, one.detail) for one in answered] for answered in outcomes]
    assert told[0] == told[1]
    assert told[0][1][:2] == (OutcomeCode.PARKED, "waits_for_record")


def test_a_second_filing_for_one_person_and_item_is_kept_and_linked(centre: CentreInMemory) -> None:
    first, second = phone(centre, "first"), phone(centre, "second", OTHER_VILLAGE)
    stands = visit(first)
    first.send(*stands)
    later = visit(second, OTHER_VILLAGE)
    outcome = second.send(*later)[-1]
    assert (outcome.code, outcome.reason) == (OutcomeCode.DUPLICATE, "duplicate_filing")
    assert outcome.detail["stands"] == "", "the other village's record is not named to whoever may not see it"
    linked = centre.fields("case", later[-1].record)
    assert linked["duplicate_of"] == stands[-1].record
    assert linked["form.contact_phone"] == "19900001111"
    assert centre.records["notice", derived_id("notice", later[-1].id, "first")].bucket == "person:first"
    assert centre.records["outcome", later[-1].id].bucket == "person:second"
    notice = derived_id("notice", later[-1].id, "first")
    seen = first.seen("notice", notice)
    read = first.change("notice", "notice.read", notice, base=seen, set={"read_at": "2026-11-22T09:00:00+08:00"})
    assert first.send(read)[-1].code is OutcomeCode.APPLIED
    assert centre.fields("notice", notice)["text_zh"]


def test_a_withdrawn_filing_no_longer_stands_in_the_way(centre: CentreInMemory) -> None:
    helper = phone(centre)
    first = visit(helper)
    helper.send(*first)
    record = first[-1].record
    helper.send(
        helper.change("case", "case.withdraw", record, base=helper.seen("case", record), set={"state": "withdrawn"})
    )
    assert centre.fields("case", record)["state"] == "withdrawn"
    again = visit(helper, resident=first[0].record)
    assert helper.send(*again)[-1].code is OutcomeCode.APPLIED


def test_a_correction_made_before_the_filing_was_received_still_applies(centre: CentreInMemory) -> None:
    helper = phone(centre)
    changes = visit(helper)
    case = changes[-1]
    fix = helper.change(
        "case", "case.edit", case.record, base=Base(change=case.id), set={"form.contact_phone": "19900003333"}
    )
    assert helper.send(*changes, fix)[-1].code is OutcomeCode.APPLIED
    assert centre.fields("case", case.record)["form.contact_phone"] == "19900003333"


@pytest.mark.parametrize(
    ("field", "other"),
    [
        ("resident", "5" * 32),
        ("consent", "6" * 32),
        ("item", "7" * 32),
        ("item_version", 2),
        ("village", OTHER_VILLAGE),
        ("helper", "colleague"),
        ("receipt", "T0A3K-261122-00081"),
        ("bundle", "8" * 32),
    ],
)
def test_whose_filing_it_is_and_for_what_stays_as_it_was_filed(
    centre: CentreInMemory, field: str, other: object
) -> None:
    """Else a consent would cover whatever its case is turned into, and who filed could decide under another's name."""
    buckets = (f"place:{VILLAGE}", f"place:{OTHER_VILLAGE}", CATALOGUE)
    helper = Phone(centre, "helper", role="helper", buckets=buckets)
    changes = visit(helper)
    helper.send(*changes)
    record = changes[-1].record
    before = dict(centre.fields("case", record))
    for base in (helper.seen("case", record), Base(change=changes[-1].id)):
        refused = helper.send(helper.change("case", "case.edit", record, base=base, set={field: other, "phone": "1"}))
        assert (refused[-1].code, refused[-1].reason) == (OutcomeCode.REFUSED, "step_writes")
    assert centre.fields("case", record) == before
    same = helper.change("case", "case.edit", record, base=helper.seen("case", record), set={"village": VILLAGE})
    assert helper.send(same)[-1].code is OutcomeCode.APPLIED


def test_a_draft_is_still_bound_to_nobody(centre: CentreInMemory) -> None:
    helper = phone(centre)
    fields = {"resident": "5" * 32, "item": ITEM, "item_version": 1, "village": VILLAGE, "state": "draft"}
    draft = helper.change("case", "case.open", set=fields)
    edit = helper.change("case", "case.edit", draft.record, base=Base(change=draft.id), set={"resident": "6" * 32})
    assert [one.code for one in helper.send(draft, edit)] == [OutcomeCode.APPLIED, OutcomeCode.APPLIED]


def test_an_item_published_anew_while_away_adapts_the_filing_and_says_so(centre: CentreInMemory) -> None:
    helper = phone(centre)
    reviewer = Phone(centre, "reviewer", role="catalogue_reviewer", buckets=(CATALOGUE,))
    materials = [{"no": 1, "name": "居民身份证", "necessity": 1}, {"no": 3, "name": "社会保障卡", "necessity": 1}]
    reviewer.send(
        reviewer.change(
            "item", "item.publish", ITEM, base=reviewer.seen("item", ITEM), set={"version": 2, "materials": materials}
        )
    )
    changes = visit(helper)
    outcome = helper.send(*changes)[-1]
    assert (outcome.code, outcome.reason) == (OutcomeCode.MERGED, "item_migrated")
    assert "material_added" in outcome.detail["changes"]
    assert centre.fields("case", changes[-1].record)["item_version"] == 2


def test_a_cancelled_item_refuses_with_the_explanation(centre: CentreInMemory) -> None:
    centre.seed("item", ITEM, item(2, status="cancelled", status_reason="森林法2019修订后取消"), CATALOGUE)
    helper = phone(centre)
    outcome = helper.send(*visit(helper))[-1]
    assert (outcome.code, outcome.reason) == (OutcomeCode.REFUSED, "item_cancelled")
    assert "森林法" in str(outcome.detail)


def test_a_consent_that_does_not_name_the_item_refuses_the_filing(centre: CentreInMemory) -> None:
    helper = phone(centre)
    resident, consent, case = visit(helper)
    other = helper.change("consent", "consent.give", consent.record, set={**consent.set, "items": ["d" * 32]})
    case = helper.change("case", "case.submit", set=case.set, needs=[other.id])
    outcome = helper.send(resident, other, case)[-1]
    assert outcome.code is OutcomeCode.REFUSED
    assert outcome.detail["problems"][0]["zh"]


@pytest.mark.parametrize(("person", "elder"), [(PERSON, True), ("34180219850702002X", None)])
def test_whether_the_resident_is_sixty_is_judged_at_receipt_and_where_they_were_served_is_told_by_the_helper(
    centre: CentreInMemory, person: str, elder: bool | None
) -> None:
    helper = phone(centre)
    *before, case = visit(helper, person=person)
    served = helper.change("case", "case.submit", case.record, set={**case.set, "served": "home"}, needs=case.needs)
    outcome = helper.send(*before, served)[-1]
    assert outcome.code is OutcomeCode.APPLIED, outcome
    kept = centre.fields("case", case.record)
    assert (kept.get("elder"), kept["served"]) == (elder, "home")


def test_a_place_of_service_that_is_none_is_refused(centre: CentreInMemory) -> None:
    helper = phone(centre)
    *before, case = visit(helper)
    wrong = helper.change("case", "case.submit", case.record, set={**case.set, "served": "31.05,118.75"})
    assert helper.send(*before, wrong)[-1].reason == "value_unknown"
