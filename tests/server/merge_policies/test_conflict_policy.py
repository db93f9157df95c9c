"""Who may decide a conflict, and what a decision must say."""

from __future__ import annotations

from typing import Any

import pytest

from server.domain.supervision.conflicts import decision_of
from sync.central.known import KnownChange
from sync.core.changes import OutcomeCode
from tests.sync.central.centre_in_memory import VILLAGE, CentreInMemory, Phone


@pytest.fixture
def centre() -> CentreInMemory:
    return CentreInMemory()


def open_conflict(centre: CentreInMemory) -> tuple[Phone, str]:
    """Two helpers set one address; the second one's phone and the conflict."""
    one, two = Phone(centre, "one"), Phone(centre, "two")
    made = one.change("resident", "resident.register", set={"name": "汪秀英", "village": VILLAGE})
    one.send(made)
    seen = one.seen("resident", made.record)
    one.send(one.change("resident", "resident.edit", made.record, base=seen, set={"address": "A"}))
    return two, two.send(two.change("resident", "resident.edit", made.record, base=seen, set={"address": "B"}))[
        0
    ].conflict


def decide(phone: Phone, conflict: str, **fields: Any) -> KnownChange:
    return phone.send(
        phone.change("conflict", "conflict.decide", conflict, base=phone.seen("conflict", conflict), set=fields)
    )[0]


def test_a_bystander_may_not_decide_but_the_town_lead_may(centre: CentreInMemory) -> None:
    _, conflict = open_conflict(centre)
    assert decide(Phone(centre, "three"), conflict, decided_value={"address": "B"}).reason == "not_yours"
    lead = Phone(centre, "lead", role="town_lead")
    assert decide(lead, conflict, decided_value={"address": "B"}).code is OutcomeCode.APPLIED
    assert centre.fields("conflict", conflict)["decided_by"] == "lead"


def test_a_decision_names_every_field_in_question(centre: CentreInMemory) -> None:
    two, conflict = open_conflict(centre)
    assert decide(two, conflict, decided_value={}).reason == "decision_incomplete"


def test_a_decided_conflict_is_not_decided_again(centre: CentreInMemory) -> None:
    two, conflict = open_conflict(centre)
    decide(two, conflict, decided_value={"address": "B"})
    assert decide(two, conflict, decided_value={"address": "A"}).reason == "conflict_decided"


def test_evidence_cannot_be_rewritten(centre: CentreInMemory) -> None:
    two, conflict = open_conflict(centre)
    assert decide(two, conflict, decided_value={"address": "B"}, theirs={"address": "Z"}).reason == "computed_field"


def test_a_value_as_deep_as_a_line_holds_can_be_decided_for(centre: CentreInMemory) -> None:
    """A list of groups with lists in them, such as an item's materials: one object more around it is no line."""
    one, two = Phone(centre, "one"), Phone(centre, "two")
    made = one.change("resident", "resident.register", set={"name": "汪秀英", "village": VILLAGE})
    one.send(made)
    seen = one.seen("resident", made.record)
    deep = {who: [{"name": who, "licence": ["身份证", "户口簿"]}] for who in ("one", "two")}
    for phone in (one, two):
        typed = {"of_a_newer_phone": deep[phone.account], "address": phone.account}
        outcome = phone.send(phone.change("resident", "resident.edit", made.record, base=seen, set=typed))[0]
    assert outcome.code is OutcomeCode.CONFLICT
    held = centre.fields("conflict", outcome.conflict)
    chosen = {name: held["mine"][name] for name in held["fields"]}
    said = decision_of(chosen, {name: held["theirs"][name] for name in held["fields"]})
    assert said["decided.of_a_newer_phone"] == deep["two"]
    assert said["decided_value"] == {"address": "two"}
    assert decide(two, outcome.conflict, **said).code is OutcomeCode.APPLIED
    assert centre.fields("resident", made.record)["of_a_newer_phone"] == deep["two"]
    assert centre.fields("conflict", outcome.conflict)["decided_value"] == chosen


def test_a_state_is_never_decided_for(centre: CentreInMemory) -> None:
    """A draft is withdrawn, and handed in by somebody who had not heard of it: the step is not taken by a choice."""
    one, two = Phone(centre, "one"), Phone(centre, "two")
    fields = {"resident": "a" * 32, "item": "b" * 32, "item_version": 1, "consent": "c" * 32, "village": VILLAGE}
    made = one.change("case", "case.open", set={**fields, "state": "draft"})
    one.send(made)
    seen = one.seen("case", made.record)
    one.send(one.change("case", "case.withdraw", made.record, base=seen, set={"state": "withdrawn"}))
    late = {"phone": "19900001111", "state": "draft"}
    outcome = two.send(two.change("case", "case.edit", made.record, base=seen, set=late))[0]
    assert outcome.code is OutcomeCode.CONFLICT
    decided = decide(two, outcome.conflict, decided_value=late)
    assert decided.code is OutcomeCode.APPLIED
    assert centre.fields("case", made.record)["state"] == "withdrawn"
    assert centre.fields("case", made.record)["phone"] == "19900001111"
