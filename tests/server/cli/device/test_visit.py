"""Building a visit: whole, lawful, with everything the centre will ask for."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from server.cli.device.failures import NotLawful
from server.cli.device.said import ConsentSaid, MaterialSaid, Visit
from server.cli.device.visit import (
    Filing,
    Known,
    build_filing,
    material_value,
    new_resident,
    sensitive_to_tick,
    shown_consent,
)
from server.domain.cases.consent import shown_text_hash
from server.domain.people.residents import age_of
from sync.core.ids import derived_id
from tests.server.cli.device.village import (
    ACCOUNT,
    ALLOWANCE,
    CANCELLED,
    ITEMS,
    NOW,
    RESIDENTS,
    VILLAGE,
    WANG,
    whole_visit,
)

TODAY = date(2026, 11, 18)


def known(**more: Any) -> Known:
    said: dict[str, Any] = {
        "item_record": ALLOWANCE,
        "item": ITEMS[ALLOWANCE],
        "resident_record": WANG,
        "resident": RESIDENTS[WANG],
        "resident_changes": (),
        "account": ACCOUNT,
        "helper": "吴思雨",
        "village": VILLAGE,
        "now_ms": NOW,
        "today": TODAY,
        "receipt": "T0A3K2611180001K",
    }
    return Known(**{**said, **more})


def build(visit: Visit, **more: Any) -> Filing:
    made = iter(range(100))
    return build_filing(visit, known(receipt="", **more), {}, lambda: derived_id("id", str(next(made))))


def refused(visit: Visit, **more: Any) -> list[str]:
    with pytest.raises(NotLawful) as told:
        build(visit, **more)
    return [one["code"] for one in told.value.problems]


def test_a_known_resident_leaves_a_consent_and_a_case_that_needs_it() -> None:
    filing = build(whole_visit())
    (consent, consent_change), (case, case_change) = filing.drafts
    assert (consent.name, case.name, case.needs) == ("consent.give", "case.submit", (consent_change,))
    assert case.set["consent"] == consent.record
    assert (case.set["state"], case.set["item_version"], filing.case_change) == ("submitted", 1, case_change)
    assert consent.set["text_hash"] == shown_text_hash(shown_consent(whole_visit(), known()))
    assert filing.missing == ()
    assert filing.advice == ()


def test_a_new_resident_is_registered_first_and_the_consent_needs_that() -> None:
    fields = new_resident({"name": "李腊梅", "citizen_id": "34188119550615003 5"}, VILLAGE, TODAY)
    filing = build(whole_visit(), resident_record="", resident=fields)
    resident, consent, _ = filing.drafts
    assert (resident[0].name, consent[0].needs) == ("resident.register", (resident[1],))
    assert (resident[0].set["citizen_id"], resident[0].set["birth"]) == ("341881195506150035", "1955-06-15")
    assert [one.code for one in filing.advice] == ["not_eligible"], "told, never refused"


def test_own_work_on_the_resident_must_come_first() -> None:
    assert build(whole_visit(), resident_changes=("a" * 32, "b" * 32)).drafts[0][0].needs == ("b" * 32,)


def test_what_is_missing_is_told_and_nobody_is_sent_away() -> None:
    filing = build(whole_visit(materials={"1": MaterialSaid(state="licence")}))
    assert [one.name for one in filing.missing] == ["申请审批表", "社会保障卡(银行账户)"]


@pytest.mark.parametrize(
    ("more", "codes"),
    [
        ({"materials": {"2": MaterialSaid(state="paper")}}, ["material_cancelled"]),
        ({"materials": {"9": MaterialSaid(state="paper")}}, ["material_state"]),
        ({"materials": {"4": MaterialSaid(state="promised")}}, ["promise_due_missing"]),
        ({"form": {"tier": "90-99"}}, ["field_missing"]),
        ({"consent": None}, ["sensitive_not_ticked"]),
        ({"consent": ConsentSaid(sensitive=["bank"], means="oral", read_aloud=True)}, ["witness_missing"]),
        (
            {"consent": ConsentSaid(sensitive=["bank"], means="oral", read_aloud=True, witness="吴思雨")},
            ["witness_is_helper"],
        ),
        (
            {"consent": ConsentSaid(sensitive=["bank"], means="oral", read_aloud=True, witness="汪秀英")},
            ["witness_is_resident"],
        ),
    ],
)
def test_what_the_centre_would_refuse_never_leaves_the_home(more: dict[str, Any], codes: list[str]) -> None:
    assert refused(whole_visit(**more)) == codes


def test_a_cancelled_service_is_refused_with_its_reason() -> None:
    codes = refused(
        Visit(resident=WANG, item=CANCELLED, consent=ConsentSaid()),
        item_record=CANCELLED,
        item=ITEMS[CANCELLED],
    )
    assert codes == ["item_cancelled"]


def test_a_wrong_id_of_a_new_resident_is_told_at_the_table() -> None:
    fields = new_resident({"name": "李", "citizen_id": "341881195506150036"}, VILLAGE, TODAY)
    assert "citizen_id_check" in refused(whole_visit(), resident_record="", resident=fields)


def test_further_photos_are_pages_of_the_first() -> None:
    one, two = {"file": "a" * 32, "sha256": "x"}, {"file": "b" * 32, "sha256": "y"}
    assert material_value("attached", [one, two]) == {"state": "attached", **one, "pages": [two]}


def test_sensitive_kinds_are_ticked_one_by_one() -> None:
    photographed = whole_visit(materials={"1": MaterialSaid(state="attached", photos=["x"])})
    assert sensitive_to_tick(photographed, known()) == ("bank", "id_photo")
    assert age_of(RESIDENTS[WANG], TODAY) == 91
