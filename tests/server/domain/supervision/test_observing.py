"""What is noted of a filing."""

from __future__ import annotations

from datetime import datetime

from server.domain.supervision.observing import (
    Mark,
    is_late,
    is_outside,
    is_unfit,
    marks_of,
    materials_in,
    payee_of,
    phone_is_shared,
    seconds_in,
)

VISIT = datetime.fromisoformat("2026-03-02T22:10:00+08:00")
CONSENT = {"signed_at": "2026-03-02T22:05:00+08:00"}
CASE = {"village": "341881106200", "material.1": {"file": "f" * 32}, "form.bank_account": "6217 0000 1"}
ITEM = {"name": "临时救助", "type": "05", "dept": "民政", "rule": {"min_age": 60}}
OLD = {"name": "王秀英", "birth": "1940-01-01", "village": "341881106200"}


def marks(**over: object) -> set[str]:
    told: dict[str, object] = {"case": CASE, "item": ITEM, "resident": OLD, "consent": CONSENT, **over}
    found = marks_of(
        *(told[name] for name in ("case", "item", "resident", "consent")),  # type: ignore[arg-type]
        captured=VISIT,
        villages={"341881106200"},
        same_name=bool(over.get("same_name")),
    )
    return {mark.value for mark in found}


def test_an_ordinary_evening_visit() -> None:
    assert marks() == {Mark.NIGHT}
    assert marks(same_name=True) == {Mark.NIGHT, Mark.OWN}


def test_urgent_aid_may_be_asked_for_a_day_before_the_consent_and_nothing_else() -> None:
    tomorrow = {"signed_at": "2026-03-03T10:00:00+08:00"}
    assert not is_late(tomorrow, ITEM, VISIT)
    assert is_late(tomorrow, {**ITEM, "type": "20"}, VISIT)
    assert is_late({}, ITEM, VISIT)


def test_outside_is_another_place_or_a_household_of_another_county_where_not_all_may_file() -> None:
    assert is_outside(CASE, ITEM, OLD, {"341881106201"})
    assert is_outside(CASE, ITEM, {**OLD, "hukou": "341802001001"}, {"341881106200"})
    assert not is_outside(CASE, {**ITEM, "area": "全城通办"}, {**OLD, "hukou": "341802001001"}, ())


def test_unfit_is_plainly_too_young_or_dead() -> None:
    assert is_unfit(ITEM, {**OLD, "birth": "1990-01-01"}, VISIT.date())
    assert is_unfit({}, {**OLD, "died_on": "2026-02-01"}, VISIT.date())
    assert not is_unfit(ITEM, OLD, VISIT.date())


def test_files_payee_seconds_and_phone_are_read_from_the_filing() -> None:
    assert materials_in(CASE) == ("f" * 32,)
    assert payee_of(CASE) == "621700001"
    assert payee_of({"form.reason": "x"}) == ""
    assert seconds_in({"seconds": 31}) == 31
    assert seconds_in({}) is None
    assert phone_is_shared({"phone_relation": "child"})
    assert not phone_is_shared({"phone_relation": "self"})
