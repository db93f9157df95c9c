"""The phone's rules are held to what the centre's own say today."""

from __future__ import annotations

import json

from tests.agent_api.phone_rules import TARGET, rules


def test_the_phone_is_held_to_the_rules_of_today() -> None:
    kept = json.loads(TARGET.read_text(encoding="utf-8"))
    assert kept == rules(), "run `python -m tests.agent_api.phone_rules`, then the phone's tests"


def test_every_fault_of_an_id_is_among_the_cases() -> None:
    faults = {one["fault"].removeprefix("citizen_id_") for one in rules()["citizen_ids"] if "fault" in one}
    assert faults == {"length", "format", "province", "birth", "check"}
