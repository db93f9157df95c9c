"""A case at the desks: each step, who holds the case after it, who is told, and what a bundle's next leg gets."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from server.domain.cases.working_days import calendar_id
from server.merge_policies.judging import china_day
from sync.central.known import KnownChange
from sync.core.changes import OutcomeCode
from sync.core.ids import derived_id
from tests.server.merge_policies.case_at_desk import REASON, CaseAtDesk, problems
from tests.server.merge_policies.test_case_policy import CATALOGUE, PERSON, consent_fields, item
from tests.sync.central.centre_in_memory import VILLAGE, Phone, fresh_id

DESK = f"place:{VILLAGE}"


@pytest.fixture
def desk() -> CaseAtDesk:
    desk = CaseAtDesk()
    desk.file()
    return desk


def test_a_received_case_is_held_by_the_desk_of_its_village_or_the_unit_of_its_item(desk: CaseAtDesk) -> None:
    assert (desk.fields["holder"], desk.fields["state_since"]) == (DESK, desk.fields["received_at"])
    of_a_unit = CaseAtDesk(unit="113416020031661969")
    of_a_unit.file()
    assert of_a_unit.fields["holder"] == "unit:113416020031661969"


def test_a_case_goes_from_receipt_to_the_residents_hands(desk: CaseAtDesk) -> None:
    steps: list[tuple[str, dict[str, Any]]] = [
        ("precheck", {"precheck": "材料齐全"}),
        ("accept", {}),
        ("review", {"review": "符合条件"}),
        ("decide", {"decision": {"granted": True}}),
        ("finish", {"result": {"name": "老年人优待证", "number": "3418-1"}}),
        ("deliver", {"handover": {"to": "王秀英", "relation": "self", "at": "2026-11-20T09:00:00+08:00"}}),
        ("archive", {}),
    ]
    states = []
    for verb, fields in steps:
        assert desk.step(verb, **fields).code is OutcomeCode.APPLIED, verb
        states.append(desk.fields["state"])
    assert states == ["prechecked", "accepted", "reviewing", "decided", "finished", "delivered", "archived"]
    assert desk.fields["finish_type"] == "0"
    assert desk.fields["holder"] == ""
    assert desk.notices("person:helper") == ["case_decided", "case_finished"]


def test_acceptance_starts_the_clocks_by_the_items_days(desk: CaseAtDesk) -> None:
    desk.step("accept")
    clock = desk.fields["clock"]
    assert (clock["started"], clock["promise_due"], clock["legal_due"]) == ("2026-11-18", "2026-12-02", "2026-12-16")
    assert desk.fields["accepted_at"] == "2026-11-18T19:06:40+08:00"


def test_the_centres_own_holiday_moves_every_due_day(desk: CaseAtDesk) -> None:
    keeper = Phone(desk.centre, "city", role="city_supervisor", buckets=("catalogue:all:341800",))
    fields = {"year": 2026, "catalogue": "all:341800", "day.2026-11-20": {"works": False, "why": "台风停工"}}
    kept = keeper.send(keeper.change("calendar", "calendar.set", calendar_id(2026), set=fields))[0]
    assert kept.code is OutcomeCode.APPLIED, kept
    desk.step("accept")
    assert desk.fields["clock"]["promise_due"] == "2026-12-03"


def test_a_return_is_one_complete_list_and_the_helper_has_it_then(desk: CaseAtDesk) -> None:
    other = CaseAtDesk()
    other.file(material__1=None, material__2=None)
    short = other.step("return", correction={"materials": [{"no": "1", "why": "missing"}], "text": "缺身份证"})
    assert (short.code, problems(short)) == (OutcomeCode.REFUSED, ["correction_incomplete"])
    whole = {"materials": [{"no": "1", "why": "missing"}, {"no": "2", "why": "missing"}], "text": "缺身份证、照片"}
    assert other.step("return", correction=whole).code is OutcomeCode.APPLIED
    assert (other.fields["state"], other.fields["holder"]) == ("to_correct", "account:helper")
    assert other.notices("person:helper") == ["case_returned"]
    other.days_pass(2)
    mended = other.step("correct", other.helper, material__1={"state": "paper"}, material__2={"state": "paper"})
    assert mended.code is OutcomeCode.APPLIED
    assert (other.fields["state"], other.fields["holder"]) == ("received", DESK)
    assert other.fields["clock"] == {"answer_from": "2026-11-20"}


def test_a_second_return_asks_for_nothing_new(desk: CaseAtDesk) -> None:
    asked = {"materials": [{"no": "2", "why": "wrong"}], "text": "照片不清"}
    desk.step("return", correction=asked)
    desk.step("correct", desk.helper, material__2={"state": "paper", "note": "第二张"})
    new = desk.step("return", correction={"materials": [{"no": "1", "why": "wrong"}], "text": "身份证过期"})
    assert problems(new) == ["correction_twice"]
    assert desk.step("return", correction=asked).code is OutcomeCode.APPLIED
    assert [one["materials"] for one in desk.fields["returned"]] == [["2"], ["2"]]


def test_a_cancelled_material_cannot_be_asked_for(desk: CaseAtDesk) -> None:
    asked = desk.step("return", correction={"materials": [{"no": "3", "why": "missing"}], "text": "缺户口簿"})
    assert problems(asked) == ["material_forbidden"]


def test_after_five_working_days_it_counts_as_accepted_from_receipt(desk: CaseAtDesk) -> None:
    desk.days_pass(8)  # Thursday 26th; the fifth working day was Wednesday 25th
    late = desk.step("return", correction={"materials": [{"no": "2", "why": "wrong"}], "text": "照片不清"})
    assert problems(late) == ["correction_late"]
    assert problems(desk.step("refuse", refusal=REASON)) == ["refusal_late"]
    desk.step("accept")
    clock = desk.fields["clock"]
    assert (clock["started"], clock["deemed"], desk.fields["accepted_at"][:10]) == ("2026-11-18", True, "2026-11-26")


def test_a_filing_that_lacks_something_is_not_accepted_in_time() -> None:
    desk = CaseAtDesk()
    desk.file(material__2=None)
    assert problems(desk.step("accept")) == ["accept_incomplete"]
    assert desk.step("accept", material__2={"state": "paper"}).code is OutcomeCode.APPLIED


def tolerated() -> CaseAtDesk:
    desk = CaseAtDesk()
    promise = {"read_aloud": True, "signature_file": "f" * 32}
    desk.file(material__2={"state": "promised", "due": "2026-11-27"}, promise=promise)
    assert desk.step("accept").code is OutcomeCode.APPLIED
    return desk


def test_what_was_promised_is_brought_by_the_helper_before_a_certificate_leaves() -> None:
    desk = tolerated()
    assert desk.fields["tolerance"] == {"due": "2026-11-27", "materials": ["2"]}
    assert problems(desk.step("decide", decision={"granted": True})) == ["tolerance_open"]
    brought = desk.step("supply", desk.helper, material__2={"state": "attached", "file": "a" * 32})
    assert brought.code is OutcomeCode.APPLIED
    assert desk.fields["tolerance"] == {"due": "2026-11-27", "materials": [], "settled_on": "2026-11-18"}
    assert desk.step("decide", decision={"granted": True}).code is OutcomeCode.APPLIED


def test_what_never_came_ends_the_case_and_only_then() -> None:
    desk = tolerated()
    late = {"reason": "late", "text": "未补交"}
    assert problems(desk.step("tolerance_fail", tolerance_failure=late)) == ["tolerance_not_late"]
    majeure = {"due": "2026-12-04", "reason": "force_majeure", "approved_by": "王主任"}
    assert desk.step("tolerance_extend", tolerance_extension=majeure).code is OutcomeCode.APPLIED
    desk.days_pass(12)
    assert problems(desk.step("tolerance_fail", tolerance_failure=late)) == ["tolerance_not_late"]
    desk.days_pass(6)
    assert desk.step("tolerance_fail", tolerance_failure=late).code is OutcomeCode.APPLIED
    assert (desk.fields["state"], desk.fields["finish_type"], desk.fields["holder"]) == ("ended", "5", "")


def test_a_promise_that_nobody_signed_is_no_promise() -> None:
    desk = CaseAtDesk()
    desk.file(material__2={"state": "promised", "due": "2026-11-27"})
    assert problems(desk.step("accept")) == ["promise_unread", "promise_unsigned"]


def test_an_excluded_procedure_stops_the_clock_and_a_site_visit_does_not(desk: CaseAtDesk) -> None:
    desk.step("accept")
    assert problems(desk.step("special", special={"procedure": "test"})) == ["not_told"]
    desk.step("special", special={"procedure": "test", "told": True, "text": "检测样品"})
    assert desk.fields["clock"]["paused_since"] == "2026-11-18"
    desk.days_pass(2)
    assert problems(desk.step("finish")) == ["state_step"]
    desk.step("resume")
    assert (desk.fields["state"], desk.fields["clock"]["paused_days"]) == ("reviewing", 2)
    assert desk.fields["clock"]["promise_due"] == "2026-12-04"
    desk.step("special", special={"procedure": "site_visit"})
    assert "paused_since" not in desk.fields["clock"]


def test_the_time_is_extended_once_with_approval(desk: CaseAtDesk) -> None:
    desk.step("accept")
    asked = {"days": 11, "reason": "需外地核查", "approved_by": "王主任", "told": True}
    assert problems(desk.step("extend", extension=asked)) == ["extension_days"]
    assert desk.step("extend", extension={**asked, "days": 10}).code is OutcomeCode.APPLIED
    assert desk.fields["clock"]["legal_due"] == "2026-12-30"
    assert problems(desk.step("extend", extension={**asked, "days": 1})) == ["extended_before"]


def test_a_transfer_moves_the_holder_and_both_desks_hear_while_the_clock_goes_on(desk: CaseAtDesk) -> None:
    desk.step("accept")
    clock = desk.fields["clock"]
    moved = desk.step("transfer", transfer={"to": "unit:113416020031661969", "reason": "属住建部门"})
    assert moved.code is OutcomeCode.APPLIED
    assert (desk.fields["holder"], desk.fields["clock"]) == ("unit:113416020031661969", clock)
    assert desk.notices("unit:113416020031661969") == ["case_transferred"]
    assert desk.notices(f"desk:{VILLAGE}") == ["case_transferred"]
    again = desk.step("transfer", transfer={"to": "unit:113416020031661969", "reason": "同上"})
    assert problems(again) == ["holder_same"]


def test_a_resident_withdraws_until_it_is_decided(desk: CaseAtDesk) -> None:
    desk.step("accept")
    desk.step("review")
    assert desk.step("withdraw", desk.helper, withdrawal={"reason": "本人不办了"}).code is OutcomeCode.APPLIED
    assert (desk.fields["state"], desk.fields["holder"]) == ("withdrawn", "")


def test_a_step_writes_no_field_of_another_and_a_phone_none_of_a_desks(desk: CaseAtDesk) -> None:
    assert problems(desk.step("precheck", decision={"granted": True})) == ["step_writes"]
    assert problems(desk.step("edit", desk.helper, decision={"granted": True})) == ["step_writes"]


BUS_CARD = "b" * 32


def bundled() -> tuple[CaseAtDesk, str, str]:
    """A senior card and the bus card that needs it, filed at one visit under one consent."""
    desk = CaseAtDesk()
    materials = [{"no": 1, "name": "居民身份证", "necessity": 1}, {"no": 2, "name": "老年人优待证", "necessity": 1}]
    desk.centre.seed("item", BUS_CARD, item(1, materials=materials, promise_days=3), CATALOGUE)
    helper = desk.helper
    person = {"name": "汪秀英", "village": VILLAGE, "citizen_id": PERSON}
    resident = helper.change("resident", "resident.register", set=person)
    named = ["e" * 32, BUS_CARD]
    told = {**consent_fields(resident.record, "helper", VILLAGE), "items": named}
    consent = helper.change("consent", "consent.give", set=told)
    cases = [fresh_id(), fresh_id()]
    pairs = zip(named, cases, strict=True)
    legs: list[dict[str, Any]] = [{"leg": no, "item": one, "case": case} for no, (one, case) in enumerate(pairs, 1)]
    shared = {"resident": resident.record, "consent": consent.record, "village": VILLAGE}
    bundle = helper.change("bundle", "bundle.file", set={**shared, "code": "BUNDLE-01", "legs": legs})
    filed = []
    for leg in legs:
        paper = {"state": "awaited"} if leg["leg"] == 2 else {"state": "paper"}
        fields = {**shared, "item": leg["item"], "item_version": 1, "state": "submitted", "bundle": bundle.record}
        set_ = {**fields, "leg": leg["leg"], "material.1": {"state": "licence"}, "material.2": paper}
        filed.append(helper.change("case", "case.submit", leg["case"], set=set_, needs=[bundle.id]))
    outcomes = helper.send(resident, consent, bundle, *filed)
    assert [(one.code, one.reason) for one in outcomes] == [(OutcomeCode.APPLIED, "")] * 5
    desk.record = cases[0]
    return desk, bundle.record, cases[1]


ONWARDS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("accept", {}),
    ("decide", {"decision": {"granted": True}}),
    ("finish", {}),
)


def test_the_result_of_one_leg_is_the_material_of_the_next_and_the_last_ends_the_bundle() -> None:
    desk, bundle, bus_card = bundled()
    assert desk.centre.fields("bundle", bundle)["due"] == "2026-12-07"  # ten days and three, one after the other
    for verb, fields in ONWARDS:
        assert desk.step(verb, **fields).code is OutcomeCode.APPLIED
    number = desk.fields["number"]
    desk.record = bus_card
    assert desk.fields["material.2"] == {"state": "licence", "note": number}
    assert desk.centre.fields("bundle", bundle)["state"] == "open"
    for verb, fields in ONWARDS:
        assert desk.step(verb, **fields).code is OutcomeCode.APPLIED
    assert desk.centre.fields("bundle", bundle)["state"] == "over"


def test_a_leg_that_was_not_granted_leaves_its_material_missing() -> None:
    desk, _bundle, bus_card = bundled()
    desk.step("refuse", refusal=REASON)
    assert desk.centre.fields("case", bus_card)["material.2"] == {"state": "missing"}


def test_a_leg_waits_for_its_bundle_and_a_case_that_is_none_of_its_legs_is_refused() -> None:
    desk, bundle, _bus_card = bundled()
    fields = {**desk.fields, "leg": 1, "item": BUS_CARD}
    kept = {name: fields[name] for name in ("resident", "consent", "village", "item", "item_version", "leg")}
    stranger = desk.helper.change("case", "case.submit", set={**kept, "state": "submitted", "bundle": bundle})
    assert problems(desk.helper.send(stranger)[0]) == ["bundle_foreign"]
    early = desk.helper.change("case", "case.submit", set={**kept, "state": "submitted", "bundle": fresh_id()})
    assert desk.helper.send(early)[0].code is OutcomeCode.PARKED


def test_a_notice_is_one_for_each_reader_however_often_the_change_is_decided(desk: CaseAtDesk) -> None:
    asked = {"materials": [{"no": "2", "why": "wrong"}], "text": "照片不清"}
    returned = desk.step("return", correction=asked)
    notice = desk.centre.fields("notice", derived_id("notice", returned.id, "person:helper"))
    assert (notice["to"], notice["about"]) == ("helper", desk.record)
    assert "照片不清" in notice["text_zh"]
    assert desk.fields["number"] in notice["text_zh"]


def failed() -> CaseAtDesk:
    """A case that ended because what was promised never came."""
    desk = tolerated()
    desk.days_pass(10)
    assert (
        desk.step("tolerance_fail", tolerance_failure={"reason": "late", "text": "未补交"}).code is OutcomeCode.APPLIED
    )
    return desk


def promised_again(desk: CaseAtDesk) -> KnownChange:
    """The same person, typed in another time, promises once more; what accepting it gives."""
    promise = {"read_aloud": True, "signature_file": "f" * 32}
    due = (china_day(desk.centre.now) + timedelta(days=7)).isoformat()
    filed = desk.file(material__2={"state": "promised", "due": due}, promise=promise)
    assert filed.code is OutcomeCode.APPLIED, filed
    return desk.step("accept")


def test_a_broken_promise_is_on_record_and_bars_the_person_from_the_next_wherever_they_are_registered() -> None:
    desk = failed()
    assert (desk.fields["credit"]["on"], desk.fields["credit"]["reason"]) == ("2026-11-28", "late")
    assert "2027-11-28" in str([one.fields for one in desk.centre.records.values() if one.kind == "notice"])
    assert problems(promised_again(desk)) == ["promise_barred"]
    brought: dict[str, Any] = {"material__2": {"state": "paper"}}
    assert desk.step("accept", **brought).code is OutcomeCode.APPLIED, "only a promise is barred"


def test_a_supervisor_clears_a_broken_promise_and_the_person_may_promise_again() -> None:
    desk = failed()
    above = Phone(desk.centre, "above", role="county_supervisor", buckets=(f"place:{VILLAGE}", CATALOGUE))
    clearing = {"reason": "mistaken", "text": "材料当日已交"}
    assert desk.step("credit_clear", credit_clearing=clearing).reason == "not_yours", "not who declared it broken"
    assert desk.step("credit_clear", above, credit_clearing=clearing).code is OutcomeCode.APPLIED
    assert desk.fields["credit"]["cleared_on"] == "2026-11-28"
    assert promised_again(desk).code is OutcomeCode.APPLIED


def test_an_ended_case_tells_when_a_desk_was_done_with_it() -> None:
    assert failed().fields["finished_at"][:10] == "2026-11-28"


def own_case(**more: Any) -> tuple[CaseAtDesk, Phone]:
    """A case that the desk's own clerk filed, and a colleague at the same desk."""
    desk = CaseAtDesk()
    clerk, colleague = (
        Phone(desk.centre, name, role="desk_clerk", buckets=(f"place:{VILLAGE}", CATALOGUE))
        for name in ("clerk", "colleague")
    )
    desk.clerk = desk.helper = clerk
    desk.file(**more)
    return desk, colleague


def test_who_filed_a_case_neither_accepts_nor_refuses_nor_decides_it() -> None:
    desk, colleague = own_case()
    assert problems(desk.step("refuse", refusal=REASON)) == ["own_filing"]
    told = desk.step("accept").detail["problems"][0]
    assert told["code"] == "own_filing"
    assert "同事" in told["zh"], "what to do next"
    assert "colleague" in told["en"]
    assert desk.fields["state"] == "received"
    assert desk.step("accept", colleague).code is OutcomeCode.APPLIED
    assert problems(desk.step("decide", decision={"granted": True})) == ["own_filing"]
    assert desk.step("decide", colleague, decision={"granted": True}).code is OutcomeCode.APPLIED


def test_a_colleague_may_refuse_and_where_there_is_none_the_case_is_passed_on() -> None:
    desk, colleague = own_case()
    assert desk.step("refuse", colleague, refusal=REASON).code is OutcomeCode.APPLIED
    desk, _ = own_case()
    assert desk.step("precheck").code is OutcomeCode.APPLIED
    passed = {"to": "unit:113416020031661969", "reason": "窗口只有本人"}
    assert desk.step("transfer", transfer=passed).code is OutcomeCode.APPLIED


def test_naming_another_as_its_helper_gives_nobody_a_second_pair_of_eyes() -> None:
    desk, colleague = own_case(helper="somebody else")
    assert (desk.fields["helper"], desk.fields["filed_by"]) == ("somebody else", "clerk")
    assert problems(desk.step("accept")) == ["own_filing"]
    desk.step("accept", colleague)
    assert problems(desk.step("decide", decision={"granted": True})) == ["own_filing"]


def tasks_of(desk: CaseAtDesk) -> dict[str, str]:
    """Holder → state of what the units of a joint handling have to answer."""
    return {
        str(one.fields["holder"]): str(one.fields["state"])
        for one in desk.centre.records.values()
        if one.kind == "task" and one.fields["code"] == "joint_part"
    }


def test_each_unit_of_a_joint_handling_has_a_task_that_its_answer_closes(desk: CaseAtDesk) -> None:
    assert desk.step("accept", joint=["unit:a", "unit:b"]).code is OutcomeCode.APPLIED
    assert tasks_of(desk) == {"unit:a": "open", "unit:b": "open"}
    assert desk.fields["holder"] == DESK, "who leads holds the case"
    desk.step("part_answer", part_answer={"unit": "unit:a", "agrees": True, "text": "同意"})
    assert tasks_of(desk) == {"unit:a": "closed", "unit:b": "open"}
    assert problems(desk.step("decide", decision={"granted": True})) == ["part_open"]
    desk.step("part_drop", part_drop={"unit": "unit:b", "text": "不涉及"})
    assert tasks_of(desk) == {"unit:a": "closed", "unit:b": "closed"}
    assert desk.step("decide", decision={"granted": True}).code is OutcomeCode.APPLIED


def test_what_ends_leaves_no_unit_with_a_task(desk: CaseAtDesk) -> None:
    desk.step("accept", joint=["unit:a", "unit:b"])
    voiding = {"reason": "mistaken", "text": "误报"}
    assert desk.step("void", voiding=voiding).code is OutcomeCode.APPLIED
    assert set(tasks_of(desk).values()) == {"closed"}


ABOVE = {"to": "unit:113416020031661969", "opinion": "材料齐全，符合条件，建议准予"}


def test_who_reviews_first_passes_the_case_up_with_an_opinion_and_decides_nothing() -> None:
    """行政许可法 35, 43"""
    desk = CaseAtDesk(review_days=20)
    desk.file()
    assert desk.step("accept").code is OutcomeCode.APPLIED
    assert desk.fields["clock"]["review_due"] == "2026-12-16"
    assert problems(desk.step("decide", decision={"granted": True})) == ["review_first"]
    assert problems(desk.step("pass_up", passing_up={"to": ABOVE["to"]})) == ["opinion_missing"]
    assert problems(desk.step("pass_up", passing_up={**ABOVE, "to": desk.fields["holder"]})) == ["holder_same"]
    desk.days_pass(7)
    assert desk.step("pass_up", passing_up=ABOVE).code is OutcomeCode.APPLIED
    held = desk.fields
    assert (held["state"], held["holder"]) == ("reviewing", ABOVE["to"])
    assert (held["clock"]["passed_on"], held["clock"]["legal_due"]) == ("2026-11-25", "2026-12-23")
    assert "case_passed_up" in desk.notices("unit:113416020031661969")
    assert problems(desk.step("pass_up", passing_up={**ABOVE, "to": "unit:b"})) == ["review_none"], "once"
    assert desk.step("decide", decision={"granted": True}).code is OutcomeCode.APPLIED


def test_a_case_that_is_decided_where_it_was_accepted_is_not_passed_up(desk: CaseAtDesk) -> None:
    desk.step("accept")
    assert problems(desk.step("pass_up", passing_up=ABOVE)) == ["review_none"]


def test_who_filed_a_case_gives_no_opinion_of_the_review() -> None:
    desk, colleague = own_case()
    desk.step("accept", colleague)
    assert problems(desk.step("pass_up", passing_up=ABOVE)) == ["own_filing"]
