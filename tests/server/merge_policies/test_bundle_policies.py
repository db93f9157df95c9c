"""A bundle is filed once behind its consent; a day of the calendar is set by who keeps it, at the year's own id."""

from __future__ import annotations

from typing import Any

from server.domain.cases.working_days import calendar_id
from sync.core.changes import OutcomeCode
from tests.server.merge_policies.case_at_desk import CaseAtDesk, problems
from tests.server.merge_policies.test_case_policy import CATALOGUE, ITEM, PERSON, consent_fields
from tests.sync.central.centre_in_memory import VILLAGE, CentreInMemory, Phone, fresh_id

DAYS = ("catalogue:all:341800",)


def file_bundle(desk: CaseAtDesk, items: list[str], **changed: Any) -> tuple[str, OutcomeCode, list[str]]:
    helper = desk.helper
    person = {"name": "汪秀英", "village": VILLAGE, "citizen_id": PERSON}
    resident = helper.change("resident", "resident.register", set=person)
    told = {**consent_fields(resident.record, "helper", VILLAGE), "items": items}
    consent = helper.change("consent", "consent.give", set=told)
    legs = [{"leg": no, "item": ITEM, "case": fresh_id()} for no in (1, 2)]
    fields = {"code": "BUNDLE-01", "resident": resident.record, "consent": consent.record, "village": VILLAGE}
    bundle = helper.change("bundle", "bundle.file", set={**fields, "legs": legs, **changed})
    outcome = helper.send(resident, consent, bundle)[-1]
    return bundle.record, outcome.code, problems(outcome)


def test_a_bundle_has_its_day_and_is_open() -> None:
    desk = CaseAtDesk()
    record, code, _ = file_bundle(desk, [ITEM])
    assert code is OutcomeCode.APPLIED
    held = desk.centre.fields("bundle", record)
    assert (held["state"], held["due"], held["filed_at"][:10]) == ("open", "2026-12-16", "2026-11-18")


def test_a_bundle_whose_consent_names_not_every_leg_is_refused_and_one_without_it_waits() -> None:
    desk = CaseAtDesk()
    assert file_bundle(desk, ["d" * 32])[1:] == (OutcomeCode.REFUSED, ["bundle_consent", "bundle_consent"])
    assert file_bundle(desk, [ITEM], consent=fresh_id())[1] is OutcomeCode.PARKED


def keeper(centre: CentreInMemory, account: str) -> Phone:
    return Phone(centre, account, role="city_supervisor", buckets=DAYS)


def set_day(phone: Phone, day: str, record: str = "", works: bool = False) -> OutcomeCode:
    fields = {"year": 2026, "catalogue": "all:341800", f"day.{day}": {"works": works, "why": "调休"}}
    change = phone.change("calendar", "calendar.set", record or calendar_id(2026), set=fields)
    return phone.send(change)[0].code


def test_two_who_set_two_days_of_one_year_meet_in_one_record_without_a_conflict() -> None:
    centre = CentreInMemory()
    assert set_day(keeper(centre, "anna"), "2026-11-20") is OutcomeCode.APPLIED
    assert set_day(keeper(centre, "ben"), "2026-11-23") is OutcomeCode.MERGED
    held = centre.fields("calendar", calendar_id(2026))
    assert {"day.2026-11-20", "day.2026-11-23"} <= held.keys()


def test_a_year_lies_under_its_own_id_and_is_not_a_clerks_to_set() -> None:
    centre = CentreInMemory()
    assert set_day(keeper(centre, "anna"), "2026-11-20", fresh_id()) is OutcomeCode.REFUSED
    clerk = Phone(centre, "clerk", role="desk_clerk", buckets=(*DAYS, CATALOGUE))
    assert set_day(clerk, "2026-11-20") is OutcomeCode.REFUSED
