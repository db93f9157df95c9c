"""What the centre makes of changes: the chain first, then exactly one effect for each, and nobody's typing lost."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sync.core.changes import Base, OutcomeCode
from sync.core.codec import encode_change
from sync.core.ids import derived_id
from tests.sync.central.centre_in_memory import OTHER_VILLAGE, VILLAGE, CentreInMemory, Phone

RESIDENT = {"name": "汪秀英", "village": VILLAGE, "citizen_id": "341802193507020027"}


@pytest.fixture
def centre() -> CentreInMemory:
    return CentreInMemory()


@pytest.fixture
def helper(centre: CentreInMemory) -> Phone:
    return Phone(centre, "helper")


@pytest.fixture
def lead(centre: CentreInMemory) -> Phone:
    return Phone(centre, "lead", role="town_lead")


def registered(phone: Phone) -> str:
    change = phone.change("resident", "resident.register", set=RESIDENT)
    assert phone.send(change)[0].code is OutcomeCode.APPLIED
    return change.record


def test_a_change_is_applied_once_however_often_it_is_sent(centre: CentreInMemory, helper: Phone) -> None:
    change = helper.change("resident", "resident.register", set=RESIDENT)
    first = helper.send(change)
    again, _ = centre.exchange(helper.batch(change, first_seq=1, prev_hash=Phone(centre, "helper").hash))
    assert again.answered == (first[0],)
    assert again.writes_nothing
    assert centre.records["resident", change.record].rev == 1


def test_fields_that_different_people_set_merge_silently(centre: CentreInMemory, helper: Phone, lead: Phone) -> None:
    record = registered(helper)
    mine = helper.change(
        "resident", "resident.edit", record, base=helper.seen("resident", record), set={"phone": "19900001111"}
    )
    theirs = lead.change(
        "resident", "resident.edit", record, base=lead.seen("resident", record), set={"address": "前村组3号"}
    )
    assert helper.send(mine)[0].code is OutcomeCode.APPLIED
    assert lead.send(theirs)[0].code is OutcomeCode.MERGED
    assert centre.fields("resident", record)["phone"] == "19900001111"
    assert centre.fields("resident", record)["address"] == "前村组3号"


def test_one_field_set_by_two_is_a_conflict_that_keeps_both_values(
    centre: CentreInMemory, helper: Phone, lead: Phone
) -> None:
    record = registered(helper)
    seen = helper.seen("resident", record)
    helper.send(helper.change("resident", "resident.edit", record, base=seen, set={"address": "前村组3号"}))
    late = lead.change(
        "resident", "resident.edit", record, base=seen, set={"address": "后村组9号", "phone": "19900002222"}
    )
    (outcome,) = lead.send(late)
    assert outcome.code is OutcomeCode.CONFLICT
    assert centre.fields("resident", record)["address"] == "前村组3号"
    assert centre.fields("resident", record)["phone"] == "19900002222", "the field nobody else touched is applied"
    conflict = centre.fields("conflict", outcome.conflict)
    assert (conflict["mine"], conflict["theirs"]) == ({"address": "后村组9号"}, {"address": "前村组3号"})
    assert conflict["theirs_by"] == ["helper"]
    assert centre.fields("notice", derived_id("notice", outcome.conflict, "helper"))["about"] == outcome.conflict
    assert centre.records["outcome", late.id].bucket == "person:lead"


def test_whoever_sits_at_a_desk_is_told_of_a_change_meanwhile_and_makes_no_conflict(
    centre: CentreInMemory, helper: Phone, lead: Phone
) -> None:
    record = registered(helper)
    seen = helper.seen("resident", record)
    helper.send(helper.change("resident", "resident.edit", record, base=seen, set={"address": "前村组3号"}))
    late = lead.change("resident", "resident.edit", record, base=seen, set={"address": "后村组9号", "phone": "1"})
    (outcome,) = lead.send(late, author=replace(lead.author, at_desk=True))
    assert (outcome.code, outcome.reason, outcome.detail) == (
        *(OutcomeCode.REFUSED, "changed_meanwhile"),
        {"fields": ["address"]},
    )
    assert "phone" not in centre.fields("resident", record), "a refused change changes nothing"
    assert not [one for one in centre.records.values() if one.kind == "conflict"]


def test_deciding_a_conflict_writes_the_choice_and_tells_the_author(
    centre: CentreInMemory, helper: Phone, lead: Phone
) -> None:
    record = registered(helper)
    seen = helper.seen("resident", record)
    helper.send(helper.change("resident", "resident.edit", record, base=seen, set={"address": "A"}))
    late = lead.change("resident", "resident.edit", record, base=seen, set={"address": "B"})
    conflict = lead.send(late)[0].conflict
    choice = helper.change(
        "conflict",
        "conflict.decide",
        conflict,
        base=helper.seen("conflict", conflict),
        set={"decided_value": {"address": "B"}},
    )
    assert helper.send(choice)[0].code is OutcomeCode.APPLIED
    assert centre.fields("resident", record)["address"] == "B"
    assert centre.fields("conflict", conflict)["state"] == "decided"
    assert centre.fields("outcome", late.id)["code"] == "merged"
    assert centre.log[late.id].code is OutcomeCode.MERGED


def test_a_decision_on_values_that_moved_on_is_refused_and_says_what_stands(
    centre: CentreInMemory, helper: Phone, lead: Phone
) -> None:
    record = registered(helper)
    seen = helper.seen("resident", record)
    helper.send(helper.change("resident", "resident.edit", record, base=seen, set={"address": "A"}))
    conflict = lead.send(lead.change("resident", "resident.edit", record, base=seen, set={"address": "B"}))[0].conflict
    helper.send(
        helper.change("resident", "resident.edit", record, base=helper.seen("resident", record), set={"address": "C"})
    )
    decide = {"decided_value": {"address": "B"}}
    stale = lead.change("conflict", "conflict.decide", conflict, base=lead.seen("conflict", conflict), set=decide)
    (refused,) = lead.send(stale)
    assert (refused.code, refused.reason, refused.detail) == (
        OutcomeCode.REFUSED,
        "conflict_moved",
        {"current": {"address": "C"}},
    )
    aware = {**decide, "seen": {"address": "C"}}
    again = lead.change("conflict", "conflict.decide", conflict, base=lead.seen("conflict", conflict), set=aware)
    assert lead.send(again)[0].code is OutcomeCode.APPLIED
    assert centre.fields("resident", record)["address"] == "B"


def test_own_unanswered_changes_build_on_each_other_without_conflict(centre: CentreInMemory, helper: Phone) -> None:
    first = helper.change("resident", "resident.register", set=RESIDENT)
    second = helper.change("resident", "resident.edit", first.record, base=Base(change=first.id), set={"phone": "1"})
    third = helper.change("resident", "resident.edit", first.record, base=Base(change=second.id), set={"phone": "2"})
    assert [one.code for one in helper.send(first, second, third)] == [OutcomeCode.APPLIED] * 3
    assert centre.fields("resident", first.record)["phone"] == "2"


def test_building_on_an_own_change_exempts_only_what_that_one_set(
    centre: CentreInMemory, helper: Phone, lead: Phone
) -> None:
    record = registered(helper)
    seen = helper.seen("resident", record)
    lead.send(lead.change("resident", "resident.edit", record, base=seen, set={"address": "A"}))
    own = helper.change("resident", "resident.edit", record, base=seen, set={"phone": "1"})
    more = helper.change(
        "resident", "resident.edit", record, base=Base(change=own.id), set={"phone": "2", "address": "B"}
    )
    codes = [one.code for one in helper.send(own, more)]
    assert codes == [OutcomeCode.MERGED, OutcomeCode.CONFLICT]
    assert centre.fields("resident", record)["phone"] == "2"
    assert centre.fields("resident", record)["address"] == "A"


def test_members_of_a_list_are_added_by_both(centre: CentreInMemory, helper: Phone, lead: Phone) -> None:
    record = registered(helper)
    seen = helper.seen("resident", record)
    helper.send(helper.change("resident", "resident.edit", record, base=seen, add={"notes": ["耳背，请大声"]}))
    lead.send(lead.change("resident", "resident.edit", record, base=seen, add={"notes": ["有狗"]}))
    assert centre.fields("resident", record)["notes"] == ["耳背，请大声", "有狗"]


def test_what_is_needed_but_missing_parks_a_change_until_it_comes(
    centre: CentreInMemory, helper: Phone, lead: Phone
) -> None:
    first = helper.change("resident", "resident.register", set=RESIDENT)
    edit = lead.change(
        "resident", "resident.edit", first.record, base=Base(epoch="e1", rev=1, hash="x" * 43), set={"phone": "7"}
    )
    (parked,) = lead.send(edit)
    assert (parked.code, parked.reason) == (OutcomeCode.PARKED, "record_unknown")
    helper.send(first)
    assert centre.fields("resident", first.record)["phone"] == "7"
    assert centre.fields("outcome", edit.id)["code"] in ("applied", "merged")
    assert not centre.waits


def test_only_what_depends_on_a_parked_change_waits_with_it(centre: CentreInMemory, helper: Phone) -> None:
    missing = helper.change("resident", "resident.register", set=RESIDENT)
    waiting = helper.change("resident", "resident.register", set=RESIDENT, needs=[missing.id])
    behind = helper.change(
        "resident", "resident.edit", waiting.record, base=Base(change=waiting.id), set={"phone": "1"}
    )
    free = helper.change("resident", "resident.register", set=RESIDENT)
    codes = [one.code for one in helper.send(waiting, behind, free)]
    assert codes == [OutcomeCode.PARKED, OutcomeCode.PARKED, OutcomeCode.APPLIED]
    helper.send(missing)
    assert centre.fields("resident", waiting.record)["phone"] == "1", "both were released, one after the other"


def test_a_foreign_record_answers_like_an_absent_one(centre: CentreInMemory, helper: Phone) -> None:
    centre.seed("resident", "a" * 32, {**RESIDENT, "village": OTHER_VILLAGE}, f"place:{OTHER_VILLAGE}")
    outcomes = helper.send(
        helper.change(
            "resident", "resident.edit", "a" * 32, base=helper.seen("resident", "a" * 32), set={"phone": "1"}
        ),
        helper.change(
            "resident", "resident.edit", "b" * 32, base=Base(epoch="e1", rev=1, hash="x" * 43), set={"phone": "1"}
        ),
    )
    assert {(one.code, one.reason, one.bucket, one.rev) for one in outcomes} == {
        (OutcomeCode.PARKED, "record_unknown", "", 0)
    }


def test_writing_into_a_bucket_one_does_not_hold_is_refused(helper: Phone) -> None:
    change = helper.change("resident", "resident.register", set={**RESIDENT, "village": OTHER_VILLAGE})
    assert (helper.send(change)[0].code, helper.seq) == (OutcomeCode.REFUSED, 1)


def test_work_in_hand_of_a_moved_helper_applies_for_fourteen_days(centre: CentreInMemory, helper: Phone) -> None:
    moved = replace(helper.author, grants={f"place:{VILLAGE}": centre.now - 13 * 86_400_000, "person:helper": 0})
    late = replace(helper.author, grants={f"place:{VILLAGE}": centre.now - 15 * 86_400_000, "person:helper": 0})
    codes = [
        helper.send(helper.change("resident", "resident.register", set=RESIDENT), author=author)[0].code
        for author in (moved, late)
    ]
    assert codes == [OutcomeCode.APPLIED, OutcomeCode.REFUSED]


def test_a_revoked_device_leaves_its_changes_in_quarantine(centre: CentreInMemory, helper: Phone) -> None:
    change = helper.change("resident", "resident.register", set=RESIDENT)
    (outcome,) = helper.send(change, author=replace(helper.author, revoked=True))
    assert (outcome.code, outcome.reason) == (OutcomeCode.PARKED, "device_revoked")
    assert ("resident", change.record) not in centre.records
    assert centre.lines[change.id][0] == encode_change(change)


def test_a_signed_line_that_is_no_change_is_refused_and_kept(centre: CentreInMemory, helper: Phone) -> None:
    good = helper.change("resident", "resident.register", set=RESIDENT)
    bad, fine = helper.send(b'{"id": 7}', good)
    assert (bad.code, bad.reason, fine.code) == (OutcomeCode.REFUSED, "malformed", OutcomeCode.APPLIED)
    assert centre.lines[bad.id][0] == b'{"id": 7}'


def test_an_unknown_change_is_parked_for_a_newer_centre(helper: Phone) -> None:
    outcomes = helper.send(
        helper.change("pension", "pension.ask", set={"a": 1}),
        helper.change("resident", "resident.register", version=9, set=RESIDENT),
    )
    assert [one.reason for one in outcomes] == ["unknown_change", "newer_client"]


def test_computed_fields_and_foreign_roles_are_refused(centre: CentreInMemory, helper: Phone) -> None:
    worker = Phone(centre, "worker", role="claim_worker")
    assert worker.send(worker.change("resident", "resident.register", set=RESIDENT))[0].reason == "not_yours"
    assert helper.send(helper.change("case", "case.open", set={"number": "1"}))[0].reason == "computed_field"


def test_an_id_used_for_other_content_is_refused_and_both_are_kept(
    centre: CentreInMemory, helper: Phone, lead: Phone
) -> None:
    change = helper.change("resident", "resident.register", set=RESIDENT)
    helper.send(change)
    stolen = lead.change("resident", "resident.register", set={**RESIDENT, "name": "汪一"}, id=change.id)
    (outcome,) = lead.send(stolen)
    assert (outcome.code, outcome.reason) == (OutcomeCode.REFUSED, "id_reused")
    assert centre.fields("resident", change.record)["name"] == "汪秀英"


def test_a_fault_in_a_kinds_rules_parks_that_change_and_no_other(centre: CentreInMemory, helper: Phone) -> None:
    broken = replace(
        centre.policies["service_log"], settle=lambda situation: 1 // 0, reads=lambda change, reading: 1 // 0
    )
    centre.policies = {**centre.policies, "service_log": broken}
    log = helper.change("service_log", "service_log.write", set={"village": VILLAGE, "kind": "advice"})
    fine = helper.change("resident", "resident.register", set=RESIDENT)
    outcomes = helper.send(log, fine)
    assert [(one.code, one.reason) for one in outcomes] == [
        (OutcomeCode.PARKED, "centre_fault"),
        (OutcomeCode.APPLIED, ""),
    ]
    assert "ZeroDivisionError" in str(outcomes[0].detail)


def test_an_id_is_one_record_of_one_kind(centre: CentreInMemory, helper: Phone) -> None:
    record = registered(helper)
    log = {"village": VILLAGE, "kind": "advice"}
    outcome = helper.send(helper.change("service_log", "service_log.write", record, set=log))[0]
    assert (outcome.code, outcome.reason) == (OutcomeCode.REFUSED, "id_of_another_kind")
    made = helper.change("resident", "resident.register", set=RESIDENT)
    twice = helper.change("service_log", "service_log.write", made.record, set=log)
    assert helper.send(made, twice)[1].reason == "id_of_another_kind"
